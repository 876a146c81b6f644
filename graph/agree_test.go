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
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// The graph and the reference evaluator, written apart from the same text, give
// the same answers on random organizations.
func TestAgreesWithReference(t *testing.T) {
	const parts = 4 // to use the machine's cores
	for part := range int64(parts) {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < organizations; seed += parts {
				agree(t, seed)
			}
		})
	}
}

// agree compares one random organization. One in four has no gaps, so that
// scopes and conditions are resolved often enough.
func agree(t *testing.T, seed int64) {
	t.Helper()
	r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: seed%4 == 3, Users: 6})
	if len(disagreements(r)) == 0 {
		return
	}
	small := r
	if shrinks {
		small = authztest.Shrink(r, func(r *authz.Records) bool { return len(disagreements(r)) > 0 })
	}
	t.Fatalf("seed %d: %s\n%s", seed, strings.Join(disagreements(small), "\n"), authztest.Format(small))
}

func FuzzAgreesWithReference(f *testing.F) {
	for seed := range int64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed int64) { agree(t, seed) })
}

// disagreements compares everything that both evaluators say of an organization.
func disagreements(r *authz.Records) []string {
	var out []string
	for _, deny := range []bool{false, true} {
		out = append(out, compare(r, deny)...)
		if len(out) > 5 {
			return out[:5]
		}
	}
	return out
}

// agreement holds both evaluators.
type agreement struct {
	g    *graph.Graph
	ref  *reference.Model
	out  []string
	orgs []string
}

func (a *agreement) differ(format string, args ...any) {
	a.out = append(a.out, fmt.Sprintf(format, args...))
}

func compare(r *authz.Records, deny bool) []string {
	g, err := graph.Build(r, graph.Options{EnforceDeny: deny})
	if err != nil {
		return []string{err.Error()}
	}
	a := &agreement{g: g, ref: reference.New(r, reference.Options{EnforceDeny: deny})}
	for _, o := range g.Organizations() {
		a.orgs = append(a.orgs, o.ID)
	}
	a.principals()
	a.classes()
	for _, org := range a.orgs {
		a.organization(org)
		if len(a.out) > 5 {
			break
		}
	}
	return a.out
}

func (a *agreement) principals() {
	var acting, dormant []string
	for p := range a.g.Acting().All() {
		acting = append(acting, show(a.g.Principal(p).Key))
	}
	for p := range a.g.DormantPrincipals().All() {
		dormant = append(dormant, show(a.g.Principal(p).Key))
	}
	a.lists("principals", keys(a.ref.Principals()), acting)
	a.lists("dormant", keys(a.ref.Dormant()), dormant)
}

func show(k authz.Key) string { return k.Org + "/" + k.String() }

func keys(list []authz.Key) []string {
	var out []string
	for _, k := range list {
		out = append(out, show(k))
	}
	return out
}

func (a *agreement) lists(what string, want, got []string) {
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		a.differ("%s: graph %v; reference %v", what, got, want)
	}
}

// probes are the permissions that are asked about: the universe, and some
// outside of it.
func (a *agreement) probes(org string) []graph.Perm {
	var out []graph.Perm
	var want, got []string
	for _, p := range a.g.Universe(org) {
		out = append(out, p)
		if !p.Kept {
			got = append(got, p.Pattern.String())
		}
	}
	for _, p := range a.ref.Universe(org) {
		want = append(want, p.String())
	}
	a.lists("universe of "+org, want, got)
	for _, name := range []string{"routing:queue:nothing", "telephony:user:nothing", "unheard_of"} {
		p, _ := authz.ParsePattern(name)
		out = append(out, a.g.Perm(org, p))
	}
	return out
}

func (a *agreement) organization(org string) {
	var divs []string
	for d := range a.g.DivisionsOf(org).All() {
		divs = append(divs, a.g.Divisions()[d].Key.ID)
	}
	a.lists("divisions of "+org, slices.Clone(a.ref.Divisions(org)), slices.Clone(divs))
	probes := a.probes(org)
	for d := range a.g.DivisionsOf(org).All() {
		for _, p := range probes {
			a.who(org, p, d)
			a.undetermined(org, p, d)
		}
		for _, some := range [][]graph.Perm{probes, everyOther(probes, 0), everyOther(probes, 1)} {
			a.whoAny(org, some, d)
		}
	}
	for p := range a.g.Acting().All() {
		if a.g.Principal(p).Key.Org == org {
			a.access(org, p)
		}
	}
}

// who compares the answer to one question, by several roads: who, reach, where,
// reasons, and what the reference says.
func (a *agreement) who(org string, m graph.Perm, d uint32) {
	div := a.g.Divisions()[d].Key.ID
	divs := graph.NewSet(len(a.g.Divisions()))
	divs.Add(d)
	h := a.g.Who(graph.Query{Org: org, Permissions: []graph.Perm{m}, Divisions: divs})
	want := a.ref.Who(org, m.Pattern, div)
	for p := range a.g.Acting().All() {
		k := a.g.Principal(p).Key
		if k.Org != org {
			continue
		}
		what := fmt.Sprintf("%s %s over %s", show(k), m.Pattern, div)
		if got := h.Level(p); got.String() != want[k].Level.String() {
			a.differ("who: %s: graph %v; reference %v", what, got, want[k].Level)
		}
		if got := a.g.Reach(p, m, d); got.String() != want[k].Level.String() {
			a.differ("reach alone: %s: graph %v; reference %v", what, got, want[k].Level)
		}
		if got := a.g.Where(p, m).Has(d); got != (want[k].Level != reference.None) {
			a.differ("where: %s: graph %v; reference %v", what, got, want[k].Level)
		}
		a.reach(what, want[k], a.fromReasons(p, m, d))
		a.reasons(what, a.ref.Reasons(k, m.Pattern, div), a.g.Reasons(p, m, d))
	}
}

// everyOther returns every second element.
func everyOther[T any](list []T, from int) []T {
	var out []T
	for i := from; i < len(list); i += 2 {
		out = append(out, list[i])
	}
	return out
}

// whoAny compares who has any of some permissions: each by the widest of them.
func (a *agreement) whoAny(org string, perms []graph.Perm, d uint32) {
	div := a.g.Divisions()[d].Key.ID
	divs := graph.NewSet(len(a.g.Divisions()))
	divs.Add(d)
	h := a.g.Who(graph.Query{Org: org, Permissions: perms, Divisions: divs})
	want := map[authz.Key]reference.Level{}
	for _, m := range perms {
		for k, r := range a.ref.Who(org, m.Pattern, div) {
			want[k] = max(want[k], r.Level)
		}
	}
	for p := range a.g.Acting().All() {
		k := a.g.Principal(p).Key
		if got := h.Level(p); k.Org == org && got.String() != want[k].String() {
			a.differ("who: %s by any of %d permissions over %s: graph %v; reference %v", show(k), len(perms), div, got, want[k])
		}
	}
}

type reachText struct {
	level      string
	unresolved bool
	things     []string
}

func (a *agreement) fromReasons(p uint32, m graph.Perm, d uint32) reachText {
	level := graph.None
	unresolved := false
	things := map[string]bool{}
	for _, r := range a.g.Reasons(p, m, d) {
		if r.Level > level {
			level, unresolved = r.Level, false
			clear(things)
		}
		if r.Level == level {
			unresolved = unresolved || r.Unresolved
			for _, t := range r.Things {
				things[a.g.ThingKey(t).String()] = true
			}
		}
	}
	return text(level, unresolved, things)
}

func text(level graph.Level, unresolved bool, things map[string]bool) reachText {
	t := reachText{level: level.String(), unresolved: unresolved}
	for k := range things {
		t.things = append(t.things, k)
	}
	slices.Sort(t.things)
	return t
}

func (a *agreement) reach(what string, want reference.Reach, got reachText) {
	w := reachText{level: want.Level.String(), unresolved: want.Unresolved}
	for k := range want.Resources {
		w.things = append(w.things, k.String())
	}
	slices.Sort(w.things)
	for i := range got.things { // an unknown member that may be a user is user:ID there
		got.things[i] = strings.Replace(got.things[i], "unknown:", "user:", 1)
	}
	slices.Sort(got.things)
	if w.level != got.level || w.unresolved != got.unresolved || !slices.Equal(w.things, got.things) {
		a.differ("reach: %s: graph %v; reference %v", what, got, w)
	}
}

func (a *agreement) reasons(what string, want []reference.Reason, got []graph.Reason) {
	var w, g []string
	for _, r := range want {
		w = append(w, fmt.Sprintf("%s %s@%s role %s %v hops %d", r.Subject, r.Role, r.Division, r.PolicyRole, r.Level, r.Hops))
	}
	for _, r := range got {
		if r.Trust != "" {
			g = append(g, fmt.Sprintf("trustee_organization:%s @* role  %v hops 0", r.Trust, r.Level))
			continue
		}
		role := r.Grant.Role
		if len(r.Inherits) > 0 {
			role = r.Inherits[len(r.Inherits)-1]
		}
		id := a.g.Role(role).Key.ID
		if r.Missing != "" {
			id = r.Missing
		}
		div := "*"
		if r.Grant.Division != graph.AnyDivision {
			div = a.g.Divisions()[r.Grant.Division].Key.ID
		}
		g = append(g, fmt.Sprintf("%s %s@%s role %s %v hops %d", a.g.NodeKey(r.Grant.Node), a.g.Role(r.Grant.Role).Key.ID, div, id, r.Level, len(r.Path)))
	}
	a.lists("reasons: "+what, w, g)
}

// undetermined compares what could change one answer and is not known: which
// members of what, which lines of which role, which skill groups. The reference
// tells of a role's lines once for each subject that it is granted to, the graph
// once for all.
func (a *agreement) undetermined(org string, m graph.Perm, d uint32) {
	divs := graph.NewSet(len(a.g.Divisions()))
	divs.Add(d)
	div := a.g.Divisions()[d].Key.ID
	var want, got []string
	for _, u := range a.ref.Undetermined(org, m.Pattern, div) {
		what := u.Subject.String()
		if u.Why == reference.WhyLines {
			what = "lines"
		}
		want = append(want, fmt.Sprintf("%s of %s@%s", what, u.Role, u.Division))
	}
	for _, u := range a.g.Undetermined(graph.Query{Org: org, Permissions: []graph.Perm{m}, Divisions: divs}) {
		switch {
		case u.Scopes, u.Subject.Kind == authz.KindAccessPolicy:
			got = append(got, u.Subject.String()+" of @")
		case u.Subject == (authz.Key{}):
			got = append(got, fmt.Sprintf("lines of %s@%s", u.Role, u.Division))
		default:
			got = append(got, fmt.Sprintf("%s of %s@%s", u.Subject, u.Role, u.Division))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	a.lists(fmt.Sprintf("undetermined: %s over %s", m.Pattern, div), slices.Compact(want), slices.Compact(got))
}

// access compares the rows of one principal, put together again by division.
func (a *agreement) access(org string, p uint32) {
	rows := a.g.Access(p)
	for _, row := range rows {
		a.tells(p, row)
	}
	at := func(id, d uint32) graph.Row {
		i := slices.IndexFunc(rows, func(r graph.Row) bool { return r.Permission.ID == id && r.Division == d })
		if i < 0 {
			return graph.Row{}
		}
		return rows[i]
	}
	for _, m := range a.g.Universe(org) {
		all := at(m.ID, graph.AnyDivision)
		for d := range a.g.DivisionsOf(org).All() {
			row := at(m.ID, d)
			if row.Level == graph.None {
				row = all
			}
			things := map[string]bool{}
			for _, x := range row.Things {
				if in := a.g.ThingDivision(x); in == d || in == graph.NoDivision {
					things[a.g.ThingKey(x).String()] = true
				}
			}
			got := text(row.Level, row.Unresolved, things)
			if row.Level == graph.Limited && len(things) == 0 {
				got = reachText{level: "none"}
			}
			a.reach(fmt.Sprintf("row of %s %s over %s", show(a.g.Principal(p).Key), m.Pattern, a.g.Divisions()[d].Key.ID),
				a.ref.Reach(a.g.Principal(p).Key, m.Pattern, a.g.Divisions()[d].Key.ID), got)
		}
	}
}

// tells compares what a row says of its derivations with the derivations.
func (a *agreement) tells(p uint32, row graph.Row) {
	reasons := a.g.Reasons(p, row.Permission, row.Division)
	level, because := graph.None, graph.Because(0)
	policies := graph.Because(0)
	for _, r := range reasons {
		policies |= r.Because & graph.BecauseAccessPolicy
		if r.Because &^= graph.BecauseAccessPolicy; r.Level == graph.Conditional && r.Because == 0 {
			r.Level = graph.Whole // but for the policies, which mark what is widest without them
		}
		if r.Level > level {
			level, because = r.Level, 0
		}
		if r.Level == level {
			because |= r.Because
		}
	}
	if policies != 0 {
		level, because = min(level, graph.Conditional), because|policies
	}
	if row.Level != level || row.Because != because || row.Reasons != len(reasons) || !slices.IsSorted(row.Things) {
		a.differ("row of %s %s over %d: %v because %v by %d; reasons: %v because %v by %d", show(a.g.Principal(p).Key), row.Permission.Pattern,
			row.Division, row.Level, row.Because.Texts(), row.Reasons, level, because.Texts(), len(reasons))
	}
}

// classes holds the classes of equal principals against their definition: equal
// principals have equal access, up to themselves; and what the reference takes
// for equal is not split.
func (a *agreement) classes() {
	at := map[authz.Key]int{}
	for i, c := range a.g.Classes(nil) {
		first := c.Members[0]
		for _, p := range c.Members {
			at[a.g.Principal(p).Key] = i
			if !a.sameAccess(first, p) {
				a.differ("classes: %s and %s are equal, and have other access", show(a.g.Principal(first).Key), show(a.g.Principal(p).Key))
			}
		}
	}
	for _, class := range a.ref.Classes() {
		for _, k := range class {
			if _, ok := a.g.FindPrincipal(k); ok && at[k] != at[class[0]] {
				a.differ("classes: %s and %s are not equal", show(class[0]), show(k))
			}
		}
	}
}

// sameAccess compares the rows of two principals: the same things, or the same
// up to each of them itself.
func (a *agreement) sameAccess(p, q uint32) bool {
	return slices.EqualFunc(a.g.Access(p), a.g.Access(q), func(x, y graph.Row) bool {
		return x.Permission.ID == y.Permission.ID && x.Division == y.Division && x.Level == y.Level && x.Unresolved == y.Unresolved &&
			(slices.Equal(x.Things, y.Things) || slices.Equal(others(x.Things, p, q), others(y.Things, p, q)))
	})
}

func others(things []graph.Thing, p, q uint32) []graph.Thing {
	return slices.DeleteFunc(slices.Clone(things), func(t graph.Thing) bool { return t == p || t == q })
}
