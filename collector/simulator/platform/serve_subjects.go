package platform

import (
	"net/http"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// divisionGrants serves the grants in a division: with dates, without types.
func divisionGrants(c *call) (any, error) {
	id := c.r.PathValue("divisionId")
	if id != authz.AllDivisions || !c.s.o.AllDivisionGrants {
		if _, err := c.find(authz.ListDivisions, id, "division"); err != nil {
			return nil, err
		}
	}
	at := c.org.grants.inDivision(id)
	if d := c.s.permittedIn(c.who, c.e.needs[0]); !d.all && !d.in[id] {
		at = nil
	}
	return c.numbered(len(at), func(b []byte, i int) []byte {
		return c.grant(b, c.org.grants.rows[at[i]], nil)
	})
}

// grant appends a grant. Policies are those of its role, nil to leave them out.
func (c *call) grant(b []byte, r row, policies []byte) []byte {
	t := c.org.grants
	b = appendText(append(b, '{'), "subjectId", t.subjects[r.subject].ID)
	b = append(b, `,"division":`...)
	b = c.division(b, t.divisions.names[r.division])
	role, name := t.roles.names[r.role], ""
	if e := c.org.lists[authz.ListRoles].find(role); e != nil {
		name = e.name
	}
	b = append(b, `,"role":`...)
	b = c.reference(b, role, name)
	if policies != nil {
		b = append(appendField(b[:len(b)-1], "policies", policies), '}')
	}
	if r.at != 0 {
		b = appendText(b, "grantMadeAt", r.madeAt().Format(timeForm))
	}
	return append(b, '}')
}

// subject serves a subject with its grants, those of its groups included.
func subject(c *call) (any, error) {
	k, ok := c.org.subject(c.r.PathValue("subjectId"))
	if !ok {
		return nil, notFound("Unable to find the subject with id %s.", c.r.PathValue("subjectId"))
	}
	return c.subject(k)
}

// subjectMe serves the caller as a subject.
func subjectMe(c *call) (any, error) {
	if !c.who.auditor {
		return c.subject(c.who.subject)
	}
	grants := []map[string]any{}
	for _, d := range c.auditorDivisions() {
		grants = append(grants, map[string]any{
			"subjectId": c.who.id, "division": map[string]string{"id": d, "name": d},
			"role": map[string]any{"id": auditorRole, "name": "Auditor of the simulator", "default": false, "policies": c.auditorPolicies("entityName", "actions")},
		})
	}
	return map[string]any{"id": c.who.id, "name": c.who.id, "grants": grants, "version": 1}, nil
}

func (c *call) subject(k authz.Key) (any, error) {
	rows := c.org.effective(k)
	if c.q.Get("includeDuplicates") != "true" {
		rows = collapsed(rows)
	} else if len(rows) >= c.s.o.DuplicatesLimit {
		return nil, statusError(http.StatusInternalServerError)
	}
	b := c.reference(nil, k.ID, c.nameOf(k))
	b = append(b[:len(b)-1], `,"grants":[`...)
	kept := map[uint32][]byte{}
	for i, r := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		if kept[r.role] == nil {
			kept[r.role] = c.grantPolicies(c.org.grants.roles.names[r.role])
		}
		b = c.grant(b, r, kept[r.role])
	}
	return append(b, `],"version":1}`...), nil
}

// subject returns what has an id and can hold roles.
func (o *Organization) subject(id string) (authz.Key, bool) {
	k := authz.Key{Org: o.id, Kind: o.kindOf(id), ID: id}
	if k.Kind != authz.KindUnknown {
		return k, true
	}
	// Something that no list has, but that holds grants.
	for _, kind := range []authz.Kind{authz.KindUser, authz.KindGroup, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindUnknown} {
		k.Kind = kind
		if _, ok := o.grants.subjectNo[k]; ok {
			return k, true
		}
	}
	return k, false
}

// effective returns a subject's own grants, then those of the active groups that
// it is in, as far as they hand on roles.
func (o *Organization) effective(k authz.Key) []row {
	rows := o.grants.of(k)
	for _, holder := range o.members.holders[k.ID] {
		if holder.Kind != authz.KindGroup {
			continue
		}
		g := appendOf(nil, o.facts.Group, holder)
		if len(g) == 1 && stateOf(g[0].State) == "active" && g[0].RolesEnabled.OrTrue() {
			rows = append(rows, o.grants.of(holder)...)
		}
	}
	return rows
}

// collapsed keeps one grant of each role in each division: the last, which hides
// that others give the same.
func collapsed(rows []row) []row {
	type pair struct{ role, division uint32 }
	at := map[pair]int{}
	var out []row
	for _, r := range rows {
		p := pair{r.role, r.division}
		if i, ok := at[p]; ok {
			out[i] = r
			continue
		}
		at[p] = len(out)
		out = append(out, r)
	}
	return out
}

// grantPolicies returns the policies of a role as grants give them.
func (c *call) grantPolicies(role string) []byte {
	b := []byte{'['}
	for _, r := range appendOf(nil, c.org.facts.Role, authz.Key{Org: c.org.id, Kind: authz.KindRole, ID: role}) {
		for _, p := range r.Policies {
			if p.Domain == "" {
				continue // a guide's, which the API has not
			}
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = appendText(append(b, '{'), "domain", p.Domain)
			b = appendText(b, "entityName", p.Entity)
			b = appendField(b, "actions", append(append([]byte{'['}, quote(p.Action)...), ']'))
			if text := condition(p.Condition); text != "" {
				b = appendText(b, "condition", text)
			}
			b = append(b, '}')
		}
	}
	return append(b, ']')
}

// roleCounts serves how many roles subjects hold.
func roleCounts(c *call) (any, error) {
	out := map[string]int{}
	for _, id := range c.values("id") {
		k, _ := c.org.subject(id)
		seen := map[uint32]bool{}
		for _, r := range c.org.grants.of(k) {
			seen[r.role] = true
		}
		out[id] = len(seen)
	}
	return out, nil
}

// userRoles serves what a user may do, without divisions.
func userRoles(c *call) (any, error) {
	e, err := c.find(authz.ListUsers, c.r.PathValue("subjectId"), "user")
	if err != nil {
		return nil, err
	}
	return c.authorization(authz.Key{Org: c.org.id, Kind: authz.KindUser, ID: e.id}), nil
}

// authorization is the API's UserAuthorization: roles and permissions, and nothing
// of divisions.
func (c *call) authorization(k authz.Key) map[string]any {
	roles, names := []map[string]string{}, []string{}
	seen, told := map[uint32]bool{}, map[string]bool{}
	for _, r := range c.org.effective(k) {
		if seen[r.role] {
			continue
		}
		seen[r.role] = true
		for _, role := range appendOf(nil, c.org.facts.Role, authz.Key{Org: c.org.id, Kind: authz.KindRole, ID: c.org.grants.roles.names[r.role]}) {
			roles = append(roles, map[string]string{"id": role.ID, "name": role.Name})
			for _, p := range role.Policies {
				if name := p.Domain + ":" + p.Entity + ":" + p.Action; p.Domain != "" && !told[name] {
					told[name] = true
					names = append(names, name)
				}
			}
		}
	}
	return map[string]any{"roles": roles, "unusedRoles": []any{}, "permissions": names, "permissionPolicies": []any{}}
}
