package bundle

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// roleLines are the lines of a role by the field that holds them: the fields of
// an entity may come in any order, the lines of a role may not depend on it.
type roleLines struct {
	simple, guide, policies []authz.Policy
	told                    bool
}

func (f *file) role(v value) error {
	r := authz.Role{Org: f.org.org}
	var lines roleLines
	err := v.decode(&r.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&r.ID)
		case "name":
			return fv.text(&r.Name)
		case "description":
			return fv.text(&r.Description)
		case "default":
			return fv.yes(&r.Default)
		case "base":
			return fv.yes(&r.Base)
		case "defaultRoleId":
			return fv.text(&r.BasedOn)
		case "inheritsFrom":
			return inherits(fv, &r.Inherits)
		case "permissions":
			return f.simplePermissions(fv, &r, &lines)
		case "rolePermissions":
			lines.told = lines.told || !fv.null()
			return fv.each(func(e value) error { return f.guidePolicy(e, &lines.guide) })
		case "permissionPolicies":
			lines.told = lines.told || !fv.null()
			return fv.each(func(e value) error { return f.policies(e, &lines.policies) })
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.LinesMissing = !lines.told
	r.Policies = slices.Concat(lines.simple, lines.guide, lines.policies)
	return f.put(r, f.keep(v))
}

// simplePermissions reads legacy permissions (strings) and the guides' form of
// policies (objects), which share a field.
func (f *file) simplePermissions(v value, r *authz.Role, lines *roleLines) error {
	lines.told = lines.told || !v.null()
	return v.each(func(e value) error {
		switch e.b[0] {
		case '"':
			r.Legacy = append(r.Legacy, string(e.bytes()))
			return nil
		case '{':
			return f.guidePolicy(e, &lines.simple)
		default:
			return e.want("a permission's name, or an object with one")
		}
	})
}

// guidePolicy reads a policy in a form of the guides: by name, or by id and permission.
func (f *file) guidePolicy(v value, to *[]authz.Policy) error {
	var p authz.Policy
	var name, id, permission string
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "name":
			return fv.text(&name)
		case "id":
			return fv.text(&id)
		case "permission":
			return fv.text(&permission)
		}
		return f.narrowing(string(key), fv, &p)
	})
	if err != nil {
		return err
	}
	switch {
	case id != "" && permission != "":
		p.Guide = id + " > " + permission
	case name != "":
		p.Guide = name
	default:
		return v.fail("want a permission with name, or with id and permission")
	}
	f.mentionScope(p)
	*to = append(*to, p)
	return nil
}

// narrowing reads the fields that narrow a policy, in every form of it.
func (f *file) narrowing(key string, v value, p *authz.Policy) error {
	switch key {
	case "scope":
		return v.text(&p.Scope)
	case "scopeGroups", "groups":
		return v.oneOrMore(&p.ScopeGroups)
	case "scopeTeams", "teams":
		return v.oneOrMore(&p.ScopeTeams)
	case "scopeView", "scopeViews", "view", "views":
		return v.oneOrMore(&p.ScopeViews)
	case "resourceConditionNode":
		c, err := f.condition(v)
		p.Condition = c
		return err
	}
	return nil
}

// oneOrMore appends the ids of one reference or of a list of them.
func (v value) oneOrMore(to *[]string) error {
	switch v.b[0] {
	case '[', 'n':
		return v.refs(to)
	}
	var id string
	if err := v.refTo(&id); err != nil {
		return err
	}
	if id != "" {
		*to = append(*to, id)
	}
	return nil
}

// policies reads one policy of the API: as many as it has actions.
func (f *file) policies(v value, to *[]authz.Policy) error {
	var p authz.Policy
	var actions []string
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "domain":
			return fv.text(&p.Domain)
		case "entityName":
			return fv.text(&p.Entity)
		case "actionSet":
			return fv.texts(&actions)
		case "guide":
			return fv.text(&p.Guide)
		}
		return f.narrowing(string(key), fv, &p)
	})
	if err != nil {
		return err
	}
	if p.Guide == "" && (p.Domain == "" || p.Entity == "") {
		return v.fail("want a policy with domain and entityName, got one without")
	}
	f.mentionScope(p)
	if p.Guide != "" && len(actions) == 0 {
		*to = append(*to, p)
		return nil
	}
	return f.actions(v, p, actions, to)
}

func (f *file) actions(v value, p authz.Policy, actions []string, to *[]authz.Policy) error {
	if len(actions) == 0 {
		f.odd("a policy without actions gives nothing")
	}
	for i, a := range actions {
		if a == "" {
			return v.fail("an action of the policy is empty")
		}
		if !slices.Contains(actions[:i], a) {
			p.Action = a
			*to = append(*to, p)
		}
	}
	return nil
}

// mentionScope notes the lists that a policy's scope rests on.
func (f *file) mentionScope(p authz.Policy) {
	if len(p.ScopeViews) > 0 || strings.EqualFold(strings.TrimSpace(p.Scope), "view") {
		f.mention("a role has a policy with scope view", authz.ListViews)
	}
	if len(p.ScopeTeams) > 0 || strings.EqualFold(strings.TrimSpace(p.Scope), "team") {
		f.mention("a role has a policy with scope team", authz.ListTeams, authz.ListTeamMembers)
	}
}

// inherits reads the roles that a role inherits from: ids, names or objects.
// The guides' word for none is "None".
func inherits(v value, to *[]string) error {
	if v.b[0] != '[' {
		return inherited(v, to)
	}
	return v.each(func(e value) error { return inherited(e, to) })
}

func inherited(v value, to *[]string) error {
	switch v.b[0] {
	case 'n':
		return nil
	case '"':
		if s := string(v.bytes()); s != "" && !strings.EqualFold(s, "none") {
			*to = append(*to, s)
		}
		return nil
	case '{':
		var id, name string
		err := v.fields(func(key []byte, fv value) error {
			switch string(key) {
			case "id":
				return fv.text(&id)
			case "name":
				return fv.text(&name)
			}
			return nil
		})
		if id == "" {
			id = name
		}
		if err == nil && id == "" {
			err = v.fail("want a role with id or name")
		}
		*to = append(*to, id)
		return err
	default:
		return v.want("a role's id or name, an object with one, or a list of them")
	}
}
