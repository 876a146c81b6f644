package graph

import (
	"reflect"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// RecordCounts are how many records came, went and were changed, by kind.
type RecordCounts struct {
	Added, Removed, Changed map[authz.Kind]int
}

// Records counts the records that differ between the two snapshots, as far as a
// graph reads them. A membership is a record of kind [authz.KindGroup]'s members
// and counts as a change of the group, team or queue.
func (d *Difference) Records() RecordCounts {
	r := recordCounter{d: d, c: RecordCounts{map[authz.Kind]int{}, map[authz.Kind]int{}, map[authz.Kind]int{}}}
	compareRecords(&r, recordsOf(d.Old), recordsOf(d.New))
	r.permissions()
	r.grants()
	return r.c
}

type recordCounter struct {
	d *Difference
	c RecordCounts
}

// recordsOf returns the single records of a graph, with what hangs on them.
func recordsOf(g *Graph) map[authz.Key]any {
	out := make(map[authz.Key]any, len(g.principals))
	for i := range g.principals {
		switch p := &g.principals[i]; {
		case p.User() != nil:
			out[p.Key] = *p.User()
		case p.Client != nil:
			out[p.Key] = *p.Client
		case p.Group != nil:
			out[p.Key] = [2]any{*p.Group, g.membersOf(uint32(i))}
		}
	}
	for i := range g.nodes {
		if n := &g.nodes[i]; n.known && n.group != nil {
			out[n.key] = [2]any{*n.group, g.membersOf(uint32(len(g.principals) + i))}
		} else if n.known {
			out[n.key] = [2]any{n.name, g.membersOf(uint32(len(g.principals) + i))}
		}
	}
	for i := range g.roles {
		if r := &g.roles[i]; r.known {
			out[r.key] = r.rec
		}
	}
	for _, v := range g.divisions {
		if v.Known {
			out[v.Key] = v
		}
	}
	listed := g.listedBy()
	for _, v := range g.resources {
		out[v.Key()] = [2]any{v, listed[v.Key()]}
	}
	for _, v := range g.views {
		out[v.Key()] = v
	}
	for k, v := range g.trusts {
		out[k] = v
	}
	for _, o := range g.orgs {
		out[o.rec.Key()] = o.rec
		for _, a := range o.policies {
			out[a.rec.Key()] = a.rec
		}
	}
	return out
}

// membersOf returns the keys of what a group or team holds directly, sorted.
func (g *Graph) membersOf(n uint32) []authz.Key {
	var out []authz.Key
	for _, m := range g.things.down.of(n) {
		out = append(out, g.NodeKey(m))
	}
	slices.SortFunc(out, authz.Key.Compare)
	return out
}

// listedBy returns the keys of what each queue lists, sorted.
func (g *Graph) listedBy() map[authz.Key][]authz.Key {
	out := map[authz.Key][]authz.Key{}
	for n := range len(g.principals) + len(g.nodes) {
		for _, q := range g.things.queues.of(uint32(n)) {
			k := g.ThingKey(q)
			out[k] = append(out[k], g.NodeKey(uint32(n)))
		}
	}
	for _, list := range out {
		slices.SortFunc(list, authz.Key.Compare)
	}
	return out
}

func compareRecords(r *recordCounter, old, latest map[authz.Key]any) {
	for k, v := range latest {
		was, ok := old[k]
		switch {
		case !ok:
			r.c.Added[k.Kind]++
		case !reflect.DeepEqual(was, v):
			r.c.Changed[k.Kind]++
		}
	}
	for k := range old {
		if _, ok := latest[k]; !ok {
			r.c.Removed[k.Kind]++
		}
	}
}

// permissions counts the entries of the catalogues.
func (r *recordCounter) permissions() {
	for _, c := range r.d.commons {
		for i := range c.perms {
			a, b := c.old.perms[i], c.latest.perms[i]
			had, has := a.InCatalogue && c.inOld.Has(uint32(i)), b.InCatalogue && c.inNew.Has(uint32(i))
			switch {
			case has && !had:
				r.c.Added[authz.KindPermission]++
			case had && !has:
				r.c.Removed[authz.KindPermission]++
			case has && (a.Aware != b.Aware || a.Name != b.Name || a.Label != b.Label):
				r.c.Changed[authz.KindPermission]++
			}
		}
	}
}

// grants counts the grants that only one of the graphs has, dangling ones too.
func (r *recordCounter) grants() {
	added, removed := grantsBeyond(r.d.New, r.d.Old), grantsBeyond(r.d.Old, r.d.New)
	if added > 0 {
		r.c.Added[authz.KindGrant] = added
	}
	if removed > 0 {
		r.c.Removed[authz.KindGrant] = removed
	}
}

func grantsBeyond(g, other *Graph) int {
	n := 0
	for node := range len(g.principals) + len(g.nodes) {
		list := g.grantsOf(uint32(node))
		if len(list) == 0 {
			continue
		}
		there := map[[2]uint32]bool{}
		if i, ok := other.find(g.NodeKey(uint32(node))); ok {
			for _, x := range other.grantsOf(i) {
				there[[2]uint32{x.role, x.div}] = true
			}
		}
		for _, x := range list {
			role, known := other.roleIndex[g.roles[x.role].key]
			div := x.div
			if div != AnyDivision {
				d, ok := other.divIndex[g.divisions[x.div].Key]
				div, known = d, known && ok
			}
			if !known || !there[[2]uint32{role, div}] {
				n++
			}
		}
	}
	gone := map[danglingGrant]bool{}
	for _, x := range other.dangling {
		gone[danglingGrant{x.Subject, x.Role, x.Division}] = true
	}
	for _, x := range g.dangling {
		if !gone[danglingGrant{x.Subject, x.Role, x.Division}] {
			n++
		}
	}
	return n
}
