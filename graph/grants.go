package graph

import (
	"iter"
	"runtime"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// someMany is how many elements of a long list a worker takes at a time.
const someMany = 1 << 12

// buildGrants places each grant at its subject and, inverted, at its role and
// division. What names something that no longer exists gives nobody anything
// and is kept as dangling.
func (b *builder) buildGrants() error {
	g := b.g
	p := b.parties
	for i := range b.rows {
		row := &b.rows[i]
		b.look(p, row.Subject)
		b.look(p, row.Role)
		b.look(p, row.Division)
	}
	placed := b.placeGrants(p)
	b.rows, b.members, b.queueMembers, b.parties = nil, nil, nil, nil
	b.indexGrants(dedupe(sortGrants(placed, len(g.principals)+len(g.nodes))))
	b.sortDangling()
	b.leaveOutStrangers()
	b.noteUnread()
	return nil
}

// parties are the numbers of a key by [authz.Ref], looked up once: two million
// grants name few roles and divisions, and each subject many times, as do members.
type parties struct {
	looked []bool
	nodes  [][]uint32
	role   []int64 // -1: none
	div    []uint32
	gone   []bool // a division that its complete list lacks
}

// lookUp looks up the keys that are nodes, which are most. Roles, divisions and what is
// no node of that key come when somebody asks.
func (b *builder) lookUp() *parties {
	n := len(b.keys)
	p := &parties{make([]bool, n), make([][]uint32, n), make([]int64, n), make([]uint32, n), make([]bool, n)}
	parallel.Blocks(n, someMany, func(from, to int) {
		room := make([]uint32, 0, to-from)
		for r := from; r < to; r++ {
			if i, ok := b.g.find(b.keys[r]); ok && b.keys[r].Kind != authz.KindSubject {
				room = append(room, i)
				p.nodes[r], p.looked[r] = room[len(room)-1:len(room):len(room)], true
			}
		}
	})
	return p
}

// nodesOf returns the nodes that a key stands for; see [builder.resolve].
func (b *builder) nodesOf(r authz.Ref) []uint32 {
	b.look(b.parties, r)
	return b.parties.nodes[r]
}

func (b *builder) look(p *parties, r authz.Ref) {
	if p.looked[r] {
		return
	}
	p.looked[r] = true
	k := b.keys[r]
	switch k.Kind {
	case authz.KindRole:
		p.role[r] = -1
		if n, ok := b.g.roleIndex[k]; ok {
			p.role[r] = int64(n)
		}
	case authz.KindDivision:
		p.div[r] = AnyDivision
		if !allDivisionID(k.ID) {
			p.div[r] = b.g.divIndex[k]
			p.gone[r] = !b.g.divisions[p.div[r]].Known && b.org(k.Org).complete[authz.ListDivisions]
		}
	default:
		p.nodes[r] = b.resolve(k)
	}
}

// placedGrants are the grants of some rows, in the order of the rows.
type placedGrants struct {
	grants   []grant
	dangling []Dangling
	// roleless are nodes that a grant names whose role is gone.
	roleless []uint32
}

// placeGrants gives grants the numbers of their parties. The lists are parts of all.
func (b *builder) placeGrants(p *parties) [][]grant {
	workers := runtime.GOMAXPROCS(0)
	parts := make([]placedGrants, workers)
	parallel.For(workers, func(i int) {
		rows := b.rows[len(b.rows)*i/workers : len(b.rows)*(i+1)/workers]
		parts[i].grants = make([]grant, 0, len(rows))
		for _, row := range rows {
			b.placeGrant(&parts[i], p, row)
		}
	})
	lists := make([][]grant, workers)
	for i, part := range parts {
		lists[i] = part.grants
		b.g.dangling = append(b.g.dangling, part.dangling...)
		for _, n := range part.roleless {
			b.granted[n] = true
		}
	}
	return lists
}

func (b *builder) placeGrant(out *placedGrants, p *parties, row authz.GrantRow) {
	nodes, role, gone := p.nodes[row.Subject], p.role[row.Role], p.gone[row.Division]
	if len(nodes) == 0 || role < 0 || gone {
		out.dangling = append(out.dangling, b.dangling(row, len(nodes) == 0, role < 0, gone))
	}
	if role < 0 {
		out.roleless = append(out.roleless, nodes...)
		return
	}
	for _, n := range nodes {
		out.grants = append(out.grants, grant{n, holding{role: uint32(role), div: p.div[row.Division], madeAt: row.MadeAt}})
	}
}

func (b *builder) dangling(row authz.GrantRow, subject, role, division bool) Dangling {
	d := Dangling{
		Subject: b.keys[row.Subject], Role: b.keys[row.Role].ID, Division: b.keys[row.Division].ID, MadeAt: row.MadeAt,
		MissingSubject: subject, MissingRole: role, MissingDivision: division,
	}
	if n, ok := b.g.roleIndex[b.keys[row.Role]]; ok {
		d.RoleName = b.g.roles[n].rec.Name
	}
	return d
}

func compareGrant(x, y grant) int {
	switch {
	case x.node != y.node:
		return cmpUint(x.node, y.node)
	case x.role != y.role:
		return cmpUint(x.role, y.role)
	default:
		return cmpUint(x.div, y.div)
	}
}

// sortGrants puts lists together and sorts by node with one counting pass, then each
// node's few grants: two million grants sort in a fraction of a comparison sort's time.
func sortGrants(lists [][]grant, nodes int) []grant {
	// next is, by list and node, how many grants there are, then where the next one goes.
	next := make([][]uint32, len(lists))
	parallel.For(len(lists), func(i int) {
		next[i] = make([]uint32, nodes)
		for _, gr := range lists[i] {
			next[i][gr.node]++
		}
	})
	start := make([]uint32, nodes+1)
	total := uint32(0)
	for n := range nodes {
		start[n] = total
		for i := range next {
			next[i][n], total = total, total+next[i][n]
		}
	}
	start[nodes] = total
	out := make([]grant, total)
	parallel.For(len(lists), func(i int) {
		for _, gr := range lists[i] {
			out[next[i][gr.node]] = gr
			next[i][gr.node]++
		}
	})
	parallel.Blocks(nodes, someMany, func(from, to int) {
		for n := from; n < to; n++ {
			if one := out[start[n]:start[n+1]]; !slices.IsSortedFunc(one, compareGrant) {
				slices.SortFunc(one, compareGrant)
			}
		}
	})
	return out
}

// dedupe merges equal grants (one told with and without its subject's type),
// keeping the earliest date that is known.
func dedupe(list []grant) []grant {
	if len(list) == 0 {
		return list
	}
	out := list[:1]
	for _, gr := range list[1:] {
		last := &out[len(out)-1]
		if compareGrant(*last, gr) != 0 {
			out = append(out, gr)
			continue
		}
		if last.madeAt == 0 || (gr.madeAt != 0 && gr.madeAt < last.madeAt) {
			last.madeAt = gr.madeAt
		}
	}
	return out
}

// indexGrants builds the lists by node and the cells by (role, division).
func (b *builder) indexGrants(list []grant) {
	g := b.g
	nodes := len(g.principals) + len(g.nodes)
	g.byNode = make([]uint32, nodes+1)
	g.grants = make([]holding, len(list))
	for i := range list {
		g.byNode[list[i].node+1]++
		g.grants[i] = list[i].holding
	}
	for i := range nodes {
		g.byNode[i+1] += g.byNode[i]
	}
	g.indexCells(list)
}

// indexCells sorts the subjects by role, division and node: a counting pass by
// role that keeps the order of nodes, and one by division within each role.
func (g *Graph) indexCells(list []grant) {
	type spot struct{ div, node uint32 }
	divs := uint32(len(g.divisions))
	start := make([]uint32, len(g.roles)+1)
	for i := range list {
		start[list[i].role+1]++
	}
	for r := range g.roles {
		start[r+1] += start[r]
	}
	spots, next := make([]spot, len(list)), slices.Clone(start[:len(g.roles)])
	for i := range list {
		gr := &list[i]
		spots[next[gr.role]] = spot{min(gr.div, divs), gr.node} // AnyDivision comes last
		next[gr.role]++
	}
	g.posting = make([]uint32, len(list))
	at, found := make([]uint32, divs+1), []uint32(nil) // by division: how many, then where the next goes
	for r := range g.roles {
		part := spots[start[r]:start[r+1]]
		found = found[:0]
		for _, s := range part {
			if at[s.div] == 0 {
				found = append(found, s.div)
			}
			at[s.div]++
		}
		slices.Sort(found)
		from := start[r]
		for _, d := range found {
			c := cell{role: uint32(r), div: d, from: from, to: from + at[d]}
			if d == divs {
				c.div = AnyDivision
			}
			g.cells = append(g.cells, c)
			at[d], from = from, c.to
		}
		for _, s := range part {
			g.posting[at[s.div]] = s.node
			at[s.div]++
		}
		for _, d := range found {
			at[d] = 0
		}
	}
}

func (b *builder) sortDangling() {
	slices.SortFunc(b.g.dangling, func(x, y Dangling) int {
		if c := x.Subject.Compare(y.Subject); c != 0 {
			return c
		}
		if c := cmpString(x.Role, y.Role); c != 0 {
			return c
		}
		return cmpString(x.Division, y.Division)
	})
}

// noteUnread lists what the snapshot does not say and an answer could hang on:
// the members of groups and teams that hold grants, and the lines of roles that
// are granted.
func (b *builder) noteUnread() {
	g := b.g
	maybe := map[[2]uint32]bool{} // role and division that someone not read may hold
	for i, n := range g.nodes {
		if n.read || !n.active {
			continue
		}
		why := "the members of this " + n.key.Kind.String() + " were not read"
		if !n.known {
			why = "this " + n.key.Kind.String() + " is not in the snapshot"
		}
		for _, h := range b.held(uint32(len(g.principals) + i)) {
			maybe[[2]uint32{h.role, h.div}] = true
			b.undetermined(Undetermined{
				Org: n.key.Org, Subject: n.key, SubjectName: n.name,
				Role: g.roles[h.role].key.ID, Division: g.divisionID(h.div), Why: why, role: h.role, div: h.div,
			})
		}
	}
	for i := range g.cells {
		c := &g.cells[i]
		r := &g.roles[c.role]
		if r.unread == "" {
			continue
		}
		u := Undetermined{
			Org: r.key.Org, Role: r.key.ID, Division: g.divisionID(c.div), Why: r.unread, role: c.role, div: c.div, anyRole: true,
		}
		if maybe[[2]uint32{c.role, c.div}] || b.anybody(c) {
			b.undetermined(u)
		} else {
			g.idle = append(g.idle, u)
		}
	}
}

// anybody reports whether somebody who acts holds a cell.
func (b *builder) anybody(c *cell) bool {
	g := b.g
	holders := g.Holders(Cell{Nodes: g.posting[c.from:c.to]})
	holders.And(g.acting)
	return !holders.Empty()
}

// held returns the grants of a node and of every group that holds it.
func (b *builder) held(n uint32) []holding {
	var out []holding
	seen := map[uint32]bool{n: true}
	queue := []uint32{n}
	org := b.g.NodeKey(n).Org
	for i := 0; i < len(queue); i++ {
		out = append(out, b.g.grantsOf(queue[i])...)
		for _, to := range b.g.up.of(queue[i]) {
			to &^= mark
			// A team holds what it lists itself, not what a member of it holds. In
			// another organization, a trustee's group stands for who is in it.
			k := b.g.NodeKey(to)
			if !seen[to] && b.g.active(to) && k.Kind != authz.KindTeam && k.Org == org {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return out
}

func (g *Graph) grantsOf(n uint32) []holding { return g.grants[g.byNode[n]:g.byNode[n+1]] }

func (g *Graph) divisionID(d uint32) string {
	if d >= uint32(len(g.divisions)) {
		return authz.AllDivisions
	}
	return g.divisions[d].Key.ID
}

// A Grant is a recorded grant, by numbers.
type Grant struct {
	Node     uint32
	Role     uint32
	Division uint32 // [AnyDivision]: all divisions
	MadeAt   int64  // milliseconds since 1970; 0 is unknown
}

// Grants returns the number of grants.
func (g *Graph) Grants() int { return len(g.grants) }

// GrantsOf returns the grants of a node: what is granted to it itself.
func (g *Graph) GrantsOf(n uint32) []Grant {
	return g.AppendGrantsOf(make([]Grant, 0, len(g.grantsOf(n))), n)
}

// AppendGrantsOf appends to a list what [Graph.GrantsOf] returns.
func (g *Graph) AppendGrantsOf(list []Grant, n uint32) []Grant {
	for _, x := range g.grantsOf(n) {
		list = append(list, Grant{Node: n, Role: x.role, Division: x.div, MadeAt: x.madeAt})
	}
	return list
}

// Grant returns grant i; grants are sorted by subject's node, role and division.
func (g *Graph) Grant(i int) Grant {
	x := &g.grants[i]
	node, _ := slices.BinarySearch(g.byNode, uint32(i)+1)
	return Grant{Node: uint32(node - 1), Role: x.role, Division: x.div, MadeAt: x.madeAt}
}

// AllGrants returns every grant, in the order of [Graph.Grant].
func (g *Graph) AllGrants() iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		for n := range len(g.byNode) - 1 {
			for i := g.byNode[n]; i < g.byNode[n+1]; i++ {
				x := &g.grants[i]
				if !yield(Grant{Node: uint32(n), Role: x.role, Division: x.div, MadeAt: x.madeAt}) {
					return
				}
			}
		}
	}
}

// A Cell is one role granted in one division.
type Cell struct {
	Role, Division uint32
	// Nodes are the subjects that it is granted to. The caller must not change it.
	Nodes []uint32
}

// Cells returns the number of (role, division) pairs that are granted to anybody.
func (g *Graph) Cells() int { return len(g.cells) }

// Cell returns cell i; cells are sorted by role and division, all divisions last.
func (g *Graph) Cell(i int) Cell {
	c := &g.cells[i]
	return Cell{Role: c.role, Division: c.div, Nodes: g.posting[c.from:c.to]}
}

// Holders returns the principals that hold a cell, directly or through groups
// and teams, whether they are live or not.
func (g *Graph) Holders(c Cell) Set {
	s := NewSet(len(g.principals))
	g.AddHolders(c, s)
	return s
}

// AddHolders adds to a set of principals those that [Graph.Holders] returns.
func (g *Graph) AddHolders(c Cell, s Set) {
	for _, n := range c.Nodes {
		if int(n) < len(g.principals) {
			s.Add(n)
		}
		if !g.actedFor.Has(n) {
			continue
		}
		for _, p := range g.actors.of(n) {
			s.Add(p &^ mark)
		}
	}
}

// RoleHolders returns the live principals that hold a role in any division.
func (g *Graph) RoleHolders(role uint32) Set {
	s := NewSet(len(g.principals))
	for i := range g.cells {
		if g.cells[i].role == role {
			g.AddHolders(g.Cell(i), s)
		}
	}
	s.And(g.acting)
	return s
}
