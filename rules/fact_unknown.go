package rules

import (
	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An unknownRow is something that the snapshot does not say.
type unknownRow struct {
	org, kind, what string
	count           int
	record          *record
}

func unknownFact() *fact {
	type row = unknownRow
	f := &fact{name: "unknown", rows: unknownRows, doc: "what the snapshot does not say and answers depend on"}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.org }),
		text("kind", "permission (nobody knows whether divisions limit it), undetermined (a role, membership, scope or condition that could not be resolved), age (of role assignments), use (of elevated principals and clients)",
			func(_ *index, r *row) string { return r.kind }),
		text("what", "what is not known, in words", func(_ *index, r *row) string { return r.what }),
		number("count", "how many there are of it", func(_ *index, r *row) int { return r.count }),
	}
	f.selectors = []selector{{name: "kind", kind: selWords, words: []string{"permission", "undetermined", "age", "use"}, doc: "kind of what is not known"}}
	f.members = func(*index, any) []uint32 { return nil }
	f.records = func(_ *index, r any) []record {
		if v := r.(*row); v.record != nil {
			return []record{*v.record}
		}
		return nil
	}
	f.org = func(_ *index, r any) string { return r.(*row).org }
	return f
}

func unknownRows(x *index, q *query, visit func(any) error) error {
	for _, o := range x.orgs {
		for _, of := range []func(*orgIndex) []unknownRow{x.unknownPermissions, x.undetermined, x.unknownAges, x.unknownUses} {
			for _, r := range of(o) {
				if !q.has("kind", r.kind) {
					continue
				}
				if err := visit(&r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unknownPermissions are those that somebody holds and of which nobody knows
// whether divisions limit them.
func (x *index) unknownPermissions(o *orgIndex) []unknownRow {
	held := graph.NewSet(len(o.perms))
	for n := range x.roles {
		if x.roles[n].org == o && len(x.cells[n]) > 0 && !x.roles[n].rec.Admin {
			held.Or(x.roles[n].perms)
		}
	}
	var out []unknownRow
	for _, p := range o.perms {
		if p.Aware != authz.Unknown || !held.Has(p.ID) {
			continue
		}
		rec := record{o.id, analyzer.TargetRef{Kind: authz.KindPermission, ID: p.Pattern.String(), Name: p.Name}}
		out = append(out, unknownRow{org: o.id, kind: "permission", what: "whether divisions limit " + p.Name, count: 1, record: &rec})
	}
	return out
}

func (x *index) undetermined(o *orgIndex) []unknownRow {
	var out []unknownRow
	at := map[string]int{}
	for _, u := range x.g.AllUndetermined() {
		if u.Org != o.id {
			continue
		}
		if _, seen := at[u.Why]; !seen {
			at[u.Why] = len(out)
			out = append(out, unknownRow{org: o.id, kind: "undetermined", what: u.Why})
		}
		out[at[u.Why]].count++
	}
	return out
}

// unknownAges counts role assignments without a date: of elevated roles, and of others.
func (x *index) unknownAges(o *orgIndex) []unknownRow {
	n := map[bool]int{}
	for g := range x.g.AllGrants() {
		if g.MadeAt == 0 && x.roles[g.Role].org == o {
			n[x.roles[g.Role].elevated]++
		}
	}
	var out []unknownRow
	for _, elevated := range []bool{true, false} {
		if n[elevated] > 0 {
			out = append(out, unknownRow{org: o.id, kind: "age", what: "when " + kindOfRole(elevated) + " roles were assigned", count: n[elevated]})
		}
	}
	return out
}

func kindOfRole(elevated bool) string {
	if elevated {
		return "elevated"
	}
	return "other"
}

// unknownUses counts elevated users of whom nothing was seen, and clients of
// whose use nothing is known.
func (x *index) unknownUses(o *orgIndex) []unknownRow {
	users, clients := 0, 0
	for p := range x.g.Acting().All() {
		pr := x.g.Principal(p)
		switch {
		case pr.Key.Org != o.id:
		case pr.Client != nil && x.unusedFor(pr) == 0 && x.used(pr).last.IsZero():
			clients++
		case pr.Key.Kind == authz.KindUser && pr.LastSeen().IsZero() && x.elevatedSet(false).Has(p):
			users++
		}
	}
	var out []unknownRow
	for _, u := range []struct {
		n    int
		what string
	}{{users, "when elevated users were last seen"}, {clients, "when OAuth clients were last used"}} {
		if u.n > 0 {
			out = append(out, unknownRow{org: o.id, kind: "use", what: u.what, count: u.n})
		}
	}
	return out
}
