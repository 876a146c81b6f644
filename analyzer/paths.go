package analyzer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// Total is the name of what a path leads to that ends in everything.
const Total = "total"

// PathsOptions bound a question about paths.
type PathsOptions struct {
	Sure bool
	// MaxHops is the highest number of steps; 0 is [DefaultMaxHops].
	MaxHops int
	// Limit is how many paths are spelled out; 0 is one.
	Limit int
}

// DefaultMaxHops is the highest number of steps of a path where nobody says otherwise.
const DefaultMaxHops = 6

// pathBudget is how many beginnings of paths one question follows.
const pathBudget = 200_000

// A PathsAnswer lists paths of escalation.
type PathsAnswer struct {
	Head
	From TargetRef `json:"from"`
	To   TargetRef `json:"to"`
	// Principals is the number of live principals of From that have a path.
	Principals int       `json:"principals"`
	Paths      []PathRow `json:"paths"`
	// LeftOut is how many more paths there are of at most MaxHops steps; if AtLeast
	// is set, there may be more still.
	LeftOut int  `json:"left_out"`
	AtLeast bool `json:"at_least"`
	MaxHops int  `json:"max_hops"`
	// Choke are the role assignments, memberships and ownerships that shortest
	// paths pass through, those without which most principals have no path first.
	Choke []ChokePoint `json:"choke,omitempty"`

	ways []graph.Way
}

// A PathRow is one path.
type PathRow struct {
	From PrincipalRef `json:"from"`
	// Alike is how many other principals have the same path: those that gain the same.
	Alike int       `json:"alike"`
	To    TargetRef `json:"to"`
	Hops  int       `json:"hops"`
	// Certainty is documented, or likely if a step of it is.
	Certainty string `json:"certainty"`
	// Others is how many other principals could take steps in place of those named.
	Others int    `json:"others"`
	Steps  []Step `json:"steps"`
}

// A ChokePoint is something that paths pass through: without it they end.
type ChokePoint struct {
	Kind   string    `json:"kind"` // grant, member, owner or team
	Record TargetRef `json:"record"`
	Holder TargetRef `json:"holder"`
	// Principals is how many principals of From take it on the one shortest path that
	// is looked at of each.
	Principals int `json:"principals"`
	// CutOff is how many principals of From have a path, and none without it: counted
	// by taking it away and looking again. It is nil where that was not done.
	CutOff *int `json:"cut_off,omitempty"`
}

// A Source is whom paths begin with.
type Source struct {
	Ref        TargetRef
	Principals graph.Set
}

// FindSource finds whom paths begin with: a tenant, "outside:TENANT", or a
// principal. The note is as in [Model.FindPrincipal].
func (m *Model) FindSource(name string) (s Source, note string, err error) {
	if tenant, ok := strings.CutPrefix(name, "outside:"); ok {
		i, err := m.FindTenant(tenant)
		if err != nil {
			return Source{}, "", err
		}
		t := m.Tenants.Tenants[i]
		live := m.Graph.Acting().Clone()
		live.AndNot(t.Principals)
		return Source{Ref: TargetRef{Kind: authz.KindTenant, ID: "outside:" + t.Name, Name: "outside " + t.Name}, Principals: live}, "", nil
	}
	if i, err := m.FindTenant(name); err == nil {
		t := m.Tenants.Tenants[i]
		live := m.Graph.Acting().Clone()
		live.And(t.Principals)
		return Source{Ref: TargetRef{Kind: authz.KindTenant, ID: t.Name, Name: t.Name}, Principals: live}, "", nil
	}
	p, note, err := m.FindPrincipal(name)
	if err != nil {
		return Source{}, "", err
	}
	one := graph.NewSet(m.Graph.Principals())
	one.Add(p)
	return Source{Ref: *m.nodeRef(p), Principals: one}, note, nil
}

// A Destination is what paths lead to.
type Destination struct {
	Ref  TargetRef
	goal graph.Goal
}

// FindDestination finds what paths lead to: "total", a tenant or division (a
// principal of it, or access to its data), a principal, a role, or a group.
func (m *Model) FindDestination(name string) (d Destination, note string, err error) {
	if strings.EqualFold(name, Total) {
		return Destination{Ref: TargetRef{Kind: authz.KindOrganization, ID: Total, Name: Total}, goal: graph.Goal{OnlyTotal: true}}, "", nil
	}
	_, kind, _ := m.parseName(name)
	switch kind {
	case "role", "group":
		return m.nodeDestination(name, kind)
	case "tenant", "division":
		t, note, err := m.FindTarget(name)
		return m.placeDestination(t), note, err
	case "":
		if t, note, err := m.FindTarget(name); err == nil && (t.Ref.Kind == authz.KindTenant || t.Ref.Kind == authz.KindDivision) {
			return m.placeDestination(t), note, nil
		}
	}
	p, note, err := m.FindPrincipal(name)
	var unknown *NotFoundError
	if errors.As(err, &unknown) && kind == "" {
		for _, kind := range []string{"role", "group"} {
			if d, note, other := m.nodeDestination(name, kind); other == nil {
				return d, note, nil
			}
		}
		unknown.Wanted = "tenant, division, principal, role or group"
	}
	if err != nil {
		return Destination{}, "", err
	}
	d = Destination{Ref: *m.nodeRef(p), goal: graph.Goal{Principals: graph.NewSet(m.Graph.Principals())}}
	d.goal.Principals.Add(p)
	return d, note, nil
}

// placeDestination is a tenant or division: who belongs to it, and what gives
// access to its data.
func (m *Model) placeDestination(t Target) Destination {
	d := Destination{Ref: t.Ref, goal: graph.Goal{Principals: graph.NewSet(m.Graph.Principals()), Groups: map[uint32]bool{}}}
	for p := range m.Graph.Principals() {
		pr := m.Graph.Principal(uint32(p))
		own := pr.Division != graph.NoDivision && t.Divisions.Has(pr.Division)
		if t.Ref.Kind == authz.KindTenant {
			own = m.Tenants.Of(uint32(p)).Tenant == t.Tenant
		}
		if own && pr.Acts {
			d.goal.Principals.Add(uint32(p))
		}
	}
	for _, o := range m.Graph.Organizations() {
		var perms []graph.Perm
		for _, p := range m.Graph.Universe(o.ID) {
			if m.carriesTenant(o.ID, p) {
				perms = append(perms, p)
			}
		}
		principals, groups := m.Escalations().Reaching(graph.Query{Org: o.ID, Permissions: perms, Divisions: m.divisions(o.ID, t)})
		d.goal.Principals.Or(principals)
		for n := range groups {
			d.goal.Groups[n] = true
		}
	}
	return d
}

// nodeDestination is a role (who holds it, and the groups that hand it on) or a
// group (to be in it).
func (m *Model) nodeDestination(name, kind string) (Destination, string, error) {
	org, _, value := m.parseName(name)
	var list []candidate
	if kind == "role" {
		for n := range m.Graph.Roles() {
			r := m.Graph.Role(uint32(n))
			list = append(list, candidate{key: r.Key, name: r.Record.Name})
		}
	} else {
		for _, g := range m.Graph.Groups() {
			if g.Key.Kind == authz.KindGroup {
				list = append(list, candidate{key: g.Key, name: g.Name})
			}
		}
	}
	k, _ := authz.ParseKind(kind)
	all := candidates{k: slices.Values(list)}
	found, note, err := pick([]authz.Kind{k}, all, org, value, name)
	if err != nil {
		return Destination{}, "", err
	}
	if found == nil {
		return Destination{}, "", &NotFoundError{Name: name, Wanted: kind, Nearest: nearestOf(value, all, []authz.Kind{k})}
	}
	d := Destination{Ref: TargetRef{Kind: k, ID: found.key.ID, Name: found.name}}
	d.goal = graph.Goal{Principals: graph.NewSet(m.Graph.Principals()), Groups: map[uint32]bool{}}
	if kind == "group" {
		n, _ := m.Graph.FindNode(found.key)
		d.goal.Groups[n] = true
		return d, note, nil
	}
	role, _ := m.Graph.FindRole(found.key)
	m.addRoleHolders(role, &d.goal)
	return d, note, nil
}

func (m *Model) addRoleHolders(role uint32, goal *graph.Goal) {
	held := map[uint32]bool{}
	for i := range m.Graph.Cells() {
		if c := m.Graph.Cell(i); c.Role == role {
			m.Graph.AddHolders(c, goal.Principals)
			for _, n := range c.Nodes {
				held[n] = true
			}
		}
	}
	for _, g := range m.Graph.Groups() {
		if slices.ContainsFunc(m.Escalations().ActsAs(g.Node), func(n uint32) bool { return held[n] }) {
			goal.Groups[g.Node] = true
		}
	}
}

// pathSource is principals that have the same paths: one class of one tenant.
type pathSource struct {
	first uint32
	alike int
}

// Paths answers by which steps principals of From could come to To, shortest first.
func (m *Model) Paths(from Source, to Destination, o PathsOptions) *PathsAnswer {
	o.MaxHops, o.Limit = cmp.Or(o.MaxHops, DefaultMaxHops), max(o.Limit, 1)
	a := &PathsAnswer{
		Head: m.Head("paths", QuestionAccess, ""), From: from.Ref, To: to.Ref, Paths: []PathRow{}, MaxHops: o.MaxHops,
	}
	for _, org := range m.Graph.Organizations() {
		a.Undetermined = append(a.Undetermined, m.undetermined(m.couldUndetermined(org.ID, nil))...)
	}
	m.noteCould(&a.Head)
	sources := m.pathSources(from, to)
	budget := pathBudget
	find := m.Escalations().PathsTo(to.goal)
	type found struct {
		source pathSource
		way    graph.Way
	}
	var all []found
	for i, s := range sources {
		ways := find.Paths(s.first, graph.PathOptions{
			Sure: o.Sure, MaxHops: o.MaxHops, Limit: o.Limit, Budget: max(budget/(len(sources)-i), 200),
		})
		if len(ways.Found) > 0 {
			a.Principals += 1 + s.alike
		}
		for _, w := range ways.Found {
			all = append(all, found{s, w})
		}
		a.LeftOut += ways.LeftOut
		a.AtLeast = a.AtLeast || ways.AtLeast
	}
	slices.SortStableFunc(all, func(x, y found) int { return cmp.Compare(x.way.Hops, y.way.Hops) })
	for _, f := range all[:min(len(all), o.Limit)] {
		a.Paths = append(a.Paths, m.pathRow(f.source, f.way, to))
		a.ways = append(a.ways, f.way)
	}
	a.LeftOut += len(all) - len(a.Paths)
	return a
}

// pathSources are the principals of a source that gain anything, one for each
// class and tenant, those of the destination itself apart: their paths lead to others.
func (m *Model) pathSources(from Source, to Destination) []pathSource {
	type id struct {
		class  uint32
		tenant int
		own    bool
	}
	at := map[id]int{}
	var out []pathSource
	for p := range from.Principals.All() {
		class, ok := m.Escalations().Class(p)
		if !ok {
			continue
		}
		k := id{class, m.Tenants.Of(p).Tenant, to.goal.Principals.Has(p)}
		if i, seen := at[k]; seen {
			out[i].alike++
			continue
		}
		at[k] = len(out)
		out = append(out, pathSource{first: p})
	}
	return out
}

func (m *Model) pathRow(s pathSource, w graph.Way, to Destination) PathRow {
	row := PathRow{
		From: m.Ref(s.first), Alike: s.alike, Hops: w.Hops, Others: w.Others, Certainty: lexicon.Documented,
		Steps: m.moveSteps(w.Moves), To: to.Ref,
	}
	for _, v := range w.Moves {
		if v.Way >= 0 && !m.Escalations().Ways()[v.Way].Documented {
			row.Certainty = lexicon.Likely
		}
	}
	if n := len(row.Steps); n > 0 {
		row.To = row.Steps[n-1].Record
		if row.Steps[n-1].Gains == Total {
			row.To.Name = fmt.Sprintf("everything in %s", row.To.Name)
		}
	}
	return row
}

// chokeEvaluations is how many choke points are taken away to see whom each cuts off.
const chokeEvaluations = 300

// Choke ranks what the paths of all principals of From pass through: by how many
// principals have none left without it. First is how many are to be sure; 0: all that
// are worked out in reasonable time.
func (m *Model) Choke(a *PathsAnswer, from Source, to Destination, o PathsOptions, first int) {
	a.Choke = []ChokePoint{}
	for _, c := range m.Escalations().Chokes(from.Principals, to.goal, graph.ChokeOptions{
		Sure: o.Sure, MaxHops: cmp.Or(o.MaxHops, DefaultMaxHops), First: first, Evaluations: chokeEvaluations,
	}) {
		p := m.chokePoint(c.Removal, c.Owner)
		p.Principals = c.Shortest
		if c.CutOff >= 0 {
			p.CutOff = &c.CutOff
		}
		a.Choke = append(a.Choke, p)
	}
}

// chokePoint names what would be taken away.
func (m *Model) chokePoint(r graph.Removal, owner bool) ChokePoint {
	p := ChokePoint{Holder: *m.nodeRef(r.Node)}
	switch {
	case r.Kind == graph.RemoveGrant:
		p.Kind, p.Record = "grant", m.grantStep(graph.Grant{Node: r.Node, Role: r.Role, Division: r.Division}).Record
		return p
	case owner:
		p.Kind = "owner"
	case m.Graph.NodeKey(r.Into).Kind == authz.KindTeam:
		p.Kind = "team"
	default:
		p.Kind = "member"
	}
	p.Record = *m.nodeRef(r.Into)
	return p
}
