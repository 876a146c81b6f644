package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// An asked organization is a fixture with both evaluators built over it. What
// is asked of it is in its first organization.
type asked struct {
	g   *graph.Graph
	ref *reference.Model
	org string
}

// askedOptions are what a fixture does not say.
type askedOptions struct {
	deny  bool // access policies are enforced
	plain bool // without the shipped data
}

func newAsked(text string, o askedOptions) (*asked, error) {
	r, err := authztest.ParseText(text)
	if err != nil {
		return nil, err
	}
	product, ref := graph.Options{EnforceDeny: o.deny}, reference.Options{EnforceDeny: o.deny}
	if !o.plain {
		names := lexicon.Default()
		product.Names, ref.Aware, ref.Resolve = names, names.Aware, names.Resolve
	}
	g, err := graph.Build(r, product)
	if err != nil {
		return nil, err
	}
	a := &asked{g: g, ref: reference.New(r, ref), org: "o"}
	if len(r.Organization) > 0 {
		a.org = r.Organization[0].ID
	}
	return a, nil
}

// A question is who, by which permission, over which division.
type question struct {
	who      authz.Key
	perm     authz.Pattern
	division string
}

// question reads "WHO PERMISSION DIVISION". WHO is kind:id, or the id of the one
// principal that has it.
func (a *asked) question(text string) (question, error) {
	f := strings.Fields(text)
	if len(f) != 3 {
		return question{}, fmt.Errorf("question %q: want a principal, a permission and a division", text)
	}
	perm, err := authz.ParsePattern(f[1])
	if err != nil {
		return question{}, err
	}
	if _, known := a.g.FindDivision(authz.Key{Org: a.org, Kind: authz.KindDivision, ID: f[2]}); !known && f[2] != authz.AllDivisions {
		return question{}, fmt.Errorf("question %q: no division %q", text, f[2])
	}
	who, err := a.principal(f[0])
	return question{who, perm, f[2]}, err
}

func (a *asked) principal(word string) (authz.Key, error) {
	if kind, id, found := strings.Cut(word, ":"); found {
		k, err := authz.ParseKind(kind)
		return authz.Key{Org: a.org, Kind: k, ID: id}, err
	}
	var found []authz.Key
	for p := range a.g.Principals() {
		if k := a.g.Principal(uint32(p)).Key; k.Org == a.org && k.ID == word {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return authz.Key{}, fmt.Errorf("%d principals have the id %q: want kind:id", len(found), word)
	}
	return found[0], nil
}

// divisions returns the divisions that a question is about.
func (a *asked) divisions(id string) graph.Set {
	if id == authz.AllDivisions {
		return a.g.DivisionsOf(a.org)
	}
	divs := graph.NewSet(len(a.g.Divisions()))
	if d, ok := a.g.FindDivision(authz.Key{Org: a.org, Kind: authz.KindDivision, ID: id}); ok {
		divs.Add(d)
	}
	return divs
}

func (a *asked) reasons(q question) []graph.Reason {
	p, ok := a.g.FindPrincipal(q.who)
	if !ok || !a.g.Acting().Has(p) {
		return nil
	}
	d := graph.AnyDivision
	if q.division != authz.AllDivisions {
		d, _ = a.g.FindDivision(authz.Key{Org: a.org, Kind: authz.KindDivision, ID: q.division})
	}
	return a.g.Reasons(p, a.g.Perm(a.org, q.perm), d)
}

// reach is what the reasons come to, in words: "limited queue:q1 ?", where the
// question mark says that it is unresolved.
func (a *asked) reach(q question) string {
	level, unresolved := graph.None, false
	var things []string
	for _, r := range a.reasons(q) {
		if r.Level > level {
			level, unresolved, things = r.Level, false, nil
		}
		if r.Level == level {
			unresolved = unresolved || r.Unresolved
			for _, t := range r.Things {
				things = append(things, a.g.ThingKey(t).String())
			}
		}
	}
	return inWords(level.String(), things, unresolved)
}

func inWords(level string, things []string, unresolved bool) string {
	if level != graph.Limited.String() {
		return level
	}
	slices.Sort(things)
	words := append([]string{level}, slices.Compact(things)...)
	if unresolved {
		words = append(words, "?")
	}
	return strings.Join(words, " ")
}

// referenceReach is the same of the reference evaluator.
func (a *asked) referenceReach(q question) string {
	r := a.ref.Reach(q.who, q.perm, q.division)
	var things []string
	for k := range r.Resources {
		things = append(things, k.String())
	}
	return inWords(r.Level.String(), things, r.Unresolved)
}

// who compares the answer to "who can" with a reach: the level, and of limited
// reach each user and queue. It returns what is wrong.
func (a *asked) who(q question, reach string) []string {
	p, ok := a.g.FindPrincipal(q.who)
	if !ok {
		return nil
	}
	query := graph.Query{Org: a.org, Permissions: []graph.Perm{a.g.Perm(a.org, q.perm)}, Divisions: a.divisions(q.division)}
	level, _, _ := strings.Cut(reach, " ")
	var wrong []string
	got := a.g.Who(query).Level(p).String()
	if q.division == authz.AllDivisions {
		return a.whoEverywhere(q, level) // who asks for any of the divisions, not for all
	}
	if got != level {
		wrong = append(wrong, fmt.Sprintf("who can says %s", got))
	}
	if level != graph.Limited.String() {
		return wrong
	}
	for _, t := range a.things() {
		query.Thing = &t
		name := a.g.ThingKey(t).String()
		in := slices.Contains(strings.Fields(reach), name)
		if got := a.g.Who(query).Level(p); (got == graph.Limited) != in {
			wrong = append(wrong, fmt.Sprintf("who can says %s of %s", got, name))
		}
	}
	return wrong
}

// whoEverywhere checks that who reaches every division whole or conditionally
// is told for each of them at least that.
func (a *asked) whoEverywhere(q question, level string) []string {
	if level != graph.Whole.String() && level != graph.Conditional.String() {
		return nil
	}
	p, _ := a.g.FindPrincipal(q.who)
	var wrong []string
	for d := range a.g.DivisionsOf(a.org).All() {
		divs := graph.NewSet(len(a.g.Divisions()))
		divs.Add(d)
		got := a.g.Who(graph.Query{Org: a.org, Permissions: []graph.Perm{a.g.Perm(a.org, q.perm)}, Divisions: divs}).Level(p)
		if got != graph.Whole && got.String() != level {
			wrong = append(wrong, fmt.Sprintf("who can says %s over %s", got, a.g.Divisions()[d].Key.ID))
		}
	}
	return wrong
}

// things are the users and queues that a scope or condition may single out.
func (a *asked) things() []graph.Thing {
	var out []graph.Thing
	for p := range a.g.Principals() {
		if k := a.g.Principal(uint32(p)).Key; k.Org == a.org && k.Kind == authz.KindUser {
			out = append(out, uint32(p))
		}
	}
	for _, r := range a.g.Resources() {
		if t, ok := a.g.FindThing(r.Key()); ok && r.Org == a.org {
			out = append(out, t)
		}
	}
	return out
}

// check asks one question by every road and returns what differs from what is
// wanted.
func (a *asked) check(q question, want string) []string {
	var wrong []string
	got := a.reach(q)
	if got != want {
		wrong = append(wrong, fmt.Sprintf("the reasons say %s; want %s", got, want))
	}
	wrong = append(wrong, a.who(q, got)...)
	// An unknown principal that may be a user is a user there.
	if ref := a.referenceReach(q); ref != strings.ReplaceAll(want, "unknown:", "user:") {
		wrong = append(wrong, fmt.Sprintf("the reference says %s; want %s", ref, want))
	}
	return wrong
}

func mustAsk(t *testing.T, text string, o askedOptions) *asked {
	t.Helper()
	a, err := newAsked(text, o)
	if err != nil {
		t.Fatalf("fixture: %v", err)
	}
	return a
}
