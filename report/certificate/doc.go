// Package certificate makes the page that a tenant's own client is given: who from
// outside reaches the tenant, through what, what was checked, and what is not known.
//
// It tells nothing of the other tenants but that they are there: their names,
// people, roles, groups and divisions are left out, and companies are numbered.
package certificate
