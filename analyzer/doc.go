// Package analyzer answers the questions that people ask of a snapshot: who can
// see a tenant, what one principal can do and why, who reaches whom.
//
// It adds to the permission graph what an organization says of itself (tenants,
// what is shared, what is allowed) and the shipped data on permission names. It
// opens no files and knows no terminal; every answer is a value that marshals
// to the JSON that the commands document.
package analyzer
