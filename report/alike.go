package report

import (
	"iter"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
)

// A SeeAlike says that the members of a class, or one principal, see divisions of a
// tenant alike. All rows together say what the rows of [Document.WhoCanSee] say,
// except for the group that a role assignment is made to: equal principals can
// have an assignment through different ones.
type SeeAlike struct {
	// Class is the number of the class, counted from 1. If it is 0, the row is about
	// Principal alone: it is of no class, or sees what the others of it do not.
	Class int
	// Principal is an index of [Document.Principals]: the class's first member, or the
	// principal. Principals is how many the row is about.
	Principal, Principals int
	TargetTenant          string
	Divisions             []analyzer.Named // good until the next row
	Shared, Outside       bool
	Reach                 graph.Level
	Permissions           int
	// Via has no group, and counts a role in a division once.
	Via Via
}

// seeAlike yields the rows by class, and behind them those of single principals.
func (b *builder) seeAlike(all []seen) iter.Seq[SeeAlike] {
	return func(yield func(SeeAlike) bool) {
		w := b.newSeeWriter(all)
		var single []uint32
		for i := range b.d.Classes {
			c := &b.d.Classes[i]
			n := 1
			for _, p := range c.Members[1:] {
				// The graph says that they are equal; should it be wrong, nobody is lost.
				if !slices.Equal(w.sight.of(p), w.sight.of(c.Members[0])) {
					single = append(single, p)
					continue
				}
				n++
			}
			for _, row := range w.rows(c.Members[0]) {
				if row.Class, row.Principals = i+1, n; !yield(row) {
					return
				}
			}
		}
		for p := range b.g.Acting().All() {
			if b.d.Principals[p].Class == 0 {
				single = append(single, p)
			}
		}
		for _, p := range single {
			for _, row := range w.rows(p) {
				if row.Principals = 1; !yield(row) {
					return
				}
			}
		}
	}
}

// seeWriter says of one principal after the other which divisions it sees.
type seeWriter struct {
	b         *builder
	all       []seen
	sight     *sight
	names     []analyzer.Named
	targets   []string
	leftovers []*leftovers
	scales    map[string]*scale // by organization
	// roleText and divText are equal for roles and divisions of equal names.
	roleText, divText []int
	list              []held
	// out are the rows of the current principal, at tells their places.
	out []SeeAlike
	at  map[alikeKey]int
}

func (b *builder) newSeeWriter(all []seen) *seeWriter {
	w := &seeWriter{b: b, all: all, sight: b.newSight(all), scales: map[string]*scale{}, at: map[alikeKey]int{}}
	divs := make([]graph.Set, len(all))
	for i, s := range all {
		divs[i] = graph.NewSet(len(b.g.Divisions()))
		divs[i].Add(s.div)
		w.names, w.targets = append(w.names, b.named(s.div)), append(w.targets, b.target(s))
	}
	w.leftovers = b.seeLeftovers(all, divs)
	for i := range b.orgs {
		w.scales[b.orgs[i].id] = b.newGauge(&b.orgs[i], b.orgs[i].see).newScale()
	}
	w.roleText = sameText(len(b.roleName), func(n int) string { return b.roleName[n] })
	divisions := b.divisionNames()
	w.divText = sameText(len(divisions), func(n int) string { return divisions[n].name })
	return w
}

// sameText returns numbers that are equal for equal ones of n texts.
func sameText(n int, text func(int) string) []int {
	out, first := make([]int, n), map[string]int{}
	for i := range out {
		t := text(i)
		if _, seen := first[t]; !seen {
			first[t] = i
		}
		out[i] = first[t]
	}
	return out
}

// alikeKey is what divisions have in common that stand in one row. The tenant is -1
// for shared divisions, role and division name the way in, -1 if there is none.
type alikeKey struct {
	tenant         int
	reach          graph.Level
	permissions    int
	role, division int
	others         int
}

// rows puts the divisions that a principal sees alike together. They are good until
// the next call.
func (w *seeWriter) rows(p uint32) []SeeAlike {
	w.out = w.out[:0]
	s := w.scales[w.b.g.Principal(p).Key.Org]
	if s == nil {
		return nil
	}
	clear(w.at)
	weighed := false
	for i, level := range w.sight.all(p) {
		if !weighed {
			s.weigh(w.holdings(p))
			weighed = true
		}
		n, way := s.measure(w.all[i].div, w.leftovers[i].of(p))
		k := w.key(i, level, n, way)
		at, seen := w.at[k]
		if !seen {
			at = len(w.out)
			w.at[k] = at
			w.add(p, i, level, n, way)
		}
		w.out[at].Divisions = append(w.out[at].Divisions, w.names[i])
	}
	return w.out
}

func (w *seeWriter) holdings(p uint32) []held {
	w.list = w.list[:0]
	for _, h := range w.b.g.Holdings(p) {
		w.list = append(w.list, held{graph.Grant{Node: p, Role: h.Role, Division: h.Division}, noGroup})
	}
	return w.list
}

func (w *seeWriter) key(i int, level graph.Level, permissions int, by way) alikeKey {
	k := alikeKey{tenant: w.all[i].tenant, reach: level, permissions: permissions, role: -1, division: -1, others: by.others}
	if w.all[i].shared {
		k.tenant = -1
	}
	if by.grant >= 0 {
		h := &w.list[by.grant]
		k.role, k.division = w.roleText[h.Role], w.divText[min(int(h.Division), len(w.divText)-1)]
	}
	return k
}

// add begins a row. The room for its divisions is that of the row that was in its
// place before.
func (w *seeWriter) add(p uint32, i int, level graph.Level, permissions int, by way) {
	s := &w.all[i]
	var room []analyzer.Named
	if n := len(w.out); n < cap(w.out) {
		room = w.out[:n+1][n].Divisions[:0]
	}
	row := SeeAlike{
		Principal: int(p), TargetTenant: w.targets[i], Divisions: room, Shared: s.shared,
		Outside: !s.shared && w.b.m.Tenants.Of(p).Tenant != s.tenant, Reach: level, Permissions: permissions, Via: w.b.shown(by, w.list),
	}
	w.out = append(w.out, row)
}
