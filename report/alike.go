package report

import (
	"iter"

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
	Divisions             []analyzer.Named
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
		prints := b.seePrints(all)
		var single []uint32
		for i := range b.d.Classes {
			c := &b.d.Classes[i]
			n := 1
			for _, p := range c.Members[1:] {
				// The graph says that they are equal; should it be wrong, nobody is lost.
				if prints[p] != prints[c.Members[0]] {
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

// seePrints are numbers that are equal for principals with equal reach over every
// division.
func (b *builder) seePrints(all []seen) []uint64 {
	out := make([]uint64, b.g.Principals())
	for i := range all {
		for level, set := range []graph.Set{all[i].holders.Whole, all[i].holders.Conditional, all[i].holders.Limited} {
			mark := mix(uint64(3*i + level + 1))
			for p := range set.All() {
				out[p] ^= mark
			}
		}
	}
	return out
}

// mix spreads a small number over 64 bits.
func mix(n uint64) uint64 {
	n *= 0x9e3779b97f4a7c15
	n = (n ^ n>>32) * 0xd6e8feb86659fd93
	return n ^ n>>32
}

// seeWriter says of one principal after the other which divisions it sees.
type seeWriter struct {
	b         *builder
	all       []seen
	names     []analyzer.Named
	targets   []string
	leftovers []*leftovers
	gauges    map[string]*gauge
	at        map[uint32][]int // the grants of the current principal, by division
	list      []held
}

func (b *builder) newSeeWriter(all []seen) *seeWriter {
	w := &seeWriter{b: b, all: all, gauges: map[string]*gauge{}, at: map[uint32][]int{}}
	divs := make([]graph.Set, len(all))
	for i, s := range all {
		divs[i] = graph.NewSet(len(b.g.Divisions()))
		divs[i].Add(s.div)
		w.names, w.targets = append(w.names, b.named(s.div)), append(w.targets, b.target(s))
	}
	w.leftovers = b.seeLeftovers(all, divs)
	for i := range b.orgs {
		w.gauges[b.orgs[i].id] = b.newGauge(&b.orgs[i], b.orgs[i].see)
	}
	return w
}

// alikeKey is what divisions have in common that stand in one row.
type alikeKey struct {
	target      string
	shared      bool
	reach       graph.Level
	permissions int
	via         Via
}

// rows puts the divisions that a principal sees alike together.
func (w *seeWriter) rows(p uint32) []SeeAlike {
	g := w.gauges[w.b.g.Principal(p).Key.Org]
	if g == nil {
		return nil
	}
	w.list = w.list[:0]
	for _, h := range w.b.g.Holdings(p) {
		w.list = append(w.list, held{graph.Grant{Node: p, Role: h.Role, Division: h.Division}, noGroup})
	}
	scale := g.newScale(w.list, w.at)
	var out []SeeAlike
	row := map[alikeKey]int{}
	home := w.b.m.Tenants.Of(p).Tenant
	for i := range w.all {
		s := &w.all[i]
		level := s.holders.Level(p)
		if level == graph.None {
			continue
		}
		n, via := scale.measure(s.div, w.leftovers[i].of(p))
		k := alikeKey{target: w.targets[i], shared: s.shared, reach: level, permissions: n, via: via}
		at, seen := row[k]
		if !seen {
			at = len(out)
			row[k] = at
			out = append(out, SeeAlike{
				Principal: int(p), TargetTenant: w.targets[i], Shared: s.shared, Outside: !s.shared && home != s.tenant, Reach: level, Permissions: n, Via: via,
			})
		}
		out[at].Divisions = append(out[at].Divisions, w.names[i])
	}
	return out
}
