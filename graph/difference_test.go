package graph_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// changes is how many random changes a difference is checked with: each cell is
// evaluated four times by the plainest means there are.
const changes = organizations / 8

// What a difference tells is exactly the difference of two evaluations, made
// again by the reference evaluator cell by cell: one, or a few, random changes.
func TestDifferenceAgreesWithReference(t *testing.T) {
	const parts = 4
	for part := range int64(parts) {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < changes; seed += parts {
				differ(t, seed)
			}
		})
	}
}

func FuzzDifference(f *testing.F) {
	for seed := range int64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) { differ(t, seed) })
}

func differ(t *testing.T, seed int64) {
	t.Helper()
	rng := rand.New(rand.NewSource(seed))
	old := authztest.Random(rng, authztest.RandomOptions{Complete: seed%2 == 1, Users: 5})
	latest, cause := old, ""
	many := 1 + rng.Intn(2)*rng.Intn(4)
	for range many {
		latest, cause = authztest.Change(rng, latest)
	}
	if many > 1 {
		cause = ""
	}
	bad := func(old, latest *authz.Records) []string {
		return append(wrongDifference(old, latest, false, cause), wrongDifference(old, latest, true, "")...)
	}
	if out := bad(old, latest); len(out) > 0 {
		t.Fatalf("seed %d (%s):\n%s\nold:\n%s\nnew:\n%s", seed, cause, strings.Join(out[:min(8, len(out))], "\n"), authztest.Format(old), diffText(authztest.Format(old), authztest.Format(latest)))
	}
}

// cellKey is one cell of an evaluation.
type cellKey struct {
	p        authz.Key
	perm     string
	division string
}

// wrongDifference compares the difference with what the reference evaluator says
// of each cell in both; with a cause, each change must have it.
func wrongDifference(old, latest *authz.Records, deny bool, cause string) []string {
	a, err := graph.Build(old, graph.Options{EnforceDeny: deny})
	if err != nil {
		return []string{err.Error()}
	}
	b, err := graph.Build(latest, graph.Options{EnforceDeny: deny})
	if err != nil {
		return []string{err.Error()}
	}
	d := graph.Compare(a, b)
	told, out := cells(d)
	want := wanted(d, old, latest, deny)
	for k, w := range want {
		if got, ok := told[k]; !ok || got.text != w {
			out = append(out, fmt.Sprintf("%v: told %q; want %q", k, got.text, w))
		}
	}
	for k, got := range told {
		if _, ok := want[k]; !ok {
			out = append(out, fmt.Sprintf("%v: told %q; want nothing", k, got.text))
		}
		if cause != "" && string(got.cause) != cause && !slices.Contains(alike()[cause], string(got.cause)) {
			out = append(out, fmt.Sprintf("%v: told %q with the cause %s; want %s", k, got.text, got.cause, cause))
		}
	}
	slices.Sort(out)
	return out
}

// alike are the causes that a change may have beside its own: a user is a
// resource to others, and a queue whose members were not read is what a snapshot
// could not read.
func alike() map[string][]string {
	return map[string][]string{"principal": {"resource", "membership"}, "resource": {"coverage"}}
}

type toldCell struct {
	text     string
	cause    graph.CauseKind
	kinds    []string // of the cause
	from, to graph.Level
}

// cells spells a difference out. No cell may be told twice.
func cells(d *graph.Difference) (out map[cellKey]toldCell, wrong []string) {
	out = map[cellKey]toldCell{}
	for _, block := range d.Blocks {
		for _, m := range block.Members {
			for _, c := range block.Changes {
				for id := range c.Permissions.All() {
					for div := range c.Divisions.All() {
						k := cellKey{m.Key, d.Permissions(block.Org)[id].Pattern.String(), d.Divisions[div].Key.ID}
						if _, twice := out[k]; twice {
							wrong = append(wrong, fmt.Sprintf("%v: told twice", k))
						}
						out[k] = toldCell{extendedText(m.Key, c.From) + " → " + extendedText(m.Key, c.To), c.Cause.Kind, kindsOf(c.Cause), c.From.Level, c.To.Level}
					}
				}
			}
		}
	}
	return out, wrong
}

// kindsOf returns the kinds of the changes of all ways, each once, sorted. A user that
// went is a principal, though it is told as a resource of others.
func kindsOf(c graph.Cause) []string {
	out := []string{}
	for _, r := range slices.Concat(append(slices.Clone(c.Ways), c.Records)...) {
		kind := r.Kind
		if kind == graph.CauseResource && r.Record.Kind == authz.KindUser {
			kind = graph.CausePrincipal
		}
		if !slices.Contains(out, string(kind)) {
			out = append(out, string(kind))
		}
	}
	slices.Sort(out)
	return out
}

func extendedText(p authz.Key, e graph.Extended) string {
	things := slices.Clone(e.Things)
	if e.Self {
		things = append(things, p)
	}
	var names []string
	for _, k := range things {
		names = append(names, strings.Replace(k.String(), "unknown:", "user:", 1))
	}
	slices.Sort(names)
	return fmt.Sprintf("%s %v %v", e.Level, e.Unresolved, names)
}

func reachWords(r reference.Reach) string {
	var names []string
	for k := range r.Resources {
		names = append(names, k.String())
	}
	slices.Sort(names)
	return fmt.Sprintf("%s %v %v", r.Level, r.Unresolved, names)
}

// wanted evaluates every cell in both. A permission that one of the two does not
// know is there what the other says of it.
func wanted(d *graph.Difference, old, latest *authz.Records, deny bool) map[cellKey]string {
	aware := func(own, other *graph.Graph, org string) func(authz.Pattern) authz.Tri {
		return func(p authz.Pattern) authz.Tri {
			switch {
			case p.IsLegacy():
				return authz.False
			case own.Perm(org, p).ID == graph.OutsideUniverse && other.Perm(org, p).ID != graph.OutsideUniverse:
				return other.Perm(org, p).Aware
			default:
				return authz.Unknown
			}
		}
	}
	out := map[cellKey]string{}
	for _, org := range []string{"o1", "p1", "o2"} {
		a := reference.New(old, reference.Options{EnforceDeny: deny, Aware: aware(d.Old, d.New, org)})
		b := reference.New(latest, reference.Options{EnforceDeny: deny, Aware: aware(d.New, d.Old, org)})
		principals := append(a.Principals(), b.Principals()...)
		slices.SortFunc(principals, authz.Key.Compare)
		for _, p := range slices.Compact(principals) {
			if p.Org == org {
				wantedOf(d, a, b, p, out)
			}
		}
	}
	return out
}

func wantedOf(d *graph.Difference, a, b *reference.Model, p authz.Key, out map[cellKey]string) {
	reach := func(m *reference.Model, q authz.Pattern, div string) reference.Reach {
		if !slices.Contains(m.Principals(), p) {
			return reference.Reach{}
		}
		return m.Reach(p, q, div)
	}
	has := func(g *graph.Graph, q authz.Pattern) bool { return g.Perm(p.Org, q).ID != graph.OutsideUniverse }
	for _, perm := range d.Permissions(p.Org) {
		for _, div := range d.Divisions {
			if div.Key.Org != p.Org {
				continue
			}
			_, inOld := d.Old.FindDivision(div.Key)
			_, inNew := d.New.FindDivision(div.Key)
			x, y := reach(a, perm.Pattern, div.Key.ID), reach(b, perm.Pattern, div.Key.ID)
			if reachWords(x) == reachWords(y) {
				continue
			}
			there := inNew && has(d.New, perm.Pattern)
			if y.Level == reference.None {
				there = inOld && has(d.Old, perm.Pattern)
			}
			if there {
				out[cellKey{p, perm.Pattern.String(), div.Key.ID}] = reachWords(x) + " → " + reachWords(y)
			}
		}
	}
}

// diffText returns the lines of each text that the other lacks.
func diffText(a, b string) string {
	var out []string
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range x {
		if !slices.Contains(y, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

// Records are counted by kind; a new member is a change of its group.
func TestRecordsOfDifference(t *testing.T) {
	old := authztest.Parse(t, `
user ada in a
user bob in a
division a home
role r routing:queue:view
group g ada
grant g r a`)
	latest := authztest.Parse(t, `
user ada in a
user eve in a
division a home
role r routing:queue:view
role r routing:queue:edit
group g ada eve
grant g r a
grant eve r a`)
	c := graph.Compare(built(t, old), built(t, latest)).Records()
	got := fmt.Sprint(c.Added, c.Removed, c.Changed)
	if want := "map[user:1 grant:1] map[user:1] map[group:1 role:1]"; got != want {
		t.Errorf("records: %s; want %s", got, want)
	}
	if c := graph.Compare(built(t, old), built(t, old)).Records(); len(c.Added)+len(c.Removed)+len(c.Changed) > 0 {
		t.Errorf("records that differ from themselves: %v", c)
	}
}

// How many compare at once decides only how long it takes.
func TestCompareWorkers(t *testing.T) {
	was := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(was)
	for seed := range int64(10) {
		rng := rand.New(rand.NewSource(seed))
		a := authztest.Random(rng, authztest.RandomOptions{Users: 12})
		b, _ := authztest.Change(rng, a)
		b, _ = authztest.Change(rng, b)
		old, latest := built(t, a), built(t, b)
		runtime.GOMAXPROCS(1)
		one := graph.Compare(old, latest).Blocks
		runtime.GOMAXPROCS(8)
		if many := graph.Compare(old, latest).Blocks; !reflect.DeepEqual(one, many) {
			t.Fatalf("seed %d: blocks of one worker %v; of eight %v", seed, one, many)
		}
	}
}
