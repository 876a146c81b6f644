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

// Of several roles that were edited, each way that a cause tells of is enough,
// made alone, and no part of it is; and where it is the only one, the difference
// is not there without any change of it.
func TestCausesMadeAlone(t *testing.T) {
	t.Parallel()
	told := 0
	for seed := range int64(organizations / 8) {
		rng := rand.New(rand.NewSource(seed))
		old := authztest.Random(rng, authztest.RandomOptions{Complete: true, Users: 5})
		latest := editedRoles(rng, old, 4+rng.Intn(8))
		out, n := wrongWays(old, latest)
		if told += n; len(out) > 0 {
			t.Fatalf("seed %d:\n%s\nold:\n%s\nnew:\n%s", seed, strings.Join(out[:min(8, len(out))], "\n"), authztest.Format(old), diffText(authztest.Format(old), authztest.Format(latest)))
		}
	}
	if told == 0 {
		t.Error("no cause has several ways or changes")
	}
}

// Which ways a cause tells of.
func TestWays(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ old, latest, want string }{
		"each alone":                 {"", "role r1 routing:queue:edit\nrole r2 routing:queue:edit", "routing:queue:edit: r1 | r2"},
		"lost with both":             {"role r1 routing:queue:edit\nrole r2 routing:queue:edit", "", "routing:queue:edit: r1+r2"},
		"together":                   {"", "role r4 routing:queue:edit\nrole r3 inherits r4", "routing:queue:edit: r3+r4"},
		"inherited or together":      {"", "role r4 routing:queue:edit\nrole r3 inherits r4\nrole r2 routing:queue:edit", "routing:queue:edit: r2 | r3+r4"},
		"inherits, others edited":    {"role r4 routing:queue:edit", "role r4 routing:queue:edit\nrole r3 inherits r4\nrole r2 directory:user:view", "directory:user:view: r2; routing:queue:edit: r3"},
		"heir gone, or not inherits": {"role r4 routing:queue:edit\nrole r3 inherits r4", "", "routing:queue:edit: r3 | r4"},
		"grant and role":             {"role r5", "role r5 routing:queue:edit\ngrant ada r5 a", "routing:queue:edit: r5 in a+r5"},
		"group or grant":             {"role r5 routing:queue:edit\ngroup g\ngrant g r5 a", "role r5 routing:queue:edit\ngroup g ada\ngrant g r5 a\ngrant ada r5 a", "routing:queue:edit: r5 in a | g"},
		"queues of a scope": {
			"role r3 routing:queue:edit scope=assigned\nqueue q in a\nqueue q2 in a", "role r3 routing:queue:edit scope=assigned\nqueue q in a ada\nqueue q2 in a ada",
			"routing:queue:edit: q+q2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			const base = `
division a
user ada in a
role r1
role r2
role r3
grant ada r1 a
grant ada r2 a
grant ada r3 a
`
			a, b := built(t, authztest.Parse(t, base+x.old)), built(t, authztest.Parse(t, base+x.latest))
			if got := waysText(graph.Compare(a, b)); got != x.want {
				t.Errorf("ways: %s; want %s", got, x.want)
			}
		})
	}
}

// waysText says by which ways each permission changed.
func waysText(d *graph.Difference) string {
	var out []string
	for _, b := range d.Blocks {
		for _, c := range b.Changes {
			var ways []string
			for _, w := range c.Cause.Ways {
				var items []string
				for _, r := range w {
					text := r.Record.ID
					if r.Kind == graph.CauseGrant {
						text += " in " + r.Division
					}
					items = append(items, text)
				}
				ways = append(ways, strings.Join(items, "+"))
			}
			for id := range c.Permissions.All() {
				out = append(out, d.Permissions(b.Org)[id].Name+": "+strings.Join(ways, " | "))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "; ")
}

// editedRoles makes some random changes to what roles state. What they inherit stays
// as it is: with a part of such changes a role can come to inherit what another
// part took away, so that neither organization has what the mixture has.
func editedRoles(rng *rand.Rand, r *authz.Records, n int) *authz.Records {
	for range 40 * n {
		c, cause := authztest.Change(rng, r)
		if (cause == "role" || cause == "scope") && sameInheritance(r, c) {
			r = c
			if n--; n == 0 {
				break
			}
		}
	}
	return r
}

func sameInheritance(a, b *authz.Records) bool {
	if len(a.Role) != len(b.Role) {
		return false // others may inherit from what is gone, by its name
	}
	return slices.EqualFunc(a.Role, b.Role, func(x, y authz.Role) bool { return slices.Equal(x.Inherits, y.Inherits) })
}

// wrongWays also returns how many causes tell more than one change.
func wrongWays(old, latest *authz.Records) (out []string, told int) {
	w := mixer{old: old, latest: latest, made: map[string]map[cellKey]graph.Change{}}
	d, err := w.compare(old, latest)
	if err != nil {
		return []string{err.Error()}, 0
	}
	for k, c := range d {
		if p, _ := authz.ParsePattern(k.perm); p.IsWild() || onlyMark(c) {
			continue // a pattern is a permission only where nothing is that it covers
		}
		if len(c.Cause.Ways) == 0 {
			out = append(out, fmt.Sprintf("%v: no way: %v", k, c.Cause.Records))
		}
		if len(c.Cause.Ways) != 1 || len(c.Cause.Ways[0]) != 1 {
			told++
		}
		for _, way := range c.Cause.Ways {
			if !moves(w.with(way)[k], c) {
				out = append(out, fmt.Sprintf("%v %s → %s: not made by %v alone", k, c.From.Level, c.To.Level, way))
			}
			for i := range way {
				part := slices.Delete(slices.Clone(way), i, i+1)
				if len(part) > 0 && moves(w.with(part)[k], c) {
					out = append(out, fmt.Sprintf("%v %s → %s: made by %v, a part of %v", k, c.From.Level, c.To.Level, part, way))
				}
				if len(c.Cause.Ways) == 1 && moves(w.without(way[i])[k], c) {
					out = append(out, fmt.Sprintf("%v %s → %s: there without %v, of the only way %v", k, c.From.Level, c.To.Level, way[i], way))
				}
			}
		}
	}
	slices.Sort(out)
	return out, told
}

// onlyMark reports whether of a limited reach nothing but the mark differs: why is
// told of all together.
func onlyMark(c graph.Change) bool {
	return c.From.Level == c.To.Level && slices.Equal(c.From.Things, c.To.Things)
}

// moves reports whether a change is of the same kind as another and goes as far.
func moves(got, want graph.Change) bool {
	gained, lost := beyond(want.To.Things, want.From.Things), beyond(want.From.Things, want.To.Things)
	switch {
	case got.Cause.Kind == "": // nothing differs
		return false
	case want.To.Level > want.From.Level:
		return got.To.Level >= want.To.Level && (want.To.Level > graph.Limited || len(beyond(gained, got.To.Things)) == 0)
	case want.To.Level < want.From.Level:
		return got.To.Level <= want.To.Level
	default:
		return len(beyond(gained, got.To.Things)) == 0 && len(beyond(lost, got.From.Things)) == 0 && len(beyond(got.To.Things, lost)) == len(got.To.Things)
	}
}

// beyond returns what of a b lacks.
func beyond(a, b []authz.Key) []authz.Key {
	return slices.DeleteFunc(slices.Clone(a), func(k authz.Key) bool { return slices.Contains(b, k) })
}

// A mixer makes organizations in which only some roles were edited.
type mixer struct {
	old, latest *authz.Records
	made        map[string]map[cellKey]graph.Change
}

func (w *mixer) with(way []graph.CauseRecord) map[cellKey]graph.Change {
	return w.mixed(w.old, w.latest, way)
}

func (w *mixer) without(r graph.CauseRecord) map[cellKey]graph.Change {
	return w.mixed(w.latest, w.old, []graph.CauseRecord{r})
}

// mixed compares the old organization with a base in which some roles are those of
// another.
func (w *mixer) mixed(base, other *authz.Records, list []graph.CauseRecord) map[cellKey]graph.Change {
	key := fmt.Sprint(base == w.old)
	for _, c := range list {
		key += " " + c.Record.Org + "/" + c.Record.ID
	}
	if _, ok := w.made[key]; !ok {
		r := base.Clone()
		for _, c := range list {
			r.Role = slices.DeleteFunc(r.Role, func(v authz.Role) bool { return v.Key() == c.Record })
			for _, v := range other.Role {
				if v.Key() == c.Record {
					r.Role = append(r.Role, v)
				}
			}
		}
		w.made[key], _ = w.compare(w.old, r)
	}
	return w.made[key]
}

func (w *mixer) compare(old, latest *authz.Records) (map[cellKey]graph.Change, error) {
	a, err := graph.Build(old, graph.Options{})
	if err != nil {
		return nil, err
	}
	b, err := graph.Build(latest, graph.Options{})
	if err != nil {
		return nil, err
	}
	d := graph.Compare(a, b)
	out := map[cellKey]graph.Change{}
	for _, block := range d.Blocks {
		for _, m := range block.Members {
			for _, c := range block.Changes {
				c.From, c.To = spelled(m.Key, c.From), spelled(m.Key, c.To)
				for id := range c.Permissions.All() {
					for div := range c.Divisions.All() {
						out[cellKey{m.Key, d.Permissions(block.Org)[id].Pattern.String(), d.Divisions[div].Key.ID}] = c
					}
				}
			}
		}
	}
	return out, nil
}

// spelled returns a reach with the principal itself among its things.
func spelled(p authz.Key, e graph.Extended) graph.Extended {
	if e.Self {
		e.Things = append(slices.Clone(e.Things), p)
	}
	return e
}
