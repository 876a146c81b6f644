package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// WhoOptions narrow and widen a question "who can".
type WhoOptions struct {
	From    string // tenant or principal: only these
	Outside string // tenant: all but its own
	Data    string // kind of data, see lexicon.DataNames
	// Permissions adds the permissions to each answer.
	Permissions bool
	// Reasons adds derivations to each answer: "" none, "one", "all".
	Reasons string
	Dormant bool
	// Later leaves permissions and reasons to [Model.Fill], for who shows answers
	// one after the other: all of them together may take gigabytes.
	Later bool
	// Could asks who could have the access by escalation, too; Sure follows
	// documented escalations only.
	Could, Sure bool
}

// Who answers "who can VERB TARGET". The verb is one of the lexicon's, or a
// permission as people write it.
func (m *Model) Who(verb string, t Target, o WhoOptions) (*WhoAnswer, error) {
	pick, err := m.picker(verb, t, o.Data)
	if err != nil {
		return nil, err
	}
	filter, err := m.whoFilter(o)
	if err != nil {
		return nil, err
	}
	a := &WhoAnswer{
		Head: m.Head("who", question(t), t.Org), Answers: []WhoRow{}, OrganizationWide: []OrganizationWide{}, Delegated: []Delegated{},
		Question: WhoQuestionRef{Mode: o.mode(), Verb: pick.verb, Target: t.Ref}, Baseline: []string{},
		perms: map[string][]graph.Perm{}, target: t, could: map[string]couldAsked{},
	}
	if o.Could {
		m.noteCould(&a.Head)
	}
	parallel.Do(
		func() {
			for _, org := range m.Graph.Organizations() {
				if t.Org == "" || t.Org == org.ID {
					m.whoIn(org.ID, pick, t, o, filter, a)
				}
			}
		},
		func() { a.fill = m.filler(t, pick, o) },
	)
	if !o.Later {
		m.Fill(a, a.Answers)
	}
	return a, nil
}

func (o WhoOptions) mode() string {
	if o.Could {
		return "could"
	}
	return "can"
}

func question(t Target) string {
	if t.Resource != nil {
		return QuestionResource
	}
	return QuestionAccess
}

// picker chooses the permissions of an organization that a question means.
type picker struct {
	verb string
	// answers are the permissions whose holders are listed, wide those of the
	// block that is told by role.
	answers func(org string, p graph.Perm) bool
	wide    func(org string, p graph.Perm) bool
	pattern authz.Pattern // of a question about a named permission
	named   bool
	// shows reports whether a permission shows or changes the kind of data asked for.
	shows func(authz.Pattern) bool
}

func (m *Model) picker(verb string, t Target, data string) (picker, error) {
	about := func(p graph.Perm) bool { return true }
	switch t.Ref.Kind {
	case authz.KindTenant, authz.KindDivision, authz.KindOrganization: // all that lies there
	default:
		about = func(p graph.Perm) bool { return m.concerns(p, t) }
	}
	shows := func(authz.Pattern) bool { return true }
	if data != "" {
		d, ok := m.Lexicon.Data(data)
		if !ok {
			return picker{}, fmt.Errorf("unknown kind of data %q: want one of %s", data, strings.Join(m.Lexicon.DataNames(), ", "))
		}
		inner := about
		shows = d.Covers
		about = func(p graph.Perm) bool { return inner(p) && shows(p.Pattern) }
	}
	if v, ok := m.Lexicon.Verb(verb); ok {
		return picker{
			verb: v.Name,
			answers: func(org string, p graph.Perm) bool {
				return m.carriesTenant(org, p) && m.covered(org, v, p) && about(p)
			},
			wide: func(org string, p graph.Perm) bool {
				return !m.carriesTenant(org, p) && m.covered(org, v, p) && about(p)
			},
		}, nil
	}
	if !strings.ContainsAny(verb, ":>") && !m.legacy(verb) {
		return picker{}, fmt.Errorf("unknown verb %q: want %s, or a permission such as routing:queue:view", verb, strings.Join(m.Lexicon.Verbs(), ", "))
	}
	pattern, err := m.Pattern(verb)
	if err != nil {
		return picker{}, err
	}
	return picker{
		verb: pattern.String(), named: true, pattern: pattern, shows: shows,
		answers: func(_ string, p graph.Perm) bool {
			return (pattern == p.Pattern || (pattern.IsWild() && pattern.Covers(p.Pattern) && !p.Pattern.IsLegacy())) && about(p)
		},
		wide: func(string, graph.Perm) bool { return false },
	}, nil
}

// covered reports whether a verb covers a permission of an organization's universe.
// It is asked again and again, and found out once.
func (m *Model) covered(org string, v lexicon.Verb, p graph.Perm) bool {
	key := [2]string{org, v.Name}
	known, ok := m.verbs.Load(key)
	if !ok {
		universe := m.Graph.Universe(org)
		set := graph.NewSet(len(universe))
		for _, p := range universe {
			if v.Covers(p.Pattern) {
				set.Add(p.ID)
			}
		}
		known, _ = m.verbs.LoadOrStore(key, set)
	}
	return known.(graph.Set).Has(p.ID)
}

// legacy reports whether a word is a permission of one part that some role gives.
func (m *Model) legacy(word string) bool {
	p := authz.Legacy(word)
	if p == authz.Admin {
		return true
	}
	for _, o := range m.Graph.Organizations() {
		if m.Graph.Perm(o.ID, p).ID != graph.OutsideUniverse {
			return true
		}
	}
	return false
}

// Pattern reads a permission as people write it, aliases included.
func (m *Model) Pattern(name string) (authz.Pattern, error) {
	return m.Lexicon.Resolve(name, func(p authz.Pattern) bool {
		for _, o := range m.Graph.Organizations() {
			if m.Graph.Perm(o.ID, p).ID != graph.OutsideUniverse {
				return true
			}
		}
		return false
	})
}

// concerns reports whether a permission is about the kind of thing that the
// target is.
func (m *Model) concerns(p graph.Perm, t Target) bool {
	about := m.Lexicon.About(p.Pattern)
	if about.Has(lexicon.Flows) && !about.Has(lexicon.Other) {
		return t.Ref.Kind == authz.KindFlow
	}
	switch t.Ref.Kind {
	case authz.KindQueue:
		return about.Has(lexicon.Queues)
	case authz.KindUser:
		return about.Has(lexicon.Users)
	default: // a flow, too: what is about flows, and not about them alone, is about everything
		return about.Has(lexicon.Other)
	}
}

// permissions returns the permissions of an organization that a test takes. A
// question about a named permission takes it whether the universe holds it or not,
// if it shows the kind of data asked for.
func (m *Model) permissions(org string, k picker) []graph.Perm {
	var out []graph.Perm
	for _, p := range m.Graph.Universe(org) {
		if k.answers(org, p) {
			out = append(out, p)
		}
	}
	if k.named && k.shows(k.pattern) {
		if p := m.Graph.Perm(org, k.pattern); p.ID == graph.OutsideUniverse {
			out = append(out, p)
		}
	}
	return out
}

func (m *Model) whoFilter(o WhoOptions) (func(p uint32) bool, error) {
	keep := func(uint32) bool { return true }
	if o.Outside != "" {
		i, err := m.FindTenant(o.Outside)
		if err != nil {
			return nil, fmt.Errorf("--outside: %w", err)
		}
		keep = func(p uint32) bool { return m.Tenants.Of(p).Tenant != i }
	}
	if o.From == "" {
		return keep, nil
	}
	if i, err := m.FindTenant(o.From); err == nil {
		inner := keep
		return func(p uint32) bool { return inner(p) && m.Tenants.Of(p).Tenant == i }, nil
	}
	one, _, err := m.FindPrincipal(o.From)
	if err != nil {
		return nil, fmt.Errorf("--from: %w", err)
	}
	return func(p uint32) bool { return keep(p) && p == one }, nil
}

// FindTenant returns the index of the tenant with a name, given with or without
// "tenant:".
func (m *Model) FindTenant(name string) (int, error) {
	name = strings.TrimPrefix(name, "tenant:")
	if i, ok := m.Tenants.Find(name); ok {
		return i, nil
	}
	var names []string
	for _, t := range m.Tenants.Tenants {
		names = append(names, t.Name)
	}
	return 0, &NotFoundError{Name: name, Wanted: "tenant", Nearest: nearest(name, names)}
}

// divisions returns the target's divisions within one organization.
func (m *Model) divisions(org string, t Target) graph.Set {
	s := m.Graph.DivisionsOf(org)
	s.And(t.Divisions)
	return s
}

func (m *Model) whoIn(org string, k picker, t Target, o WhoOptions, keep func(uint32) bool, a *WhoAnswer) {
	perms := m.permissions(org, k)
	a.perms[org] = slices.Clone(perms)
	slices.SortStableFunc(a.perms[org], func(x, y graph.Perm) int { return cmp.Compare(free(x), free(y)) })
	q := graph.Query{Org: org, Permissions: perms, Divisions: m.divisions(org, t), Thing: t.Thing, Dormant: o.Dormant}
	h := m.Graph.Who(q)
	limited := q
	limited.Permissions = slices.DeleteFunc(slices.Clone(q.Permissions), func(p graph.Perm) bool { return p.Aware == authz.False })
	through := m.Graph.Who(limited).All()
	open := m.Graph.Undetermined(q)
	if o.Could {
		a.Answers = append(a.Answers, m.couldRows(q, t, o, keep, through)...)
		a.could[org] = couldAsked{q, m.Escalations().Witnesses(q, o.Sure)}
		open = m.couldUndetermined(org, open)
	}
	wide := func(p graph.Perm) bool { return k.wide(org, p) }
	parallel.Do(
		func() {
			if !o.Could {
				a.Answers = append(a.Answers, m.whoRows(q, t, h, through, keep)...)
			}
		},
		func() { a.OrganizationWide = append(a.OrganizationWide, m.organizationWide(org, wide, keep)...) },
	)
	a.Undetermined = append(a.Undetermined, m.undetermined(open)...)
	a.Delegated = append(a.Delegated, m.delegated(org, keep)...)
	if !k.named {
		a.Baseline = append(a.Baseline, m.baseline(org, func(p graph.Perm) bool { return k.answers(org, p) || k.wide(org, p) })...)
	}
}

// whoRows makes an answer of each holder that is asked for.
func (m *Model) whoRows(q graph.Query, t Target, h graph.Holders, through graph.Set, keep func(uint32) bool) []WhoRow {
	all := h.All()
	kept := make([]uint32, 0, all.Len())
	for p := range all.All() {
		if keep(p) {
			kept = append(kept, p)
		}
	}
	rows := make([]WhoRow, len(kept))
	parallel.Blocks(len(rows), rowBlock, func(from, to int) {
		for i, p := range kept[from:to] {
			rows[from+i] = WhoRow{
				Principal: m.Ref(p), Reach: h.Level(p), Outside: m.outside(p, t), Through: throughText(through.Has(p)),
				Dormant: !m.Graph.Acting().Has(p), number: p, org: q.Org,
			}
		}
	})
	return rows
}

// rowBlock is how many answers a worker makes at a time.
const rowBlock = 2048

// What the reach of an answer comes through.
const (
	ThroughDivisions    = "divisions"
	ThroughOrganization = "organization"
)

func throughText(divisions bool) string {
	if divisions {
		return ThroughDivisions
	}
	return ThroughOrganization
}

// Via returns one reason of an answer, as wide as the answer and through
// divisions if there is one; ok is false if there is none.
func (m *Model) Via(a *WhoAnswer, r WhoRow) (permission graph.Perm, reason ExplainedReason, ok bool) {
	holds := m.holds(r.number, len(m.Graph.Universe(r.org)))
	width := graph.None
	for _, p := range a.perms[r.org] {
		if p.ID != graph.OutsideUniverse && !holds.Has(p.ID) {
			continue
		}
		for d := range m.divisions(r.org, a.target).All() {
			if m.Graph.Reach(r.number, p, d) <= width {
				continue
			}
			for _, x := range m.Graph.Reasons(r.number, p, d) {
				if a.target.missed(x) || x.Level <= width {
					continue
				}
				width = x.Level
				permission, reason, ok = p, m.explain(r.number, p, d, x), true
			}
			if width >= r.Reach {
				return permission, reason, ok
			}
		}
	}
	return permission, reason, ok
}

// free orders permissions: those that no division limits come last.
func free(p graph.Perm) int {
	if p.Aware == authz.False {
		return 1
	}
	return 0
}

// outside reports whether a principal belongs to another tenant than the target.
func (m *Model) outside(p uint32, t Target) bool {
	return t.Tenant >= 0 && m.Tenants.Of(p).Tenant != t.Tenant
}

// organizationWide tells what roles give without regard to divisions.
func (m *Model) organizationWide(org string, wide func(graph.Perm) bool, keep func(uint32) bool) []OrganizationWide {
	want := graph.NewSet(len(m.Graph.Universe(org)))
	for _, p := range m.Graph.Universe(org) {
		if p.Aware == authz.False && wide(p) {
			want.Add(p.ID)
		}
	}
	kept, external := graph.NewSet(m.Graph.Principals()), graph.NewSet(m.Graph.Principals())
	for p := range m.Graph.Acting().All() {
		if keep(p) {
			kept.Add(p)
		}
	}
	for _, t := range m.Tenants.Tenants {
		if t.External {
			external.Or(t.Principals)
		}
	}
	var out []OrganizationWide
	for n, holders := range m.roleHolders(org, want) {
		w := OrganizationWide{Org: org, Role: Named{ID: m.Graph.Role(n).Key.ID, Name: m.Graph.Role(n).Record.Name}}
		holders.And(kept)
		if w.Principals = holders.Len(); w.Principals == 0 {
			continue
		}
		holders.And(external)
		w.External = holders.Len()
		w.Permissions = m.permissionNames(org, n, want)
		out = append(out, w)
	}
	slices.SortFunc(out, func(x, y OrganizationWide) int {
		return cmp.Or(-cmp.Compare(x.External, y.External), -cmp.Compare(x.Principals, y.Principals), cmp.Compare(x.Role.Name, y.Role.Name), cmp.Compare(x.Role.ID, y.Role.ID))
	})
	return out
}

// roleHolders returns the live principals that hold each role of an
// organization that gives one of the permissions.
func (m *Model) roleHolders(org string, want graph.Set) map[uint32]graph.Set {
	out := map[uint32]graph.Set{}
	for i := range m.Graph.Cells() {
		c := m.Graph.Cell(i)
		s, seen := out[c.Role]
		if !seen {
			r := m.Graph.Role(c.Role)
			if r.Key.Org != org || (!r.Admin && !r.Permissions.Meets(want) && !r.Narrowed.Meets(want)) {
				continue
			}
			s = graph.NewSet(m.Graph.Principals())
			out[c.Role] = s
		}
		m.Graph.AddHolders(c, s)
	}
	for _, s := range out {
		s.And(m.Graph.Acting())
	}
	return out
}

func (m *Model) permissionNames(org string, role uint32, want graph.Set) []string {
	r := m.Graph.Role(role)
	var out []string
	for id := range want.All() {
		if r.Admin || r.Permissions.Has(id) || r.Narrowed.Has(id) {
			out = append(out, m.Graph.Universe(org)[id].Name)
		}
	}
	slices.Sort(out)
	return out
}

func (m *Model) delegated(org string, keep func(uint32) bool) []Delegated {
	var out []Delegated
	for p := range m.Graph.Principals() {
		pr := m.Graph.Principal(uint32(p))
		if pr.Client == nil || pr.Key.Org != org || pr.Acts || !pr.Live || !keep(uint32(p)) {
			continue
		}
		scopes := slices.Clone(pr.Client.Scopes)
		slices.Sort(scopes)
		if scopes == nil {
			scopes = []string{}
		}
		out = append(out, Delegated{Client: m.Ref(uint32(p)), Scopes: scopes, Enforced: m.Config.OAuthScopes})
	}
	return out
}

// permissionReach says how far a permission reaches, and why no further.
func (m *Model) permissionReach(n uint32, p graph.Perm, level graph.Level, divs graph.Set, t Target) PermissionReach {
	out := PermissionReach{Permission: p.Name, Reach: level}
	if level == graph.Whole {
		return out
	}
	var because graph.Because
	for _, r := range m.reasonsOver(n, p, t, divs) {
		if r.Level != level {
			continue
		}
		because |= r.Because
		out.Unresolved = out.Unresolved || r.Unresolved
		if level == graph.Limited {
			out.Resources = mergeNames(out.Resources, m.thingNames(r.Things))
		}
	}
	out.Because = because.Texts()
	return out
}

// Worst returns the indexes of the answers in the order in which people should
// read them: outsiders first, those that reach through divisions before those
// that no division stops, external before internal, the widest reach first.
func (a *WhoAnswer) Worst() []int {
	out := make([]int, len(a.Answers))
	for i := range out {
		out[i] = i
	}
	rank := func(r WhoRow) int {
		n := 0
		if r.Outside {
			n += 16
		}
		if r.Outside && r.Through == ThroughDivisions {
			n += 8
		}
		if r.Outside && r.Principal.External {
			n += 4
		}
		return n + int(r.Reach)
	}
	slices.SortStableFunc(out, func(x, y int) int { return cmp.Compare(rank(a.Answers[y]), rank(a.Answers[x])) })
	return out
}
