package platform

import (
	"github.com/grantgraph/grantgraph/graph/authz"
)

// trustees serves the organizations that are let in.
func trustees(c *call) (any, error) {
	return c.byNumber(c.listed(authz.ListTrustees, "", func(*entity) bool { return true }))
}

func trustee(c *call) (any, error) {
	e, err := c.find(authz.ListTrustees, c.r.PathValue("trusteeOrgId"), "trustee")
	if err != nil {
		return nil, err
	}
	return e.raw, nil
}

func trusteeUsers(c *call) (any, error) { return c.trusted(authz.ListTrusteeUsers) }

func trusteeGroups(c *call) (any, error) { return c.trusted(authz.ListTrusteeGroups) }

// trusted serves the users or groups of a trustee.
func (c *call) trusted(name authz.List) (any, error) {
	e, err := c.find(authz.ListTrustees, c.r.PathValue("trusteeOrgId"), "trustee")
	if err != nil {
		return nil, err
	}
	list := c.org.trusted[name][e.id]
	return c.numbered(len(list), func(b []byte, i int) []byte {
		b = open(b, list[i].raw)
		for _, f := range list[i].extra {
			b = appendField(b, f.key, f.value)
		}
		return append(b, '}')
	})
}

func trusteeUserRoles(c *call) (any, error) {
	return c.trusteeRoles(authz.ListTrusteeUsers, authz.KindTrusteeUser, c.r.PathValue("trusteeUserId"))
}

func trusteeGroupRoles(c *call) (any, error) {
	return c.trusteeRoles(authz.ListTrusteeGroups, authz.KindTrusteeGroup, c.r.PathValue("trusteeGroupId"))
}

// trusteeRoles serves the roles of a trustee's user or group, without divisions.
func (c *call) trusteeRoles(name authz.List, kind authz.Kind, id string) (any, error) {
	for _, e := range c.org.trusted[name][c.r.PathValue("trusteeOrgId")] {
		if e.id == id {
			return c.authorization(authz.Key{Org: c.org.id, Kind: kind, ID: id}), nil
		}
	}
	return nil, notFound("Unable to find %s of the trustee.", id)
}

// clonedUsers serves the users here that are copies of a trustee's.
func clonedUsers(c *call) (any, error) {
	org := c.r.PathValue("trusteeOrgId")
	if _, err := c.find(authz.ListTrustees, org, "trustee"); err != nil {
		return nil, err
	}
	var list []authz.User
	for _, u := range c.org.facts.User {
		if u.Trustee == "" && u.ClonedFrom == org {
			list = append(list, u)
		}
	}
	return c.unpaged(len(list), func(b []byte, i int) []byte {
		b = c.reference(b, list[i].ID, list[i].Name)
		return append(appendField(b[:len(b)-1], "trustor", c.reference(nil, c.org.id, c.org.name)), '}')
	})
}

func noTrustee(*call) (any, error) { return nil, notFound("There is no default trustee.") }

// trustors serves the organizations that let this one in.
func trustors(c *call) (any, error) {
	return c.byNumber(c.listed(authz.ListTrustors, "", func(*entity) bool { return true }))
}

// ofTrustor serves who of this organization is let in by one of those: no source
// tells of any.
func ofTrustor(c *call) (any, error) {
	if _, err := c.find(authz.ListTrustors, c.r.PathValue("trustorOrgId"), "trustor"); err != nil {
		return nil, err
	}
	return noneByNumber(c)
}
