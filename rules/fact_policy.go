package rules

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A policyRow is one line of a role, or of one that it inherits from, for the
// principals of one tenant that hold the role.
type policyRow struct {
	role    uint32
	line    *authz.Policy
	pattern authz.Pattern
	share
}

func policyFact() *fact {
	type row = policyRow
	f := &fact{
		name: "policy", rows: policyRows,
		doc: "a line of a role, inherited ones included, once for each tenant of the live principals that hold the role",
	}
	f.fields = []field{
		text("org", "id of the organization", func(x *index, r *row) string { return x.roles[r.role].rec.Key.Org }),
		named("role", "the role", func(x *index, r *row) string { return x.roleName(r.role) }, func(x *index, r *row) string { return x.roleID(r.role) }),
		text("permission", "the line's permission, which may be a pattern", func(_ *index, r *row) string { return r.pattern.String() }),
		text("scope", "the scope that the line states, in lower case; empty if it states none", func(_ *index, r *row) string { return strings.ToLower(r.line.Scope) }),
		flag("names", "whether the scope names the groups, teams or views that it is about", func(_ *index, r *row) bool {
			return len(r.line.ScopeGroups)+len(r.line.ScopeTeams)+len(r.line.ScopeViews) > 0
		}),
		flag("condition", "whether the line has a condition", func(_ *index, r *row) bool { return r.line.Condition != nil }),
		flag("elevated", "whether the permission is listed as elevated", func(x *index, r *row) bool { _, ok := x.m.Lexicon.Elevated(r.pattern); return ok }),
		text("class", "what it shows or changes: content, security, performance, people, configuration; empty if that is not known", func(x *index, r *row) string { return x.m.Lexicon.Class(r.pattern) }),
		text("holder_tenant", "tenant of the principals", func(x *index, r *row) string { return x.tenantName(r.tenant) }),
		flag("holder_external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(r.tenant) }),
		number("members", "the number of principals", func(_ *index, r *row) int { return len(r.list) }),
	}
	f.selectors = []selector{
		{name: "scope", kind: selWords, words: []string{"none", "all", "organization", "group", "team", "view", "assigned", "self"}, doc: "the scope that the line states"},
		{name: "permission", kind: selPatterns, doc: "lines whose permission one of the patterns covers"},
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principals"},
	}
	f.members = func(_ *index, r any) []uint32 { return r.(*row).list }
	f.records = func(x *index, r any) []record {
		k := x.roles[r.(*row).role].rec.Key
		return []record{{k.Org, analyzer.TargetRef{Kind: authz.KindRole, ID: k.ID, Name: x.roleName(r.(*row).role)}}}
	}
	f.causes = func(x *index, r any, add func(cause)) {
		for _, c := range x.cells[r.(*row).role] {
			add(cause{c.Role, c.Division})
		}
	}
	f.org = func(x *index, r any) string { return x.roles[r.(*row).role].rec.Key.Org }
	f.tenant = func(x *index, r any) string { return x.tenantName(r.(*row).tenant) }
	return f
}

func policyRows(x *index, q *query, visit func(any) error) error {
	for n := range x.roles {
		if len(x.cells[n]) == 0 {
			continue
		}
		lines := x.selectedLines(uint32(n), q)
		if len(lines) == 0 {
			continue
		}
		sure, perhaps := x.gather(x.cells[n])
		for _, s := range x.split(slices.Concat(sure, perhaps)) {
			if !x.inHolder(q, s.tenant) {
				continue
			}
			for _, l := range lines {
				l.share = s
				if err := visit(&l); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// selectedLines returns the lines of a role and of those that it inherits from.
func (x *index) selectedLines(role uint32, q *query) []policyRow {
	var out []policyRow
	for _, at := range append([]uint32{role}, x.roles[role].rec.Inherited...) {
		policies := x.roles[at].rec.Record.Policies
		for i := range policies {
			r := policyRow{role: role, line: &policies[i], pattern: x.linePattern(&policies[i])}
			word := strings.ToLower(r.line.Scope)
			if word == "" {
				word = "none"
			}
			pats := q.patterns("permission")
			if q.has("scope", word) && (pats == nil || slices.ContainsFunc(pats, func(c authz.Pattern) bool { return c.Covers(r.pattern) })) {
				out = append(out, r)
			}
		}
	}
	return out
}
