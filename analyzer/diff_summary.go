package analyzer

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// causeGroup gathers what one cause did.
type causeGroup struct {
	DiffCause
	org             string
	pairs, crossing []graph.Pair
	access          map[accessKey]*accessPart
}

// An accessKey keeps apart what is told of all divisions from what is told of some.
type accessKey struct {
	from, to   graph.Level
	everywhere bool
}

type accessPart struct {
	perms, divs graph.Set
	every       bool
}

// mostNamed is how many principals of a cause are named.
const mostNamed = 5

// summary counts what differs and gathers it by cause: the causes that give
// external principals reach into another tenant first.
func (c *Comparison) summary() (DiffTotals, []DiffCause) {
	var t DiffTotals
	groups := map[string]*causeGroup{}
	crossing := map[graph.Pair]bool{}
	for _, b := range c.Graph.Blocks {
		t.Principals += len(b.Members)
		tenants := c.byTenant(b.Members)
		for _, x := range b.Changes {
			cells := x.Permissions.Len() * x.Divisions.Len() * len(b.Members)
			switch wayOf(x) {
			case WayGained:
				t.Gained += cells
			case WayLost:
				t.Lost += cells
			default:
				t.Changed += cells
			}
			var cross []graph.Pair
			for _, members := range tenants {
				cross = append(cross, c.crossers(members, b.Org, x)...)
			}
			if widens(x) {
				for _, p := range cross {
					crossing[p] = true
				}
			}
			for _, g := range c.groupsOf(groups, b, x) {
				g.Cells += cells
				if len(x.Cause.Ways) > 1 {
					g.Also += cells
				}
				g.crossing = append(g.crossing, cross...)
				c.addTo(g, b.Members, x)
			}
		}
	}
	t.CrossTenant = len(crossing)
	for p := range crossing {
		if _, external := c.tenantOf(p); external {
			t.External++
		}
	}
	var out []DiffCause
	for _, key := range slices.Sorted(maps.Keys(groups)) { // what is told alike of two organizations has an order, too
		out = append(out, c.finishGroup(groups[key]))
	}
	slices.SortStableFunc(out, compareCauses)
	return t, slices.Clip(append([]DiffCause{}, out...))
}

func compareCauses(x, y DiffCause) int {
	way := func(d DiffCause) int { return slices.Index([]string{WayGained, WayChanged, WayLost}, d.Way) }
	return cmp.Or(
		cmp.Compare(way(x), way(y)), cmp.Compare(y.CrossTenantExternal, x.CrossTenantExternal), cmp.Compare(y.CrossTenant, x.CrossTenant),
		cmp.Compare(y.External, x.External), cmp.Compare(y.Principals, x.Principals), strings.Compare(string(x.Cause.Kind), string(y.Cause.Kind)),
		strings.Compare(x.Cause.Text, y.Cause.Text), cmp.Compare(y.Cells, x.Cells),
	)
}

// byTenant sorts principals by their tenant: those of one are alike to others'.
func (c *Comparison) byTenant(list []graph.Pair) map[string][]graph.Pair {
	out := map[string][]graph.Pair{}
	for _, p := range list {
		name, _ := c.tenantOf(p)
		out[name] = append(out[name], p)
	}
	return out
}

// crossers returns the principals of one tenant for which a change is reach into
// another one.
func (c *Comparison) crossers(members []graph.Pair, org string, x graph.Change) []graph.Pair {
	perms := x.Permissions.Clone()
	perms.And(c.carriers(org))
	from, _ := c.tenantOf(members[0])
	divs := graph.NewSet(len(c.places))
	for d := range x.Divisions.All() {
		if to := c.places[d].tenant; to != from && to != Unassigned {
			divs.Add(d)
		}
	}
	if perms.Empty() || divs.Empty() {
		return nil
	}
	var out []graph.Pair
	for _, p := range members {
		if c.crosses(p, from, perms, divs) {
			out = append(out, p)
		}
	}
	return out
}

func (c *Comparison) crosses(p graph.Pair, from string, perms, divs graph.Set) bool {
	all := c.Graph.Permissions(p.Key.Org)
	for id := range perms.All() {
		for d := range divs.All() {
			if c.into(p, from, all[id], d) != "" {
				return true
			}
		}
	}
	return false
}

// groupsOf returns the groups of the causes of a change.
func (c *Comparison) groupsOf(groups map[string]*causeGroup, b graph.Block, x graph.Change) []*causeGroup {
	var out []*causeGroup
	for _, ref := range c.ways(symbolic(b), x) {
		key := wayOf(x) + "\x00" + b.Org + "\x00" + string(ref.Kind) + "\x00" + ref.Text
		g, ok := groups[key]
		if !ok {
			g = &causeGroup{
				DiffCause: DiffCause{Way: wayOf(x), Cause: ref}, org: b.Org, access: map[accessKey]*accessPart{},
			}
			groups[key] = g
		}
		out = append(out, g)
	}
	return out
}

func (c *Comparison) addTo(g *causeGroup, members []graph.Pair, x graph.Change) {
	g.pairs = append(g.pairs, members...)
	k := accessKey{x.From.Level, x.To.Level, x.Every && c.everywhere(g.org, x)}
	a, ok := g.access[k]
	if !ok {
		a = &accessPart{perms: graph.NewSet(len(c.Graph.Permissions(g.org))), divs: graph.NewSet(len(c.Graph.Divisions))}
		g.access[k] = a
	}
	a.perms.Or(x.Permissions)
	a.divs.Or(x.Divisions)
	a.every = a.every || x.Every
}

// accessOf tells what a cause is about: the widest reach first.
func (c *Comparison) accessOf(g *causeGroup) []DiffAccess {
	keys := slices.SortedFunc(maps.Keys(g.access), func(x, y accessKey) int {
		return cmp.Or(cmp.Compare(y.to, x.to), cmp.Compare(y.from, x.from), cmp.Compare(flag(y.everywhere), flag(x.everywhere)))
	})
	var out []DiffAccess
	for _, k := range keys {
		a := g.access[k]
		divs := []Named{{ID: authz.AllDivisions, Name: "all divisions"}}
		if !k.everywhere {
			divs = c.divisionNames(a.divs, a.every)
		}
		out = append(out, DiffAccess{From: k.from, To: k.to, Permissions: c.permissionNames(g.org, a.perms), Divisions: divs})
	}
	return out
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *Comparison) finishGroup(g *causeGroup) DiffCause {
	out := g.DiffCause
	pairs, crossing := c.sortedPairs(g.pairs), c.sortedPairs(g.crossing)
	out.Principals, out.CrossTenant = len(pairs), len(crossing)
	out.External, out.CrossTenantExternal = c.external(pairs), c.external(crossing)
	out.Access = c.accessOf(g)
	out.First = c.worst(pairs, crossing)
	return out
}

func (c *Comparison) sortedPairs(list []graph.Pair) []graph.Pair {
	slices.SortFunc(list, c.compareMembers)
	return slices.Compact(list)
}

func (c *Comparison) external(list []graph.Pair) int {
	n := 0
	for _, p := range list {
		if _, external := c.tenantOf(p); external {
			n++
		}
	}
	return n
}

// worst names some principals: external ones that cross tenants first.
func (c *Comparison) worst(pairs, crossing []graph.Pair) []PrincipalRef {
	out := []PrincipalRef{}
	seen := map[graph.Pair]bool{}
	add := func(list []graph.Pair, want bool) {
		for _, p := range list {
			_, external := c.tenantOf(p)
			if len(out) < mostNamed && external == want && !seen[p] {
				seen[p] = true
				out = append(out, c.Ref(p))
			}
		}
	}
	add(crossing, true)
	add(crossing, false)
	add(pairs, true)
	add(pairs, false)
	return out
}
