package report

import (
	"iter"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// seen is who can see one division, as the graph answers it.
type seen struct {
	div     uint32
	holders graph.Holders
	tenant  int
	shared  bool
}

// addWhoCanSee asks, for each division, who can see it, counts the answers by
// tenant, and leaves the rows to a sequence.
func (b *builder) addWhoCanSee() {
	type place struct {
		x   *orgIndex
		div uint32
	}
	var places []place
	for i := range b.orgs {
		for d := range b.orgs[i].divs.All() {
			places = append(places, place{&b.orgs[i], d})
		}
	}
	all, cells := make([]seen, len(places)), make([][]SeeCell, len(places))
	parallel.For(len(places), func(i int) {
		all[i] = b.seeDivision(places[i].x, places[i].div)
		cells[i] = b.countSeen(all[i])
	})
	b.d.SeeCells = append(b.d.SeeCells, slices.Concat(cells...)...)
	b.d.WhoCanSee = b.seeRows(all)
	b.d.SeeAlike = b.seeAlike(all)
}

func (b *builder) seeDivision(x *orgIndex, d uint32) seen {
	one := graph.NewSet(len(b.g.Divisions()))
	one.Add(d)
	_, shared := b.m.Tenants.Shared(d)
	return seen{
		div: d, tenant: b.m.Tenants.OfDivision(d), shared: shared,
		holders: b.g.Who(graph.Query{Org: x.id, Permissions: x.seePerms, Divisions: one}),
	}
}

// target is the name of the tenant whose division it is; a shared division is nobody's.
func (b *builder) target(s seen) string {
	if s.shared {
		return "shared"
	}
	return b.m.Tenants.Tenants[s.tenant].Name
}

func (b *builder) countSeen(s seen) (cells []SeeCell) {
	acting := b.g.Acting()
	for i := range b.m.Tenants.Tenants {
		t := &b.m.Tenants.Tenants[i]
		c := SeeCell{
			Tenant: t.Name, External: t.External, Division: b.named(s.div), TargetTenant: b.target(s),
			Outside:     !s.shared && i != s.tenant,
			Whole:       lengthOf(s.holders.Whole, t.Principals, acting),
			Conditional: lengthOf(s.holders.Conditional, t.Principals, acting),
			Limited:     lengthOf(s.holders.Limited, t.Principals, acting),
		}
		if c.Whole+c.Conditional+c.Limited > 0 {
			cells = append(cells, c)
		}
	}
	return cells
}

func (b *builder) named(d uint32) analyzer.Named {
	n := b.m.Division(d)
	n.Name = nameOr(n.Name, n.ID)
	return n
}

// seeRows yields the rows by principal, then division.
func (b *builder) seeRows(all []seen) iter.Seq[SeeRow] {
	return func(yield func(SeeRow) bool) {
		gauges := map[string]*gauge{}
		divs := make([]graph.Set, len(all))
		names := make([]analyzer.Named, len(all))
		for i, s := range all {
			divs[i] = graph.NewSet(len(b.g.Divisions()))
			divs[i].Add(s.div)
			names[i] = b.named(s.div)
		}
		for i := range b.orgs {
			gauges[b.orgs[i].id] = b.newGauge(&b.orgs[i], b.orgs[i].see)
		}
		leftovers, sight := b.seeLeftovers(all, divs), b.newSight(all)
		var list []held
		for p := range b.g.Acting().All() {
			org := b.g.Principal(p).Key.Org
			g := gauges[org]
			if g == nil {
				continue
			}
			list = b.holdings(p, list[:0])
			scratch := graph.NewSet(len(b.g.Universe(org)))
			for i, level := range sight.all(p) {
				s := &all[i]
				row := SeeRow{
					Principal: int(p), Division: names[i], TargetTenant: b.target(*s), Shared: s.shared, Reach: level,
					Outside: !s.shared && b.m.Tenants.Of(p).Tenant != s.tenant,
				}
				n, way := g.measure(list, divs[i], leftovers[i].of(p), scratch)
				row.Permissions, row.Via = n, b.shown(way, list)
				if !yield(row) {
					return
				}
			}
		}
	}
}

// seeLeftovers asks, for each division, what narrowed policies leave of it.
func (b *builder) seeLeftovers(all []seen, divs []graph.Set) []*leftovers {
	out := make([]*leftovers, len(all))
	for i := range all {
		x := b.org(b.g.Divisions()[all[i].div].Key.Org)
		out[i] = b.leftovers(x, x.seePerms, divs[i])
	}
	return out
}
