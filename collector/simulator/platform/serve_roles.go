package platform

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// auditorRole is the id of the role that the auditor has; it is in no list.
const auditorRole = "simulator-auditor-role"

// maxRoleIDs is how many roles can be asked for by id at once.
const maxRoleIDs = 100

func roles(c *call) (any, error) {
	if len(c.values("id")) > maxRoleIDs {
		return nil, badRequest("max.role.ids", "Only %d role ids may be given.", maxRoleIDs)
	}
	list := c.giving(c.named(c.only(c.listed(authz.ListRoles, "", func(*entity) bool { return true }))))
	if id := c.q.Get("defaultRoleId"); id != "" {
		list = filtered(list, func(e *entity) bool { return textOf(e.raw, "defaultRoleId") == id })
	}
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.role(b, list[i]) })
}

// giving keeps the roles that give the permissions of a parameter.
func (c *call) giving(list []*entity) []*entity {
	for _, name := range c.values("permission") {
		want, err := authz.ParsePattern(name)
		given := map[string]bool{}
		for _, r := range c.org.facts.Role {
			for _, p := range r.Policies {
				given[r.ID] = given[r.ID] || (err == nil && authz.NewPattern(p.Domain, p.Entity, p.Action).Covers(want))
			}
		}
		list = filtered(list, func(e *entity) bool { return given[e.id] })
	}
	return list
}

func role(c *call) (any, error) {
	if id := c.r.PathValue("roleId"); id == auditorRole && c.who.auditor {
		return c.auditorRole(), nil
	}
	e, err := c.find(authz.ListRoles, c.r.PathValue("roleId"), "role")
	if err != nil {
		return nil, err
	}
	b := c.role(nil, e)
	if slices.Contains(c.values("expand"), "unusedPermissions") && !has(e.raw, "unusedPermissions") {
		b = append(appendField(b[:len(b)-1], "unusedPermissions", []byte("[]")), '}')
	}
	return b, nil
}

// role appends a role, with the number of its users unless that is not wanted.
func (c *call) role(b []byte, e *entity) []byte {
	if c.q.Get("userCount") == "false" || has(e.raw, "userCount") {
		return append(b, e.raw...)
	}
	return append(appendNumber(open(b, e.raw), "userCount", c.usersOf(e.id)), '}')
}

// usersOf counts the users who hold a role themselves.
func (c *call) usersOf(role string) int {
	n := 0
	for i := range c.org.grants.subjectsOf(role) {
		if k := c.org.grants.subjects[c.org.grants.held(role, i)[0].subject]; k.Kind == authz.KindUser {
			n++
		}
	}
	return n
}

// subjectGrants serves who holds a role where: with types, without dates.
func subjectGrants(c *call) (any, error) {
	id := c.r.PathValue("roleId")
	if _, err := c.find(authz.ListRoles, id, "role"); err != nil {
		return nil, err
	}
	return c.numbered(c.org.grants.subjectsOf(id), func(b []byte, i int) []byte {
		rows := c.org.grants.held(id, i)
		k := c.org.grants.subjects[rows[0].subject]
		b = append(b, '{')
		b = appendText(b, "id", k.ID)
		if name := c.nameOf(k); name != "" {
			b = appendText(b, "name", name)
		}
		b = appendText(b, "type", subjectType(k.Kind))
		b = append(b, `,"divisions":[`...)
		for n, r := range rows {
			if n > 0 {
				b = append(b, ',')
			}
			b = c.division(b, c.org.grants.divisions.names[r.division])
		}
		return append(b, ']', '}')
	})
}

// division appends a reference to a division.
func (c *call) division(b []byte, id string) []byte {
	name := id
	if e := c.org.lists[authz.ListDivisions].find(id); e != nil {
		name = e.name
	}
	b = append(b, '{')
	b = appendText(b, "id", id)
	b = appendText(b, "name", name)
	return append(appendText(b, "selfUri", "/api/v2/authorization/divisions/"+id), '}')
}

// subjectType is the API's word for the kind of a subject. It has none for teams,
// which hold no roles.
func subjectType(k authz.Kind) string {
	switch k {
	case authz.KindUser:
		return "PC_USER"
	case authz.KindGroup:
		return "PC_GROUP"
	case authz.KindClient:
		return "PC_OAUTH_CLIENT"
	case authz.KindTrusteeUser:
		return "PC_TRUSTEE_USER"
	case authz.KindTrusteeGroup:
		return "PC_TRUSTEE_GROUP"
	default:
		return "UNKNOWN"
	}
}

// nameOf returns the name of a subject, empty if nothing has its id.
func (c *call) nameOf(k authz.Key) string {
	var e *entity
	switch k.Kind {
	case authz.KindUser:
		e = c.org.lists[authz.ListUsers].find(k.ID)
	case authz.KindGroup:
		e = c.org.lists[authz.ListGroups].find(k.ID)
	case authz.KindClient:
		e = c.org.lists[authz.ListClients].find(k.ID)
	case authz.KindTrusteeUser:
		e = c.org.trusts(authz.ListTrusteeUsers, k.ID)
	case authz.KindTrusteeGroup:
		e = c.org.trusts(authz.ListTrusteeGroups, k.ID)
	default: // nothing else is named
	}
	if e == nil {
		return ""
	}
	return e.name
}

// roleUsers serves the users who hold a role themselves.
func roleUsers(c *call) (any, error) {
	id := c.r.PathValue("roleId")
	if _, err := c.find(authz.ListRoles, id, "role"); err != nil {
		return nil, err
	}
	var list []authz.Key
	for i := range c.org.grants.subjectsOf(id) {
		if k := c.org.grants.subjects[c.org.grants.held(id, i)[0].subject]; k.Kind == authz.KindUser {
			list = append(list, k)
		}
	}
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.reference(b, list[i].ID, c.nameOf(list[i])) })
}

// reference appends an entity of which only id and name are told.
func (c *call) reference(b []byte, id, name string) []byte {
	b = appendText(append(b, '{'), "id", id)
	if name != "" {
		b = appendText(b, "name", name)
	}
	return append(b, '}')
}

// auditorRole is the role that the auditor has, as an entity.
func (c *call) auditorRole() map[string]any {
	out := map[string]any{"id": auditorRole, "name": "Auditor of the simulator", "default": false, "base": false, "permissions": []string{}}
	out["permissionPolicies"] = c.auditorPolicies("entityName", "actionSet")
	return out
}

func (c *call) auditorPolicies(entity, actions string) []map[string]any {
	names := c.s.o.Permissions
	if names == nil {
		names = []string{"*:*:*"}
	}
	list := []map[string]any{}
	for _, name := range names {
		if part := strings.Split(name, ":"); len(part) == 3 {
			list = append(list, map[string]any{"domain": part[0], entity: part[1], actions: []string{part[2]}})
		}
	}
	return list
}

// roleDivisions are the roles of the caller.
func (c *call) roleDivisions() []map[string]string {
	out := []map[string]string{}
	if !c.who.auditor {
		for _, g := range c.org.grants.of(c.who.subject) {
			out = append(out, map[string]string{"roleId": c.org.grants.roles.names[g.role], "divisionId": c.org.grants.divisions.names[g.division]})
		}
		return out
	}
	for _, d := range c.auditorDivisions() {
		out = append(out, map[string]string{"roleId": auditorRole, "divisionId": d})
	}
	return out
}

func (c *call) auditorDivisions() []string {
	if c.s.o.Divisions == nil {
		return []string{authz.AllDivisions}
	}
	return c.s.o.Divisions
}

// condition returns a condition as the text that grants give it as.
func condition(n *authz.Condition) string {
	if n == nil {
		return ""
	}
	b, err := json.Marshal(n)
	if err != nil { // it was read from JSON
		return ""
	}
	return string(b)
}
