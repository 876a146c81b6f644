package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// The tests of this file change an organization in a way of which everybody
// knows what it must do to the answers, and need no second evaluator.

// turned runs a test on random organizations, half of them without gaps, in two
// parallel parts.
func turned(t *testing.T, seeds int64, check func(t *testing.T, rng *rand.Rand, r *authz.Records)) {
	t.Helper()
	t.Parallel()
	for part := range int64(2) {
		t.Run([]string{"gaps", "complete"}[part], func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < max(seeds/share, 4); seed += 2 {
				rng := rand.New(rand.NewSource(seed))
				r := authztest.Random(rng, authztest.RandomOptions{Complete: part == 1, Users: 6})
				check(t, rng, r)
				if t.Failed() {
					t.Fatalf("seed %d:\n%s", seed, authztest.Format(r))
				}
			}
		})
	}
}

func built(t testing.TB, src graph.Source) *graph.Graph {
	t.Helper()
	g, err := graph.Build(src, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A picture is everything that a graph answers, by keys and without names, so
// that two graphs that number their nodes differently can be compared.
type picture struct {
	g     *graph.Graph
	lines []string
	// reasons says that single derivations are part of it, paths that their
	// steps are. A shortest path is one of several, so that names may choose.
	reasons, paths bool
	// role gives the role that an id stands for; nil is the id itself.
	role func(id string) string
}

func (p *picture) add(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

func (p *picture) id(role string) string {
	if p.role == nil {
		return role
	}
	return p.role(role)
}

func (p *picture) draw() []string {
	for n := range p.g.Principals() {
		p.principal(uint32(n))
	}
	for _, c := range p.g.Classes(nil) {
		p.add("class %s", strings.Join(p.sortedKeys(c.Members), " "))
	}
	for _, u := range p.g.AllUndetermined() {
		p.add("undetermined %s/%s %s@%s: %s", u.Org, u.Subject, p.id(u.Role), wide(u.Division), u.Why)
	}
	for _, d := range p.g.Dangling() {
		p.add("dangling %s %s@%s %v %v %v", show(d.Subject), p.id(d.Role), wide(d.Division), d.MissingSubject, d.MissingRole, d.MissingDivision)
	}
	slices.Sort(p.lines)
	if p.role != nil { // what is told of both halves of a role
		p.lines = slices.Compact(p.lines)
	}
	return p.lines
}

// wide makes one of the ways in which a division can be every division.
func wide(division string) string {
	if division == "" || strings.EqualFold(division, "all") {
		return authz.AllDivisions
	}
	return division
}

func (p *picture) sortedKeys(nodes []uint32) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, show(p.g.NodeKey(n)))
	}
	slices.Sort(out)
	return out
}

func (p *picture) things(list []graph.Thing) string {
	var out []string
	for _, t := range list {
		out = append(out, p.g.ThingKey(t).String())
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (p *picture) principal(n uint32) {
	who := p.g.Principal(n)
	k := show(who.Key)
	p.add("principal %s acts %v dormant %v known %v", k, p.g.Acting().Has(n), p.g.DormantPrincipals().Has(n), who.Known)
	for _, r := range p.g.Access(n) {
		number := 0
		if p.reasons {
			number = r.Reasons
		}
		p.add("row %s %s over %s: %v %v %d [%s] by %d", k, r.Permission.Pattern, p.g.DivisionKey(who.Key.Org, r.Division).ID, r.Level, r.Unresolved, r.Because, p.things(r.Things), number)
	}
	if !p.reasons {
		return
	}
	for _, m := range p.g.Universe(who.Key.Org) {
		for d := range p.g.DivisionsOf(who.Key.Org).All() {
			for _, r := range p.g.Reasons(n, m, d) {
				p.reason(fmt.Sprintf("%s %s over %s", k, m.Pattern, p.g.Divisions()[d].Key.ID), r)
			}
		}
	}
}

func (p *picture) reason(what string, r graph.Reason) {
	if r.Trust != "" {
		p.add("reason %s: trust %s", what, r.Trust)
		return
	}
	var path []string
	for _, h := range r.Path {
		path = append(path, fmt.Sprintf("%s %v", p.g.NodeKey(h.Into), h.Owner))
	}
	if !p.paths {
		path = []string{fmt.Sprint(len(r.Path))}
	}
	from := p.g.Role(r.Grant.Role).Key.ID
	if len(r.Inherits) > 0 {
		from = p.g.Role(r.Inherits[len(r.Inherits)-1]).Key.ID
	}
	p.add("reason %s: %s → %s, %s@%s → %s%s %s: %s %v %v [%s]", what, strings.Join(path, ","), p.g.NodeKey(r.Grant.Node),
		p.g.Role(r.Grant.Role).Key.ID, p.g.DivisionKey("", r.Grant.Division).ID, from, r.Missing, r.Pattern, r.Extent, r.Level, r.Unresolved, p.things(r.Things))
}

// same reports the first lines that one picture has and the other has not.
func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	var out []string
	for _, l := range want {
		if _, ok := slices.BinarySearch(got, l); !ok {
			out = append(out, "- "+l)
		}
	}
	for _, l := range got {
		if _, ok := slices.BinarySearch(want, l); !ok {
			out = append(out, "+ "+l)
		}
	}
	if len(out) > 0 {
		t.Errorf("%s (-before +after):\n%s", what, strings.Join(out[:min(8, len(out))], "\n"))
	}
}

func all(g *graph.Graph) []string { return (&picture{g: g, reasons: true, paths: true}).draw() }

// reached is how far a principal reaches with a permission over a division.
type reached struct {
	level  graph.Level
	things []string
}

func reach(g *graph.Graph, p uint32, m graph.Perm, d uint32) reached {
	var out reached
	for _, r := range g.Reasons(p, m, d) {
		if r.Level > out.level {
			out = reached{level: r.Level}
		}
		if r.Level == out.level {
			for _, t := range r.Things {
				out.things = append(out.things, g.ThingKey(t).String())
			}
		}
	}
	return out
}

func (r reached) within(o reached) bool {
	if r.level != o.level {
		return r.level < o.level
	}
	return !slices.ContainsFunc(r.things, func(t string) bool { return !slices.Contains(o.things, t) })
}

// keeps reports what a principal that acted before can do less after: over the
// divisions that were there, with the permissions of both universes.
func keeps(t *testing.T, what string, before, after *graph.Graph) {
	t.Helper()
	for p := range before.Acting().All() {
		k := before.Principal(p).Key
		q, ok := after.FindPrincipal(k)
		if !ok || !after.Acting().Has(q) {
			t.Errorf("%s: %s is no principal any more", what, show(k))
			continue
		}
		for _, m := range slices.Concat(before.Universe(k.Org), after.Universe(k.Org)) {
			for d := range before.DivisionsOf(k.Org).All() {
				div := before.Divisions()[d].Key
				e, _ := after.FindDivision(div)
				x, y := reach(before, p, before.Perm(k.Org, m.Pattern), d), reach(after, q, after.Perm(k.Org, m.Pattern), e)
				if !x.within(y) {
					t.Errorf("%s: %s has %s over %s: %v, before: %v", what, show(k), m.Pattern, div.ID, y, x)
					return
				}
			}
		}
	}
}

// A further grant takes nothing away. It goes to somebody who is there: an id
// that only the new grant names would be a new principal, and one that lists
// without types have named before would from then on be that principal.
func TestGrantOnlyAdds(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		before := built(t, r)
		for range 4 {
			g := authz.Grant{Subject: someNode(rng, before)}
			g.Org = g.Subject.Org
			g.Role, g.Division = someRole(rng, r, g.Org), someDivision(rng, r, g.Org)
			more := r.Clone()
			more.Grant = append(more.Grant, g)
			keeps(t, fmt.Sprintf("with a grant of %s to %s in %s", g.Role, show(g.Subject), g.Division), before, built(t, more))
		}
	})
}

func someNode(rng *rand.Rand, g *graph.Graph) authz.Key {
	groups := g.Groups()
	n := rng.Intn(g.Principals() + len(groups))
	if n < g.Principals() {
		return g.Principal(uint32(n)).Key
	}
	return groups[n-g.Principals()].Key
}

func someRole(rng *rand.Rand, r *authz.Records, org string) string {
	ids := []string{"nowhere"}
	for _, v := range r.Role {
		if v.Org == org {
			ids = append(ids, v.ID, v.ID)
		}
	}
	return ids[rng.Intn(len(ids))]
}

func someDivision(rng *rand.Rand, r *authz.Records, org string) string {
	ids := []string{authz.AllDivisions, "a-new-one"}
	for _, v := range r.Division {
		if v.Org == org {
			ids = append(ids, v.ID, v.ID)
		}
	}
	return ids[rng.Intn(len(ids))]
}

// A further member of a group or team takes nothing away from anybody, where
// nothing that is narrowed or marked rests on who is in it:
//   - the list of members was read: a first entry would make a list complete
//     that was not, and resolve scopes that left everything before;
//   - no policy has a condition beside a scope that rests on members, and no
//     condition names a team: a condition that has nothing in a division speaks
//     of something else and narrows nothing there, until it has;
//   - no access policy speaks of a group or team: it would mark the new member.
func TestMembershipOnlyAdds(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		r = withoutConditionsOnMembers(r)
		r.AccessPolicy = slices.DeleteFunc(r.AccessPolicy, func(a authz.AccessPolicy) bool {
			return a.SubjectType == "GROUP" || a.SubjectType == "TEAM"
		})
		before := built(t, r)
		for i, l := range r.Member {
			if l.Container.Kind == authz.KindQueue {
				continue
			}
			m := someMember(rng, before, l.Container)
			more := r.Clone()
			more.Member[i].Members = append(slices.Clone(l.Members), m)
			keeps(t, fmt.Sprintf("with %s in %s", m, show(l.Container)), before, built(t, more))
		}
	})
}

func someMember(rng *rand.Rand, g *graph.Graph, container authz.Key) authz.Key {
	var list []authz.Key
	for p := range g.Principals() {
		if k := g.Principal(uint32(p)).Key; k.Org == container.Org {
			list = append(list, k)
		}
	}
	for _, gr := range g.Groups() {
		if k := gr.Key; k.Org == container.Org && k.Kind == authz.KindGroup && container.Kind != authz.KindTeam {
			list = append(list, k)
		}
	}
	if len(list) == 0 {
		return authz.Key{Org: container.Org, Kind: authz.KindSubject, ID: "nobody"}
	}
	return list[rng.Intn(len(list))]
}

func withoutConditionsOnMembers(r *authz.Records) *authz.Records {
	return withoutConditions(r, func(p *authz.Policy) bool {
		s := authz.Fold(p.Scope)
		return s == "group" || s == "team" || s == "assigned" || namesTeam(p.Condition)
	})
}

func withoutConditions(r *authz.Records, of func(*authz.Policy) bool) *authz.Records {
	r = r.Clone()
	for i := range r.Role {
		r.Role[i].Policies = slices.Clone(r.Role[i].Policies)
		for j := range r.Role[i].Policies {
			if p := &r.Role[i].Policies[j]; of(p) {
				p.Condition = nil
			}
		}
	}
	return r
}

func namesTeam(c *authz.Condition) bool {
	return c != nil && (slices.ContainsFunc(c.Operands, func(o authz.Operand) bool { return o.Type == "TEAM" }) ||
		slices.ContainsFunc(c.Terms, func(t authz.Condition) bool { return namesTeam(&t) }))
}

// A further line of a role that nothing narrows takes nothing away.
func TestRoleLineOnlyAdds(t *testing.T) {
	lines := []authz.Policy{
		{Domain: "routing", Entity: "queue", Action: "view"},
		{Domain: "recording", Entity: "recording", Action: "all"},
		{Domain: "brand", Entity: "new", Action: "one"},
		{Domain: "directory", Entity: "*", Action: "view"},
		{Domain: "*", Entity: "queue", Action: "*"},
		{Domain: "nothing", Entity: "*", Action: "*"},
	}
	turned(t, 200, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		before := built(t, r)
		for _, l := range lines {
			i := rng.Intn(len(r.Role))
			more := r.Clone()
			more.Role[i].Policies = append(slices.Clone(r.Role[i].Policies), l)
			keeps(t, fmt.Sprintf("with %s:%s:%s in role %s", l.Domain, l.Entity, l.Action, r.Role[i].ID), before, built(t, more))
		}
	})
}

// A further inheritance takes nothing away, whether it names a role by its id,
// roles by their name, or nothing that there is.
func TestInheritanceOnlyAdds(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		before := built(t, r)
		for _, from := range []string{someRole(rng, r, r.Role[0].Org), "Agent", "Supervisor", "agent", "nowhere"} {
			i := rng.Intn(len(r.Role))
			more := r.Clone()
			more.Role[i].Inherits = append(slices.Clone(r.Role[i].Inherits), from)
			keeps(t, fmt.Sprintf("with role %s that inherits %s", r.Role[i].ID, from), before, built(t, more))
		}
	})
}

// Names are for people: other ones change nothing. The name of a role is the one
// exception, where another role inherits it by that name, which is kept true.
func TestNamesChangeNothing(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		draw := func(r *authz.Records) []string { return (&picture{g: built(t, r), reasons: true}).draw() }
		same(t, "other names", draw(r), draw(renamed(rng, r)))
	})
}

func renamed(rng *rand.Rand, r *authz.Records) *authz.Records {
	r = r.Clone()
	fresh := func() string { return fmt.Sprintf("name %x", rng.Int63()) }
	roles := map[string]string{}
	roleName := func(org, name string) string {
		if roles[org+"/"+name] == "" {
			roles[org+"/"+name] = fresh()
		}
		return roles[org+"/"+name]
	}
	isID := func(org, id string) bool {
		return slices.ContainsFunc(r.Role, func(v authz.Role) bool { return v.Org == org && v.ID == id })
	}
	for i := range r.Role {
		v := &r.Role[i]
		inherits := slices.Clone(v.Inherits)
		for j, from := range inherits {
			if !isID(v.Org, from) && slices.ContainsFunc(r.Role, func(o authz.Role) bool { return o.Org == v.Org && o.Name == from }) {
				inherits[j] = roleName(v.Org, from)
			}
		}
		v.Inherits = inherits
	}
	for i := range r.Role {
		r.Role[i].Name = roleName(r.Role[i].Org, r.Role[i].Name)
	}
	each(r.Organization, func(v *authz.Organization) { v.Name = fresh() })
	each(r.Division, func(v *authz.Division) { v.Name = fresh() })
	each(r.User, func(v *authz.User) { v.Name, v.Email = fresh(), fresh()+"@x.example" })
	each(r.Group, func(v *authz.Group) { v.Name = fresh() })
	each(r.Team, func(v *authz.Team) { v.Name = fresh() })
	each(r.Client, func(v *authz.Client) { v.Name = fresh() })
	each(r.Resource, func(v *authz.Resource) { v.Name = fresh() })
	each(r.View, func(v *authz.View) { v.Name = fresh() })
	each(r.Trust, func(v *authz.Trust) { v.Name = fresh() })
	each(r.AccessPolicy, func(v *authz.AccessPolicy) { v.Name = fresh() })
	each(r.Permission, func(v *authz.Permission) { v.Label = fresh() })
	return r
}

func each[T any](list []T, change func(*T)) {
	for i := range list {
		change(&list[i])
	}
}

// The order of records, and of what is listed in them, changes nothing.
func TestOrderChangesNothing(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		same(t, "another order", all(built(t, r)), all(built(t, shuffled(rng, r))))
	})
}

func shuffle[T any](rng *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func shuffled(rng *rand.Rand, r *authz.Records) *authz.Records {
	r = &authz.Records{
		About: r.About, Organization: shuffle(rng, r.Organization), Division: shuffle(rng, r.Division),
		Permission: shuffle(rng, r.Permission), Role: shuffle(rng, r.Role), User: shuffle(rng, r.User),
		Group: shuffle(rng, r.Group), Team: shuffle(rng, r.Team), Member: shuffle(rng, r.Member),
		Client: shuffle(rng, r.Client), Usage: shuffle(rng, r.Usage), Grant: shuffle(rng, r.Grant),
		Resource: shuffle(rng, r.Resource), View: shuffle(rng, r.View), Trust: shuffle(rng, r.Trust),
		AccessPolicy: shuffle(rng, r.AccessPolicy), Other: shuffle(rng, r.Other), CoverageLedger: shuffle(rng, r.CoverageLedger),
	}
	each(r.Role, func(v *authz.Role) {
		v.Inherits, v.Legacy, v.Policies = shuffle(rng, v.Inherits), shuffle(rng, v.Legacy), shuffle(rng, v.Policies)
		each(v.Policies, func(p *authz.Policy) {
			p.ScopeGroups, p.ScopeTeams, p.ScopeViews = shuffle(rng, p.ScopeGroups), shuffle(rng, p.ScopeTeams), shuffle(rng, p.ScopeViews)
			if p.Condition != nil {
				c := turnedCondition(rng, *p.Condition)
				p.Condition = &c
			}
		})
	})
	each(r.Group, func(v *authz.Group) { v.Owners = shuffle(rng, v.Owners) })
	each(r.Member, func(v *authz.MemberList) { v.Members = shuffle(rng, v.Members) })
	each(r.Resource, func(v *authz.Resource) { v.MemberGroups = shuffle(rng, v.MemberGroups) })
	each(r.View, func(v *authz.View) { v.Queues, v.Users = shuffle(rng, v.Queues), shuffle(rng, v.Users) })
	return r
}

func turnedCondition(rng *rand.Rand, c authz.Condition) authz.Condition {
	c.Operands, c.Terms = shuffle(rng, c.Operands), shuffle(rng, c.Terms)
	each(c.Terms, func(t *authz.Condition) { *t = turnedCondition(rng, *t) })
	return c
}

const half = "-half"

// A role split in two, each with half of its lines, granted and inherited
// wherever the one was, changes nothing but reasons.
func TestSplitRoleChangesNothing(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		one := func(id string) string { return strings.TrimSuffix(id, half) }
		i := rng.Intn(len(r.Role))
		before, after := built(t, r), built(t, split(r, i))
		same(t, "role "+r.Role[i].ID+" split", (&picture{g: before, role: one}).draw(), (&picture{g: after, role: one}).draw())
	})
}

func split(r *authz.Records, i int) *authz.Records {
	r = r.Clone()
	whole := r.Role[i]
	second := whole
	second.ID += half
	n := len(whole.Policies) / 2
	r.Role[i].Policies, second.Policies = whole.Policies[:n:n], whole.Policies[n:]
	r.Role[i].Legacy, second.Inherits = nil, nil
	r.Role = append(r.Role, second)
	each(r.Role, func(v *authz.Role) {
		// Who inherits it by name inherits both already.
		if v.Org == whole.Org && slices.Contains(v.Inherits, whole.ID) {
			v.Inherits = append(slices.Clone(v.Inherits), second.ID)
		}
	})
	for _, g := range r.Grant {
		if g.Org == whole.Org && g.Role == whole.ID {
			g.Role = second.ID
			r.Grant = append(r.Grant, g)
		}
	}
	return r
}

// A grant told twice, by another source or without the type of its subject,
// changes nothing.
func TestGrantToldTwiceChangesNothing(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		twice := r.Clone()
		for _, g := range r.Grant {
			if rng.Intn(2) == 0 {
				g.Source = "client"
			}
			twice.Grant = append(twice.Grant, g)
		}
		same(t, "grants told twice", all(built(t, r)), all(built(t, twice)))
	})
}

// Every division has more than one name.
func TestEveryDivisionHasManyNames(t *testing.T) {
	turned(t, 300, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		other := r.Clone()
		each(other.Grant, func(g *authz.Grant) {
			if wide(g.Division) == authz.AllDivisions {
				g.Division = []string{"", "*", "all", "ALL"}[rng.Intn(4)]
			}
		})
		same(t, "other words for every division", all(built(t, r)), all(built(t, other)))
	})
}

// sink is where a source tells records to, and a place that a test tells them to.
type sink interface {
	Put(rec authz.Record, raw json.RawMessage) error
	Cover(line authz.Coverage) error
}

// tell tells everything, bulk records among the others.
func tell(t testing.TB, to sink, r *authz.Records) {
	t.Helper()
	put := func(rec authz.Record) {
		if err := to.Put(rec, nil); err != nil {
			t.Fatal(err)
		}
	}
	tellAll(put, r.Organization)
	tellAll(put, r.Division)
	tellAll(put, r.Permission)
	tellAll(put, r.Role)
	tellAll(put, r.User)
	tellAll(put, r.Group)
	tellAll(put, r.Team)
	tellAll(put, r.Member)
	tellAll(put, r.Client)
	tellAll(put, r.Grant)
	tellAll(put, r.Resource)
	tellAll(put, r.View)
	tellAll(put, r.Trust)
	tellAll(put, r.AccessPolicy)
	for _, c := range r.CoverageLedger {
		if err := to.Cover(c); err != nil {
			t.Fatal(err)
		}
	}
}

func tellAll[T authz.Record](put func(authz.Record), list []T) {
	for _, v := range list {
		put(v)
	}
}

// onceEach leaves one of equal lines in each role, as a snapshot does.
func onceEach(r *authz.Records) *authz.Records {
	r = r.Clone()
	each(r.Role, func(v *authz.Role) {
		var lines []authz.Policy
		for _, p := range v.Policies {
			if !slices.ContainsFunc(lines, func(q authz.Policy) bool { return reflect.DeepEqual(p, q) }) {
				lines = append(lines, p)
			}
		}
		v.Policies = lines
	})
	return r
}

// A snapshot file tells what the records told.
func TestSnapshotChangesNothing(t *testing.T) {
	turned(t, 40, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		r = onceEach(r)
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%x.db", rng.Int63()))
		w, err := snapshot.Create(path, snapshot.CreateOptions{Now: func() time.Time { return r.About.TakenAt }})
		if err != nil {
			t.Fatal(err)
		}
		tell(t, w, r)
		if _, err := w.Seal(); err != nil {
			t.Fatal(err)
		}
		s, err := snapshot.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		same(t, "in a snapshot", all(built(t, r)), all(built(t, s)))
	})
}

// kept is a sink that keeps records in memory.
type kept struct{ authz.Records }

func (k *kept) Put(rec authz.Record, _ json.RawMessage) error { return k.Records.Put(rec) }

func (k *kept) Cover(line authz.Coverage) error {
	k.CoverageLedger = append(k.CoverageLedger, line)
	return nil
}

// A bundle tells what the records told, as far as files can.
func TestBundleChangesNothing(t *testing.T) {
	turned(t, 40, func(t *testing.T, rng *rand.Rand, r *authz.Records) {
		r = sayable(built(t, r), r)
		dir := filepath.Join(t.TempDir(), fmt.Sprintf("%x", rng.Int63()))
		w, err := bundle.NewWriter(dir)
		if err != nil {
			t.Fatal(err)
		}
		tell(t, w, r)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var k kept
		if err := bundle.New(os.DirFS(dir), "written", bundle.Options{}).Collect(context.Background(), &k); err != nil {
			t.Fatal(err)
		}
		k.About.TakenAt = r.About.TakenAt
		same(t, "in a bundle", all(built(t, r)), all(built(t, &k.Records)))
	})
}

// sayable takes out what files cannot say: a grant without a division, a role
// that has lines and was not read, and a list of which the ledger is silent.
func sayable(g *graph.Graph, r *authz.Records) *authz.Records {
	r = r.Clone()
	each(r.Grant, func(g *authz.Grant) { g.Division = wide(g.Division) })
	each(r.Role, func(v *authz.Role) {
		if v.LinesMissing {
			v.Policies, v.Legacy, v.Inherits = nil, nil, nil
		}
	})
	r.CoverageLedger = nil
	for _, o := range g.Organizations() {
		for _, l := range authz.Lists() {
			c := authz.Coverage{Org: o.ID, List: l, Status: authz.StatusComplete}
			if !g.Complete(o.ID, l) && !gapIsLost(l) {
				c.Status = authz.StatusRefused
			}
			r.CoverageLedger = append(r.CoverageLedger, c)
		}
	}
	return r
}

// gapIsLost reports whether a bundle does not say that a list has a gap, though
// it should: the writer makes no file of a list that was refused and of which
// there is no record, and what a bundle may lack then reads as what the source
// never had; and lists by id (members) end without the mark of a gap.
func gapIsLost(l authz.List) bool {
	switch l {
	case authz.ListDivisions, authz.ListPermissions, authz.ListRoles, authz.ListUsers, authz.ListGroups, authz.ListGrants,
		authz.ListClients, authz.ListQueues:
		return false
	default:
		return true
	}
}
