package graph_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// What is told of two graphs is what evaluating each of their cells tells: here by
// the graphs themselves, which is quick enough for many; that these are right, others
// tests say.

// evaluated is the reach of every live principal in every cell of a graph.
func evaluated(g *graph.Graph) map[cellKey]string {
	out := map[cellKey]string{}
	a := agreement{g: g}
	for p := range g.Acting().All() {
		k := g.Principal(p).Key
		for _, m := range g.Universe(k.Org) {
			for d := range g.DivisionsOf(k.Org).All() {
				t := a.fromReasons(p, m, d)
				for i, x := range t.things {
					t.things[i] = strings.Replace(x, "unknown:", "user:", 1)
				}
				if slices.Sort(t.things); t.level != "none" {
					out[cellKey{k, m.Pattern.String(), g.Divisions()[d].Key.ID}] = fmt.Sprintf("%s %v %v", t.level, t.unresolved, t.things)
				}
			}
		}
	}
	return out
}

const unreached = "none false []"

func orUnreached(s string) string {
	if s == "" {
		return unreached
	}
	return s
}

// comparable says of which cells both graphs tell: they know its permission, of which
// they say the same, and its division.
func comparableCells(old, latest *graph.Graph) func(k cellKey) bool {
	return func(k cellKey) bool {
		m, err := authz.ParsePattern(k.perm)
		if err != nil {
			return false
		}
		for _, g := range []*graph.Graph{old, latest} {
			if _, ok := g.FindDivision(authz.Key{Org: k.p.Org, Kind: authz.KindDivision, ID: k.division}); !ok || g.Perm(k.p.Org, m).ID == graph.OutsideUniverse {
				return false
			}
		}
		return true
	}
}

// wrongCells compares a difference with two evaluations.
func wrongCells(old, latest *graph.Graph) []string {
	told, out := cells(graph.Compare(old, latest))
	before, after := evaluated(old), evaluated(latest)
	both := comparableCells(old, latest)
	all := map[cellKey]bool{}
	for k := range before {
		all[k] = true
	}
	for k := range after {
		all[k] = true
	}
	for k := range told {
		all[k] = true
	}
	for k := range all {
		want := ""
		if x, y := orUnreached(before[k]), orUnreached(after[k]); x != y {
			want = x + " → " + y
		}
		if both(k) && told[k].text != want {
			out = append(out, fmt.Sprintf("%v: told %q; want %q", k, told[k].text, want))
		}
	}
	slices.Sort(out)
	return out
}

func TestDifferenceIsThatOfTheGraphs(t *testing.T) {
	t.Parallel()
	for seed := range int64(twoChangesTried) {
		rng := rand.New(rand.NewSource(seed))
		old := authztest.Random(rng, authztest.RandomOptions{Complete: seed%2 == 1, Users: 5})
		latest := old
		for range 1 + rng.Intn(6) {
			latest, _ = authztest.Change(rng, latest)
		}
		o := graph.Options{EnforceDeny: seed%3 == 0}
		if out := wrongCells(build(t, old, o), build(t, latest, o)); len(out) > 0 {
			t.Fatalf("seed %d:\n%s\nold:\n%s\nnew:\n%s", seed, strings.Join(out[:min(8, len(out))], "\n"), authztest.Format(old),
				diffText(authztest.Format(old), authztest.Format(latest)))
		}
	}
}

// Small changes that leave as many grants as there were.
func TestDifferenceOfTheLike(t *testing.T) {
	t.Parallel()
	const base = `
division a
division b
role r routing:queue:view
role s routing:queue:edit
user ada in a
user bob in a
`
	for _, tt := range []struct{ name, old, latest string }{
		{"another role", "grant ada r a", "grant ada s a"},
		{"another division", "grant ada r a", "grant ada r b"},
		{"everywhere instead", "grant ada r a", "grant ada r *"},
		{"no longer everywhere", "grant ada r *", "grant ada r a"},
		{"it may be that roles do not reach members", "group g ada\ngrant g r a", "group g ada roles=false\ngrant g r a"},
		{"another principal", "grant ada r a", "grant bob r a"},
		{"nobody any more", "grant ada r a", ""},
		{"an access policy", "grant ada r a", "grant ada r a\npolicy p routing:queue:view deny user:ada active"},
		{"an access policy of somebody else", "grant ada r a", "grant ada r a\npolicy p routing:queue:view deny user:bob active"},
		{"the first of the users goes", "user aa in a\ngroup g aa\nrole n directory:user:view scope=group groups=g\ngrant ada n a", "group g\nrole n directory:user:view scope=group groups=g\ngrant ada n a"},
		{"another organization", "grant ada r a\norg o2\ndivision a\nuser eve in a\nrole r routing:queue:view\ngrant eve r a", "grant ada r a"},
		{"another organization comes", "grant ada r a", "grant ada r a\norg o2\ndivision a\nuser eve in a\nrole r routing:queue:view\ngrant eve r a"},
		{"a trust", "trust T full disabled", "trust T full enabled"},
		{"a narrowed role gives it wholly", "role n directory:user:view scope=self\ngrant ada n a", "role n directory:user:view\ngrant ada n a"},
		{"a role states something narrowed as well", "catalogue directory:user:view aware\nrole n routing:skill:view\ngrant ada n a", "catalogue directory:user:view aware\nrole n routing:skill:view\nrole n directory:user:view scope=self\ngrant ada n a"},
		{"a narrowed role everywhere", "role n directory:user:view scope=self\ngrant ada n a", "role n directory:user:view scope=self\ngrant ada n *"},
		{"the other of two queues", "queue q in a ada\nqueue w in a\nrole n routing:queue:join scope=assigned\ngrant ada n a", "queue q in a\nqueue w in a ada\nrole n routing:queue:join scope=assigned\ngrant ada n a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, deny := range []bool{false, true} {
				old := build(t, authztest.Parse(t, base+tt.old), graph.Options{EnforceDeny: deny})
				latest := build(t, authztest.Parse(t, base+tt.latest), graph.Options{EnforceDeny: deny})
				for _, out := range [][]string{wrongCells(old, latest), wrongCells(latest, old)} {
					if len(out) > 0 {
						t.Errorf("deny %v:\n%s", deny, strings.Join(out, "\n"))
					}
				}
			}
		})
	}
}

// What is gained is told of the divisions that there are, what is lost of those that
// there were.
func TestDifferenceOfDivisions(t *testing.T) {
	t.Parallel()
	const base = "division a\ncatalogue routing:queue:view aware\nrole r routing:queue:view\nuser ada in a\n"
	with, without := build(t, authztest.Parse(t, base+"division b\ngrant ada r *"), graph.Options{}), build(t, authztest.Parse(t, base), graph.Options{})
	for _, tt := range []struct {
		name        string
		old, latest *graph.Graph
		want        string
	}{
		{"gained with a division", without, with, "a b"},
		{"lost with a division", with, without, "a b"},
		{"gained without one that there was", build(t, authztest.Parse(t, base+"division b"), graph.Options{}), build(t, authztest.Parse(t, base+"grant ada r *"), graph.Options{}), "a"},
		{"lost without one that there is", build(t, authztest.Parse(t, base+"grant ada r *"), graph.Options{}), build(t, authztest.Parse(t, base+"division b"), graph.Options{}), "a"},
	} {
		told, _ := cells(graph.Compare(tt.old, tt.latest))
		var got []string
		for k := range told {
			got = append(got, k.division)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: told of %v; want %s", tt.name, got, tt.want)
		}
	}
}

// A permission that one of the two graphs does not know is there what the other says
// of it; where that does not know either, what a graph without a catalogue takes it for.
func TestDifferenceOfWhatOneDoesNotKnow(t *testing.T) {
	t.Parallel()
	const base = "division a\ndivision b\nrole r odd:*:view\nuser ada in a\ngrant ada r a\n"
	for _, tt := range []struct{ name, old, latest, want string }{
		{"a catalogue comes, in which no division limits it", base, base + "catalogue odd:thing:view unlimited", ""},
		{"a catalogue comes, in which divisions limit it", base, base + "catalogue odd:thing:view aware", ""},
		{"a catalogue comes that does not say", base, base + "catalogue odd:thing:view unflagged", "b: none false [] → conditional true []"},
		{"an organization comes, of whose permission nobody knows", "org o2\ndivision a\n", "org o2\ndivision a\norg o1\n" + base + "catalogue odd:thing:view unflagged", "a: none false [] → whole false []; b: none false [] → conditional true []"},
	} {
		told, _ := cells(graph.Compare(build(t, authztest.Parse(t, tt.old), graph.Options{}), build(t, authztest.Parse(t, tt.latest), graph.Options{})))
		var got []string
		for k, x := range told {
			if k.perm == "odd:thing:view" {
				got = append(got, k.division+": "+x.text)
			}
		}
		if slices.Sort(got); strings.Join(got, "; ") != tt.want {
			t.Errorf("%s: %q; want %q", tt.name, strings.Join(got, "; "), tt.want)
		}
	}
}

// Principals of a difference come by organization, kind, name and id.
func TestDifferenceOrder(t *testing.T) {
	t.Parallel()
	const org = `
division a
role r routing:queue:view
user u1 in a name=Bo
user u2 in a name=Al
user u3 in a name=Al
client c1 name=Zed type=CLIENT-CREDENTIALS
client c2 name=Yak type=CLIENT-CREDENTIALS
`
	const grants = "grant u1 r a\ngrant u2 r a\ngrant u3 r a\ngrant client:c1 r a source=client\ngrant client:c2 r a source=client\n"
	old := authztest.Parse(t, "org o1\n"+org+"org o2\n"+org)
	latest := authztest.Parse(t, "org o1\n"+org+grants+"org o2\n"+org+grants)
	for _, d := range []*graph.Difference{
		graph.Compare(build(t, old, graph.Options{}), build(t, latest, graph.Options{})),
		graph.Compare(build(t, latest, graph.Options{}), build(t, old, graph.Options{})),
	} {
		var got []string
		for _, b := range d.Blocks {
			for _, m := range b.Members {
				got = append(got, m.Key.Org+"/"+m.Key.ID)
			}
		}
		if want := "o1/c2 o1/c1 o1/u2 o1/u3 o1/u1 o2/c2 o2/c1 o2/u2 o2/u3 o2/u1"; strings.Join(got, " ") != want {
			t.Errorf("order %v; want %s", got, want)
		}
	}
}
