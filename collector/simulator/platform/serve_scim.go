package platform

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// enterprise is SCIM's name for what organizations say of their people.
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// scimUsers serves the active users by index, with names of divisions and roles
// where the API has ids.
func scimUsers(c *call) (any, error) {
	start, err := c.whole("startIndex", 1)
	if err != nil {
		return nil, err
	}
	count, err := c.whole("count", defaultSize)
	if err != nil {
		return nil, err
	}
	list, err := c.scimFilter()
	if err != nil {
		return nil, err
	}
	from := min(start-1, len(list))
	resources := []map[string]any{}
	for _, e := range list[from:min(from+min(count, 100), len(list))] {
		resources = append(resources, c.scimUser(e))
	}
	return map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": len(list), "startIndex": start, "itemsPerPage": len(resources), "Resources": resources,
	}, nil
}

// scimFilter returns the active users whom the caller sees, of one division if
// the filter says so.
func (c *call) scimFilter() ([]*entity, error) {
	sees := c.s.permittedIn(c.who, viewUsers)
	list := c.listed(authz.ListUsers, "active", func(e *entity) bool { return e.state == "active" && sees.sees(e) })
	filter := c.q.Get("filter")
	if filter == "" {
		return list, nil
	}
	name, ok := strings.CutPrefix(filter, "division eq ")
	if !ok {
		return nil, badRequest("invalid.value", "The filter %q is not supported.", filter)
	}
	name = strings.Trim(name, `"`)
	return filtered(list, func(e *entity) bool { return strings.EqualFold(c.divisionName(e.division), name) }), nil
}

func (c *call) divisionName(id string) string {
	if e := c.org.lists[authz.ListDivisions].find(id); e != nil {
		return e.name
	}
	return ""
}

func (c *call) scimUser(e *entity) map[string]any {
	k := authz.Key{Org: c.org.id, Kind: authz.KindUser, ID: e.id}
	roles := []map[string]string{}
	seen := map[uint32]bool{}
	for _, g := range c.org.grants.of(k) {
		if role := c.org.lists[authz.ListRoles].find(c.org.grants.roles.names[g.role]); role != nil && !seen[g.role] {
			seen[g.role] = true
			roles = append(roles, map[string]string{"value": role.name})
		}
	}
	return map[string]any{
		"id": e.id, "userName": textOf(e.raw, "username"), "displayName": e.name, "active": true, "roles": roles,
		enterprise: map[string]string{"division": c.divisionName(e.division), "department": textOf(e.raw, "department")},
	}
}
