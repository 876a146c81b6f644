package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// An escalationRow is what one live principal could become.
type escalationRow struct {
	c     *graph.Could
	total bool // looked at the way to everything
	moves []graph.Move
}

func escalationFact() *fact {
	type row = escalationRow
	f := &fact{name: "escalation", rows: escalationRows, doc: "what one live principal could become by steps that its permissions allow, each step documented or likely"}
	f.fields = []field{
		text("org", "id of the organization", func(x *index, r *row) string { return r.key(x).Org }),
		text("from_tenant", "tenant of the principal", func(x *index, r *row) string { return x.tenantName(x.tenant[r.c.Source]) }),
		flag("external", "whether that tenant is an outside party", func(x *index, r *row) bool { return x.external(x.tenant[r.c.Source]) }),
		flag("to_total", "whether it could come to hold everything everywhere", func(_ *index, r *row) bool { return r.c.Total >= 0 }),
		number("hops", "after how many steps it is total; 0 if it is today, -1 if it never is", func(_ *index, r *row) int { return r.c.Total }),
		text("first", "the first step on a shortest way to total", func(x *index, r *row) string { return r.first(x) }),
		text("steps", "a shortest way to total, in words", func(x *index, r *row) string { return r.steps(x) }),
		text("certainty", "documented, or likely where a step of that way is only likely", func(x *index, r *row) string { return r.certainty(x) }),
		texts("to_tenants", "tenants, other than its own, of users and clients that it could become", func(x *index, r *row) []string { return x.tenantNames(x.becomes(r.c)) }),
		flag("approved", "whether allow entries that are in force name the principal, and cover everything administrative that it holds", func(x *index, r *row) bool { return x.approvedPrincipal(r.c.Source) }),
	}
	f.selectors = []selector{
		{name: "holder", kind: selOpen, words: []string{"external", "internal", "unassigned"}, doc: "tenant of the principal"},
		{name: "sure", kind: selFlag, doc: "whether only documented steps are followed; false where it is not given"},
	}
	f.members = func(_ *index, r any) []uint32 { return []uint32{r.(*row).c.Source} }
	f.org = func(x *index, r any) string { return r.(*row).key(x).Org }
	f.tenant = func(x *index, r any) string { return x.tenantName(x.tenant[r.(*row).c.Source]) }
	f.causes = func(x *index, r any, add func(cause)) {
		for _, m := range r.(*row).way(x) {
			if m.Reason != nil {
				add(cause{m.Reason.Grant.Role, m.Reason.Grant.Division})
			}
		}
	}
	return f
}

func escalationRows(x *index, q *query, visit func(any) error) error {
	sure, _ := q.flag("sure")
	for c := range x.m.Escalations().All(sure) {
		if !x.inHolder(q, x.tenant[c.Source]) {
			continue
		}
		if err := visit(&escalationRow{c: c}); err != nil {
			return err
		}
	}
	return nil
}

func (r *escalationRow) key(x *index) authz.Key { return x.g.Principal(r.c.Source).Key }

// way is a shortest way to everything.
func (r *escalationRow) way(x *index) []graph.Move {
	if !r.total {
		r.total, r.moves = true, x.m.Escalations().PathToTotal(r.c, false)
	}
	return r.moves
}

func (r *escalationRow) first(x *index) string {
	for _, m := range r.way(x) {
		return x.wayName(m)
	}
	return ""
}

func (x *index) wayName(m graph.Move) string {
	if m.Way < 0 {
		return "admin"
	}
	return x.m.Escalations().Ways()[m.Way].Name
}

// steps writes a way as a chain of what is done and what is gained.
func (r *escalationRow) steps(x *index) string {
	var out []string
	for _, m := range r.way(x) {
		switch {
		case m.Total && m.Way < 0:
			out = append(out, "holds total control")
		case m.Total:
			out = append(out, x.wayName(m)+" to everything")
		default:
			out = append(out, fmt.Sprintf("%s to %s %s", x.wayName(m), x.g.NodeKey(m.Node).Kind, inert(x.g.NodeName(m.Node))))
		}
	}
	return strings.Join(out, ", then ")
}

func (r *escalationRow) certainty(x *index) string {
	likely := slices.ContainsFunc(r.way(x), func(m graph.Move) bool { return m.Way >= 0 && !x.m.Escalations().Ways()[m.Way].Documented })
	if likely {
		return lexicon.Likely
	}
	return lexicon.Documented
}

// becomes returns the tenants, other than its own, of users and clients that a
// principal could become.
func (x *index) becomes(c *graph.Could) []int {
	own := x.tenant[c.Source]
	var out []int
	for _, g := range c.Gains {
		if g.Hops == 0 {
			continue
		}
		if n, node := x.m.Escalations().Node(g.At); node {
			if int(n) < x.g.Principals() {
				out = append(out, x.tenant[n])
			}
			continue
		}
		out = append(out, x.tenantsAt(x.m.Escalations().Hub(g.At))...)
	}
	return slices.DeleteFunc(distinct(out), func(t int) bool { return t == own })
}

// tenantsAt returns the tenants of those that a hub stands for.
func (x *index) tenantsAt(h graph.Hub) []int {
	if x.hubs == nil {
		x.hubs = map[graph.Hub][]int{}
	}
	if list, ok := x.hubs[h]; ok {
		return list
	}
	var out []int
	for p := range x.g.Principals() {
		pr := x.g.Principal(uint32(p))
		in := pr.Key.Org == h.Org && (h.Division == graph.AnyDivision || pr.Division == h.Division)
		switch h.Kind {
		case graph.HubLiveUsers:
			in = in && pr.Live && pr.Key.Kind == authz.KindUser
		case graph.HubUsers:
			in = in && pr.Key.Kind == authz.KindUser
		case graph.HubClients:
			in = in && pr.Client != nil && pr.Acts
		default: // groups are no people, and total is everything
			in = false
		}
		if in {
			out = append(out, x.tenant[p])
		}
	}
	x.hubs[h] = distinct(out)
	return x.hubs[h]
}
