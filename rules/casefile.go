package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/analyzer/config"
)

// A testCase is one test of a rule: an organization, changes to it, and whom
// the rule must name then.
type testCase struct {
	pos    config.Pos
	base   string
	before []change // what makes an earlier snapshot of the base; with earlier
	change []change
	finds  []string
	params []param // other values than the rule's own
	// earlier says that there is an earlier snapshot, thirty days before.
	earlier bool
}

// A change is one operation on an organization, as a pack states it.
type change struct {
	pos    config.Pos
	name   string
	values map[string]changeValue
}

type changeValue struct {
	pos  config.Pos
	text string
	list []string
}

type changeType uint8

const (
	changeText changeType = iota
	changeFlag
	changeNumber
	changeList
	changeTime
)

// A changeField is one thing that an operation can say.
type changeField struct {
	name     string
	typ      changeType
	required bool
}

// A changeSpec is an operation that tests can ask for.
type changeSpec struct {
	name, doc string
	fields    []changeField
}

// changeSpecs are the operations, by name. Users, groups, clients, roles,
// divisions and trusts are added, or changed where a record with that id exists.
func changeSpecs() []changeSpec {
	must := func(name string, typ changeType) changeField { return changeField{name, typ, true} }
	may := func(typ changeType, names ...string) []changeField {
		var out []changeField
		for _, n := range names {
			out = append(out, changeField{n, typ, false})
		}
		return out
	}
	spec := func(name, doc string, fields ...[]changeField) changeSpec {
		return changeSpec{name, doc, slices.Concat(fields...)}
	}
	one := func(f ...changeField) []changeField { return f }
	return []changeSpec{
		spec("accept", "adds an accept entry to the configuration; approved and without end unless it says otherwise", one(must("finding", changeText)),
			may(changeList, "principals"), may(changeNumber, "at_most"), may(changeText, "reason", "approved_by"), may(changeTime, "until")),
		spec("add_member", "puts a member into a group or team", one(must("member", changeText)), may(changeText, "group", "team")),
		spec("allow", "adds an allow entry to the configuration; approved and without end unless it says otherwise", one(must("from", changeText), must("to", changeList), must("permissions", changeList)),
			may(changeList, "principals"), may(changeNumber, "at_most"), may(changeText, "reason", "approved_by"), may(changeTime, "until")),
		spec("archive", "states in the configuration that audit events are archived", one(must("owner", changeText), must("date", changeTime))),
		spec("audit", "adds an event to the audit log", one(must("id", changeText)), may(changeText, "service", "action", "entity_type", "entity", "entity_name", "user", "client", "property"),
			may(changeTime, "date"), may(changeList, "new_values")),
		spec("client", "adds or changes an OAuth client", one(must("id", changeText)), may(changeText, "name", "grant_type", "state", "created_by"),
			may(changeNumber, "token_seconds"), may(changeList, "scopes", "redirects"), may(changeTime, "created")),
		spec("coverage", "replaces a list's lines of the ledger", one(must("list", changeText), must("status", changeText)),
			may(changeText, "source", "reason", "missing_permission"), may(changeNumber, "expected", "received")),
		spec("division", "adds or changes a division", one(must("id", changeText)), may(changeText, "name"), may(changeFlag, "home")),
		spec("grant", "grants a role; without a division in all of them", one(must("subject", changeText), must("role", changeText)),
			may(changeText, "division"), may(changeTime, "made_at")),
		spec("group", "adds or changes a group", one(must("id", changeText)), may(changeText, "name", "state"), may(changeFlag, "roles_enabled", "include_owners", "dynamic"), may(changeList, "owners", "members")),
		spec("integration", "adds an integration", one(must("id", changeText)), may(changeText, "name", "state", "client")),
		spec("naming", "changes the naming conventions of the configuration", may(changeText, "roles", "clients", "resources")),
		spec("permission", "adds a permission to the catalogue, or changes it", one(must("name", changeText)), may(changeText, "division_aware")),
		spec("persona", "adds or changes a persona of the configuration", one(must("name", changeText)), may(changeList, "roles", "permissions", "needed")),
		spec("policy", "adds a line with a scope to a role", one(must("role", changeText), must("permission", changeText)), may(changeText, "scope"), may(changeList, "groups", "teams", "views")),
		spec("product", "adds a product (licence) of the organization", one(must("id", changeText)), may(changeText, "name")),
		spec("queue_members", "replaces the members of a queue, and the groups and teams that it lists", one(must("queue", changeText)), may(changeList, "members", "groups")),
		spec("remove", "removes a record; what refers to it stays", one(must("record", changeText))),
		spec("remove_member", "takes a member out of a group or team", one(must("member", changeText)), may(changeText, "group", "team")),
		spec("report", "adds a report definition", one(must("id", changeText)), may(changeText, "name"), may(changeList, "filters", "shared_with")),
		spec("resource", "adds or changes a queue, flow or other object", one(must("id", changeText), must("kind", changeText)), may(changeText, "name", "type", "division")),
		spec("revoke", "takes a role away; without a division wherever it is granted", one(must("subject", changeText), must("role", changeText)), may(changeText, "division")),
		spec("role", "adds or changes a role; permissions replace its lines", one(must("id", changeText)), may(changeText, "name", "based_on"), may(changeFlag, "default"), may(changeList, "inherits", "permissions", "legacy")),
		spec("team", "adds or changes a team", one(must("id", changeText)), may(changeText, "name", "division"), may(changeList, "members")),
		spec("trust", "adds or changes an authorized organization", one(must("id", changeText)), may(changeText, "name"), may(changeFlag, "enabled", "full_access", "default_role"), may(changeTime, "expires")),
		spec("trustee_user", "adds or changes a user of a trustee organization", one(must("id", changeText), must("trustee", changeText)), may(changeText, "name", "email", "state")),
		spec("unused_roles", "says which roles a user does not use, by the platform's own analysis", one(must("user", changeText), must("roles", changeList))),
		spec("usage", "replaces what is known of an OAuth client's use", one(must("client", changeText)), may(changeTime, "date"), may(changeNumber, "requests")),
		spec("user", "adds or changes a user", one(must("id", changeText)), may(changeText, "name", "email", "division", "state", "manager", "region", "bpo", "cloned_from"),
			may(changeTime, "last_token", "last_login"), may(changeList, "licences")),
	}
}

// tests reads the tests of a rule.
func (r *reader) tests(n ast.Node) []testCase {
	var out []testCase
	fires, quiet := false, false
	before := len(r.errs)
	for _, item := range r.items(n, "tests") {
		c := testCase{pos: r.pos(item)}
		given := false
		r.keys(item, "a test", map[string]func(ast.Node){
			"base":   r.textInto(&c.base, "base"),
			"before": func(n ast.Node) { c.earlier = true; c.before = r.changes(n) },
			"change": func(n ast.Node) { c.change = r.changes(n) },
			"params": func(n ast.Node) { c.params = r.readParams(n) },
			"finds":  func(n ast.Node) { given = true; c.finds, _ = r.texts(n, "finds") },
		})
		if c.base == "" {
			r.fail(c.pos, "the test lacks base", "want the name of an organization such as told or clean")
		}
		if !given {
			r.fail(c.pos, "the test lacks finds", "want finds: [] or whom the rule must name")
		}
		fires, quiet = fires || len(c.finds) > 0, quiet || len(c.finds) == 0
		out = append(out, c)
	}
	if len(r.errs) > before {
		return out
	}
	switch {
	case !fires:
		r.fail(r.pos(n), "no test fires", "want one whose finds is not empty")
	case !quiet:
		r.fail(r.pos(n), "every test fires", "want a near miss too, with finds: []")
	}
	return out
}

func (r *reader) changes(n ast.Node) []change {
	var out []change
	for _, item := range r.items(n, "change") {
		for _, p := range r.pairs(item, "a change") {
			if c, ok := r.change(p); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

func (r *reader) change(p pair) (change, bool) {
	var names []string
	for _, s := range changeSpecs() {
		if s.name == p.key {
			return r.changeOf(s, p)
		}
		names = append(names, s.name)
	}
	r.fail(p.at, fmt.Sprintf("there is no change %q", short(p.key)), "want one of "+joinWords(names))
	return change{}, false
}

func (r *reader) changeOf(s changeSpec, p pair) (change, bool) {
	c := change{pos: p.at, name: s.name, values: map[string]changeValue{}}
	if p.value == nil {
		r.fail(p.at, "the change "+s.name+" says nothing", "want keys and values")
		return c, false
	}
	before := len(r.errs)
	var names []string
	for _, f := range s.fields {
		names = append(names, f.name)
	}
	for _, kv := range r.pairs(p.value, "the change "+s.name) {
		i := slices.Index(names, kv.key)
		if i < 0 {
			r.fail(kv.at, fmt.Sprintf("unknown key %q in the change %s", short(kv.key), s.name), "want one of "+joinWords(names))
			continue
		}
		if kv.value == nil {
			r.fail(kv.at, kv.key+" has no value", "want "+s.fields[i].typ.wants())
			continue
		}
		if v, ok := r.changeValue(kv.value, s.fields[i].typ); ok {
			c.values[kv.key] = v
		} else {
			r.fail(r.pos(kv.value), kv.key+" is "+describe(kv.value), "want "+s.fields[i].typ.wants())
		}
	}
	for _, f := range s.fields {
		if _, ok := c.values[f.name]; f.required && !ok && len(r.errs) == before {
			r.fail(p.at, fmt.Sprintf("the change %s lacks %s", s.name, f.name), "want "+f.name+": …")
		}
	}
	return c, len(r.errs) == before
}

func (t changeType) wants() string {
	return [...]string{"text", "true or false", "a whole number", "a list of texts", "a moment such as 2026-11-01T08:00:00Z, an age such as 90d ago, or never"}[t]
}

func (r *reader) changeValue(n ast.Node, typ changeType) (changeValue, bool) {
	v := changeValue{pos: r.pos(n)}
	if list, ok := n.(*ast.SequenceNode); ok && typ == changeList {
		for _, item := range list.Values {
			s, ok := item.(*ast.StringNode)
			if !ok {
				return v, false
			}
			v.list = append(v.list, s.Value)
		}
		return v, true
	}
	switch s := n.(type) {
	case *ast.StringNode:
		v.text = s.Value
		if typ == changeTime {
			_, ok := whenever(s.Value, time.Time{})
			return v, ok
		}
		return v, typ == changeText
	case *ast.BoolNode:
		v.text = strconv.FormatBool(s.Value)
		return v, typ == changeFlag || typ == changeText
	case *ast.IntegerNode:
		v.text = fmt.Sprint(s.Value)
		return v, typ == changeNumber
	default:
		return v, false
	}
}

// whenever reads a moment, or an age before now.
func whenever(s string, now time.Time) (time.Time, bool) {
	if age, ok := strings.CutSuffix(s, " ago"); ok {
		d, ok := parseSpan(age)
		return now.Add(-d), ok
	}
	if s == "never" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// ChangeDoc describes an operation that tests of rules can ask for.
type ChangeDoc struct {
	Name   string   `json:"name"`
	Doc    string   `json:"doc"`
	Fields []string `json:"fields"`
}

// Changes returns the documentation of the operations that tests can ask for.
func Changes() []ChangeDoc {
	var out []ChangeDoc
	for _, s := range changeSpecs() {
		d := ChangeDoc{Name: s.name, Doc: s.doc}
		for _, f := range s.fields {
			d.Fields = append(d.Fields, f.name)
		}
		out = append(out, d)
	}
	return out
}
