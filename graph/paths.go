package graph

import "slices"

// A Goal is what paths of escalation lead to: principals to become, groups to
// join, and everything. Total always counts: who can do everything can do this. Who
// is of the goal itself has paths to the others.
type Goal struct {
	Principals Set
	Groups     map[uint32]bool // nodes
	// OnlyTotal leaves out all but everything.
	OnlyTotal bool
}

// PathOptions bound a search for paths.
type PathOptions struct {
	Sure bool
	// MaxHops is the highest number of steps of a path.
	MaxHops int
	// Limit is how many paths are spelled out; 0 is all that Budget allows.
	Limit int
	// Budget is how many beginnings of paths are followed; 0 is 50,000.
	Budget int
	first  bool // one is enough, and how many there are does not matter
}

// A Way is one path of escalation.
type Way struct {
	Moves []Move
	Hops  int
	// Others is how many other principals could take the steps in place of those
	// that are named: of those that the same hubs stand for.
	Others int
}

// Ways are the paths that were found, shortest first.
type Ways struct {
	Found []Way
	// LeftOut is how many more there are within the highest number of steps; if
	// AtLeast is set, there may be more still.
	LeftOut int
	AtLeast bool
}

// goalNodes are the first principals or groups of a goal that a place is or stands
// for: the second one, if there is any, for the first.
type goalNodes struct{ first, second uint32 }

// goalPlaces returns the places that reach a goal.
func (e *Escalations) goalPlaces(org int, goal Goal) map[Place]goalNodes {
	out := map[Place]goalNodes{e.orgHub(org, HubTotal): {}}
	if goal.OnlyTotal {
		return out
	}
	put := func(at Place, n uint32) {
		was, ok := out[at]
		switch {
		case !ok:
			out[at] = goalNodes{n, noNode}
		case n != was.first: // who may be a principal and a group is still one
			out[at] = goalNodes{min(was.first, n), min(was.second, max(was.first, n))}
		}
	}
	for p := range goal.Principals.All() {
		if e.g.orgIndex[e.g.principals[p].Key.Org] != org {
			continue
		}
		put(Place(p), p)
		for _, at := range e.hubsOf(org, p) {
			put(at, p)
		}
	}
	for n := range goal.Groups {
		if e.g.orgIndex[e.g.NodeKey(n).Org] == org && e.g.mayBeJoined(n) {
			put(Place(n), n)
			put(e.orgHub(org, HubGroups), n)
		}
	}
	return out
}

// hubsOf returns the hubs that stand for a principal.
func (e *Escalations) hubsOf(org int, p uint32) []Place {
	var out []Place
	if e.g.mayBeClient(p) {
		out = append(out, e.orgHub(org, HubClients))
	}
	if !e.g.mayBeUser(p) {
		return out
	}
	for _, live := range []bool{true, false} {
		if (live && !e.g.principals[p].Live) || (!live && !e.g.kept(p)) {
			continue
		}
		out = append(out, e.usersOf(org, AnyDivision, live))
		if d := e.g.principals[p].Division; d != NoDivision {
			out = append(out, e.usersOf(org, d, live))
			continue
		}
		for d := range e.g.orgs[org].divs.All() {
			out = append(out, e.usersOf(org, d, live))
		}
	}
	return out
}

// A partial is the beginning of a path: the places that it went through.
type partial struct {
	places []Place
	hops   int
}

// A Pathfinder finds paths to one goal.
type Pathfinder struct {
	e    *Escalations
	goal Goal
	orgs map[int]pathGoals
}

// pathGoals are the places of an organization that reach a goal, and how far it is.
type pathGoals struct {
	places map[Place]goalNodes
	ahead  func(Place) int // steps from a place to the nearest goal; -1: never
}

// of returns the principal or group of the goal that a place gives p; ok is false if
// there is none but p itself.
func (g pathGoals) of(at Place, p uint32) (n uint32, ok bool) {
	x, ok := g.places[at]
	if ok && x.first == p {
		return x.second, x.second != noNode
	}
	return x.first, ok
}

// PathsTo returns what finds the paths to a goal. It is for one goroutine.
func (e *Escalations) PathsTo(goal Goal) *Pathfinder {
	return &Pathfinder{e: e, goal: goal, orgs: map[int]pathGoals{}}
}

func (f *Pathfinder) goals(p uint32) pathGoals {
	org := f.e.g.orgIndex[f.e.g.principals[p].Key.Org]
	g, ok := f.orgs[org]
	if !ok {
		g.places = f.e.goalPlaces(org, f.goal)
		g.ahead = f.e.stepsAhead(g.places)
		f.orgs[org] = g
	}
	return g
}

// Paths finds the paths of a principal to a goal, shortest first; of equal ones,
// in the order of the places that they go through.
func (e *Escalations) Paths(p uint32, goal Goal, o PathOptions) Ways {
	return e.PathsTo(goal).Paths(p, o)
}

// Paths is [Escalations.Paths].
func (f *Pathfinder) Paths(p uint32, o PathOptions) Ways {
	if o.Budget == 0 {
		o.Budget = 50_000
	}
	e := f.e
	class, ok := e.classOf[p]
	if !ok {
		return Ways{}
	}
	g := f.goals(p)
	s := &pathSearch{e: e, p: p, o: o, goals: g}
	gains := e.classes[class].gains
	total := slices.IndexFunc(gains, func(x edge) bool { return e.steps(x.way) == 0 })
	if total >= 0 { // total in no step: there is nothing to add to it
		gains = gains[total : total+1]
	}
	s.begin(gains)
	for s.level = 0; s.level <= o.MaxHops; s.level++ {
		for i := 0; i < len(s.queue[s.level]) && (!o.first || len(s.found.Found) == 0); i++ {
			s.goOn(s.queue[s.level][i])
		}
		s.queue[s.level] = nil
	}
	s.addShortest()
	return s.found
}

// addShortest puts in front a path that takes several joined groups at once to
// take, which a search from place to place does not see.
func (s *pathSearch) addShortest() {
	if !s.e.personal {
		return
	}
	c := s.e.Could(s.p, s.o.Sure)
	for _, g := range c.Gains {
		n, is := s.goals.of(g.At, s.p)
		if !is {
			continue
		}
		if g.Hops > s.o.MaxHops || (len(s.found.Found) > 0 && s.found.Found[0].Hops <= g.Hops) {
			return
		}
		f := s.e.pathfinder(c, s.o.Sure)
		moves := f.into(g.At, g.Hops)
		if len(moves) == 0 {
			return
		}
		last := &moves[len(moves)-1]
		last.Node = n
		last.Total = last.At == s.e.orgHub(s.e.g.orgIndex[s.e.g.principals[s.p].Key.Org], HubTotal)
		s.found.Found = slices.Insert(s.found.Found, 0, Way{Moves: moves, Hops: g.Hops})
		return
	}
}

type pathSearch struct {
	e     *Escalations
	p     uint32
	o     PathOptions
	goals pathGoals
	queue [][]partial // by hops
	level int
	spent int
	found Ways
}

func (s *pathSearch) begin(gains []edge) {
	s.queue = make([][]partial, s.o.MaxHops+1)
	s.extend(partial{}, gains)
}

// extend puts a beginning with each of some edges into the queue, where it can
// still reach the goal within the highest number of steps.
func (s *pathSearch) extend(b partial, edges []edge) {
	for _, x := range edges {
		if (s.o.Sure && !s.e.documented(x.way)) || slices.Contains(b.places, x.to) {
			continue
		}
		hops := b.hops + s.e.steps(x.way)
		left := s.goals.ahead(x.to)
		if left < 0 || hops+left > s.o.MaxHops {
			continue
		}
		if s.spent++; s.spent > s.o.Budget {
			s.found.AtLeast = true
			return
		}
		s.queue[hops] = append(s.queue[hops], partial{append(slices.Clip(b.places), x.to), hops})
	}
}

// goOn goes on from a beginning: it is a path where it reached the goal.
func (s *pathSearch) goOn(b partial) {
	last := b.places[len(b.places)-1]
	if _, reached := s.goals.of(last, s.p); reached {
		w, ok := s.spell(b)
		switch {
		case !ok: // only the source itself, in a hub, would take a step of it
		case s.o.Limit > 0 && len(s.found.Found) >= s.o.Limit:
			s.found.LeftOut++
		default:
			for i := range w.Moves {
				s.e.finish(&w.Moves[i])
			}
			s.found.Found = append(s.found.Found, w)
		}
		return
	}
	s.extend(b, s.e.out(last, s.p))
}

// spell names who takes each step of a path: each somebody else, for who takes two
// could have taken the second at once.
func (s *pathSearch) spell(b partial) (Way, bool) {
	w := Way{Hops: b.hops}
	var taken []uint32 // who took steps
	for i, at := range b.places {
		steps := 1
		if i == len(b.places)-1 {
			steps = b.hops - i // the last may be none: total control that is held
		}
		m, others, ok := s.move(b.places[:i], at, steps, taken)
		if !ok {
			return Way{}, false
		}
		taken = append(taken, m.By.Principal())
		w.Others += others
		if i > 0 && m.By.Principal() != s.p {
			w.Moves[len(w.Moves)-1].Node = m.By.Principal() // whom the hub before was left for
		} else if joined := m.By.Joined(); len(joined) > 0 {
			w.Moves[len(w.Moves)-1].Node = joined[0]
		}
		w.Moves = append(w.Moves, m)
	}
	last := &w.Moves[len(w.Moves)-1]
	last.Node, _ = s.goals.of(last.At, s.p)
	if n, node := s.e.Node(last.At); node {
		last.Node = n
	}
	last.Total = last.At == s.e.orgHub(s.e.g.orgIndex[s.e.g.principals[s.p].Key.Org], HubTotal)
	return w, true
}

// move is the step from the place before to a place: by the source itself, by a
// group that it joined there, or by a principal of the place before that has not
// taken a step.
func (s *pathSearch) move(before []Place, to Place, steps int, taken []uint32) (m Move, others int, ok bool) {
	f := &pathfinder{e: s.e, c: &Could{Source: s.p, e: s.e}, sure: s.o.Sure}
	fits := func(x edge) bool {
		return x.to == to && s.e.steps(x.way) == steps && (!s.o.Sure || s.e.documented(x.way))
	}
	step := func(a Actor, list []edge) (Move, bool) {
		if i := slices.IndexFunc(list, fits); i >= 0 {
			return f.bare(a, list[i]), true
		}
		return Move{}, false
	}
	if len(before) == 0 {
		m, ok = step(s.e.g.actor(s.p), f.gainsWith(nil))
		return m, 0, ok
	}
	last := before[len(before)-1]
	for _, n := range s.e.givers(last, s.p) {
		if slices.Contains(taken, n) {
			continue
		}
		a, list := s.giver(last, n)
		if ok {
			if slices.ContainsFunc(list, fits) {
				others++
			}
			continue
		}
		m, ok = step(a, list)
	}
	return m, others, ok
}

// givers returns the principals or groups that a place is or stands for, of
// those that gain anything, ascending.
func (e *Escalations) givers(at Place, p uint32) []uint32 {
	if n, node := e.Node(at); node {
		return []uint32{n}
	}
	return slices.DeleteFunc(slices.Clone(e.members()[at]), func(n uint32) bool { return n == p })
}

func (s *pathSearch) giver(at Place, n uint32) (Actor, []edge) {
	if s.e.isGroup(at) {
		return s.e.g.As(s.p, []uint32{n}), s.e.groups[n]
	}
	if class, ok := s.e.classOf[n]; ok {
		return s.e.g.actor(n), s.e.classes[class].gains
	}
	return Actor{}, nil
}

// hubMembers lists, for each hub, the principals and groups in it that gain
// anything. It is made when it is first asked for: only paths need it.
func (e *Escalations) hubMembers() map[Place][]uint32 {
	out := map[Place][]uint32{}
	for i := range e.classes {
		for _, p := range e.classes[i].Members {
			org := e.g.orgIndex[e.g.principals[p].Key.Org]
			for _, at := range e.hubsOf(org, p) {
				out[at] = append(out[at], p)
			}
		}
	}
	for n, list := range e.groups {
		if len(list) > 0 {
			at := e.orgHub(e.g.orgIndex[e.g.NodeKey(n).Org], HubGroups)
			out[at] = append(out[at], n)
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// stepsAhead returns how many steps it is from a place to the nearest goal. It
// walks back from the goals over the places of the escalation graph.
func (e *Escalations) stepsAhead(goals map[Place]goalNodes) func(Place) int {
	w := e.placeWalk()
	var starts []int
	for at := range goals {
		if v, ok := w.index[at]; ok {
			starts = append(starts, v)
		}
	}
	slices.Sort(starts)
	dist := w.from(starts, true)
	return func(at Place) int {
		v, ok := w.index[at]
		if _, is := goals[at]; is {
			return 0
		}
		if !ok {
			return -1
		}
		return max(dist[v]-1, min(dist[v], 0)) // one of the edges may be no step
	}
}

// A placeWalk is the escalation graph between places: an edge leads from a place
// to what is gained from it.
type placeWalk struct {
	*walk
	places []Place
	index  map[Place]int
}

func (e *Escalations) makePlaceWalk() placeWalk {
	w := placeWalk{index: map[Place]int{}}
	vertex := func(at Place) int {
		v, ok := w.index[at]
		if !ok {
			v = len(w.places)
			w.index[at] = v
			w.places = append(w.places, at)
		}
		return v
	}
	for at := range e.hubs {
		vertex(at)
	}
	for n := range e.groups {
		vertex(Place(n))
	}
	for i := range e.classes {
		for _, x := range e.classes[i].gains {
			vertex(x.to)
		}
	}
	var pairs [][2]int
	for v := 0; v < len(w.places); v++ { // what is gained is a place, too
		for _, x := range e.out(w.places[v], NoDivision) {
			pairs = append(pairs, [2]int{v, vertex(x.to)})
		}
	}
	w.walk = newWalk(len(w.places), pairs)
	return w
}
