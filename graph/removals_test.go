package graph_test

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// removalsIn returns everything that can be taken away from an organization.
func removalsIn(g *graph.Graph, org string) []graph.Removal {
	var out []graph.Removal
	add := func(r graph.Removal) {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for n := range uint32(g.Nodes()) {
		k := g.NodeKey(n)
		if k.Org != org {
			continue
		}
		for _, x := range g.GrantsOf(n) {
			add(graph.Removal{Kind: graph.RemoveGrant, Node: n, Role: x.Role, Division: x.Division})
		}
		for _, to := range g.HeldBy(n) {
			if g.NodeKey(to).Org == org {
				add(graph.Removal{Kind: graph.RemoveMember, Node: n, Into: to})
			}
		}
		if k.Kind == authz.KindClient {
			add(graph.Removal{Kind: graph.RemoveClient, Node: n})
		}
		if int(n) < g.Principals() && g.Principal(n).Trustee != "" {
			add(graph.Removal{Kind: graph.RemoveTrust, Trust: authz.Key{Org: org, Kind: authz.KindTrust, ID: g.Principal(n).Trustee}})
		}
	}
	for n := range uint32(g.Roles()) {
		r := g.Role(n)
		if r.Key.Org != org {
			continue
		}
		for _, p := range g.Stated(n) {
			add(graph.Removal{Kind: graph.RemovePolicy, Role: n, Pattern: p})
		}
		for _, entry := range r.Record.Inherits {
			add(graph.Removal{Kind: graph.RemoveInheritance, Role: n, Heir: heirID(g, org, entry)})
		}
	}
	return out
}

// heirID returns the id of the first role that an entry names, by id or else by name.
func heirID(g *graph.Graph, org, entry string) string {
	id := ""
	for n := range uint32(g.Roles()) {
		r := g.Role(n)
		switch {
		case r.Key.Org != org:
		case r.Key.ID == entry:
			return entry
		case r.Known && r.Record.Name == entry && id == "":
			id = r.Key.ID
		}
	}
	if id == "" {
		return entry
	}
	return id
}

// someRemovals draws a few of an organization's removals, of each kind alike.
func someRemovals(rng *rand.Rand, g *graph.Graph, org string) []graph.Removal {
	byKind := map[graph.RemovalKind][]graph.Removal{}
	for _, r := range removalsIn(g, org) {
		byKind[r.Kind] = append(byKind[r.Kind], r)
	}
	kinds := slices.Sorted(maps.Keys(byKind))
	var out []graph.Removal
	for range min(len(kinds), 1) * (1 + rng.Intn(3)) {
		list := byKind[kinds[rng.Intn(len(kinds))]]
		if r := list[rng.Intn(len(list))]; !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// removalsAsked is of how many random organizations things are taken away.
const removalsAsked = 400

// What is lost with removals is what two evaluations differ in; only those lose
// anything whom the removals affect; and who is not personal loses what its like do.
func TestLossesAreThoseOfTheGraphs(t *testing.T) {
	t.Parallel()
	less := 0
	for seed := range int64(removalsAsked) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 6, Complete: seed%3 != 0})
		g := build(t, r, graph.Options{EnforceDeny: seed%4 == 0})
		for _, o := range g.Organizations() {
			gone := someRemovals(rng, g, o.ID)
			after := g.Without(gone)
			wrong, n := wrongLosses(g, after, gone)
			less += n
			if len(wrong) > 0 {
				t.Fatalf("seed %d: %+v\n%s\n%s", seed, gone, strings.Join(wrong[:min(5, len(wrong))], "\n"), authztest.Format(r))
			}
		}
	}
	if less < removalsAsked {
		t.Errorf("only %d cells are less", less)
	}
}

func wrongLosses(g, after *graph.Graph, gone []graph.Removal) (wrong []string, n int) {
	before, then := evaluated(g), evaluated(after)
	affected := g.Affected(gone)
	losses := g.Losses(after)
	told := map[cellKey]graph.Level{}
	for p := range g.Acting().All() {
		k := g.Principal(p).Key
		for _, l := range losses(p) {
			for id := range l.Permissions.All() {
				for d := range l.Divisions.All() {
					if v := g.Divisions()[d]; v.Key.Org == k.Org {
						told[cellKey{k, g.Universe(k.Org)[id].Pattern.String(), v.Key.ID}] = l.Level
					}
				}
			}
		}
	}
	for k, was := range before {
		is := orUnreached(then[k])
		level, tells := told[k]
		if want := lesser(was, is); tells != want || (tells && level.String() != strings.Fields(is)[0]) {
			wrong = append(wrong, fmt.Sprintf("%v: %s → %s: told %v (%v)", k, was, is, tells, level))
		} else if want {
			n++
		}
		delete(told, k)
		if p, _ := g.FindPrincipal(k.p); was != is && !affected.Has(p) {
			wrong = append(wrong, fmt.Sprintf("%v: %s → %s: not affected", k, was, is))
		}
	}
	for k := range told {
		wrong = append(wrong, fmt.Sprintf("%v: told, and there was nothing", k))
	}
	slices.Sort(wrong)
	return wrong, n
}

// lesser reports whether a reach is less than another: of a lower level, or limited
// without some thing.
func lesser(was, is string) bool {
	a, b := strings.SplitN(was, " ", 3), strings.SplitN(is, " ", 3)
	var x, y graph.Level
	_, _ = x.UnmarshalText([]byte(a[0])), y.UnmarshalText([]byte(b[0]))
	if x != y || x != graph.Limited {
		return y < x
	}
	there := strings.Fields(strings.Trim(b[2], "[]"))
	return slices.ContainsFunc(strings.Fields(strings.Trim(a[2], "[]")), func(t string) bool { return !slices.Contains(there, t) })
}

// Of grants that are redundant nobody has less without them all; where no role
// narrows anything, what is not redundant is missed by somebody who is live.
func TestRedundantGrants(t *testing.T) {
	t.Parallel()
	redundant, needed := 0, 0
	for seed := range int64(removalsAsked) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 6, Complete: seed%2 == 0})
		if seed%2 == 0 {
			plain(r)
		}
		g := build(t, r, graph.Options{})
		for _, o := range g.Organizations() {
			var grants []graph.Removal
			for _, x := range removalsIn(g, o.ID) {
				if x.Kind == graph.RemoveGrant || rng.Intn(20) == 0 {
					grants = append(grants, x)
				}
			}
			rng.Shuffle(len(grants), func(i, j int) { grants[i], grants[j] = grants[j], grants[i] })
			gone := g.Redundant(grants)
			before := evaluated(g)
			after := evaluated(g.Without(gone))
			for k, was := range before {
				if is := orUnreached(after[k]); lesser(was, is) {
					t.Fatalf("seed %d: without the redundant %+v, %v is %s, not %s\n%s", seed, gone, k, is, was, authztest.Format(r))
				}
			}
			redundant += len(gone)
			for i, x := range grants {
				switch {
				case slices.Contains(gone, x):
				case x.Kind != graph.RemoveGrant, seed%2 != 0, x.Division == graph.AnyDivision, !onlyActing(g, x.Node), doubted(g, x.Role):
				case maps.Equal(before, evaluated(g.Without(append(earlier(gone, grants[:i]), x)))):
					t.Fatalf("seed %d: nobody misses %+v\n%s", seed, x, authztest.Format(r))
				default:
					needed++
				}
			}
		}
	}
	if redundant < 50 || needed < 50 {
		t.Errorf("%d grants are redundant, %d needed", redundant, needed)
	}
}

// onlyActing reports whether a node has members, and all of them are live.
func onlyActing(g *graph.Graph, n uint32) bool {
	list := g.Members(n)
	return len(list) > 0 && !slices.ContainsFunc(list, func(p uint32) bool { return !g.Acting().Has(p) })
}

// doubted reports whether it is not known of a permission of a role whether divisions
// limit it.
func doubted(g *graph.Graph, role uint32) bool {
	r := g.Role(role)
	u := g.Universe(r.Key.Org)
	for id := range r.Permissions.All() {
		if u[id].Aware == authz.Unknown {
			return true
		}
	}
	return false
}

// earlier returns those of a list that stand in another.
func earlier(list, in []graph.Removal) []graph.Removal {
	var out []graph.Removal
	for _, r := range list {
		if slices.Contains(in, r) {
			out = append(out, r)
		}
	}
	return out
}

// plain makes roles give what they state, and nothing be in doubt.
func plain(r *authz.Records) {
	r.AccessPolicy = nil
	roles := map[string]bool{}
	for i := range r.Role {
		v := &r.Role[i]
		roles[v.Org+" "+v.ID] = true
		v.Inherits = nil
		v.Policies = slices.DeleteFunc(v.Policies, func(p authz.Policy) bool { return p.Guide != "" })
		for j, p := range v.Policies {
			v.Policies[j] = authz.Policy{Domain: p.Domain, Entity: p.Entity, Action: p.Action}
		}
	}
	r.Grant = slices.DeleteFunc(r.Grant, func(g authz.Grant) bool { return !roles[g.Org+" "+g.Role] })
	for i := range r.Group {
		r.Group[i].RolesEnabled = authz.True
	}
	for i := range r.Permission {
		if r.Permission[i].DivisionAware == authz.Unknown {
			r.Permission[i].DivisionAware = authz.True
		}
	}
}

// Who leaves a group at home leaves it as the trustee's user elsewhere, too, and is
// affected there.
func TestAffectedElsewhere(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, `
org o1
division a
role r routing:queue:view
trust p1
user u trustee=p1
group g trustee=p1
grant trustee_group:g r a
org p1
division p
user u in p
group g u
`))
	find := func(k authz.Key) uint32 {
		n, ok := g.FindNode(k)
		if !ok {
			t.Fatalf("no %v", k)
		}
		return n
	}
	home, into := find(authz.Key{Org: "p1", Kind: authz.KindUser, ID: "u"}), find(authz.Key{Org: "p1", Kind: authz.KindGroup, ID: "g"})
	here := find(authz.Key{Org: "o1", Kind: authz.KindTrusteeUser, ID: "u"})
	gone := []graph.Removal{{Kind: graph.RemoveMember, Node: home, Into: into}}
	if len(g.Access(here)) == 0 || len(g.Without(gone).Access(here)) > 0 {
		t.Fatalf("access of the trustee's user: %d rows before, %d after", len(g.Access(here)), len(g.Without(gone).Access(here)))
	}
	if !g.Affected(gone).Has(here) {
		t.Error("the trustee's user is not affected")
	}
}

// What removals leave of principals and groups, and what they say of grants to nobody.
func TestRemovalsOfRecords(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, `
division a
role r routing:queue:view
role own directory:user:view scope=self
user ada in a
user bob in a
user tom trustee=T
trust T
client bot type=CLIENT-CREDENTIALS
group g ada owners=ada include=true
group nobody
grant nobody r a
grant bob own a
`))
	org := g.Organizations()[0].ID
	find := func(kind authz.Kind, id string) uint32 {
		n, ok := g.FindNode(authz.Key{Org: org, Kind: kind, ID: id})
		if !ok {
			t.Fatalf("no %v %s", kind, id)
		}
		return n
	}
	ada, group := find(authz.KindUser, "ada"), find(authz.KindGroup, "g")
	after := g.Without([]graph.Removal{{Kind: graph.RemoveMember, Node: ada, Into: group}})
	if !g.Owns(ada, group) || after.Owns(ada, group) {
		t.Errorf("owns the group: %v, and without the membership %v", g.Owns(ada, group), after.Owns(ada, group))
	}
	bot, tom := find(authz.KindClient, "bot"), find(authz.KindTrusteeUser, "tom")
	after = g.Without([]graph.Removal{{Kind: graph.RemoveClient, Node: bot}, {Kind: graph.RemoveTrust, Trust: authz.Key{Org: org, Kind: authz.KindTrust, ID: "T"}}})
	if b, u := after.Principal(bot), after.Principal(tom); b.Live || b.State != "inactive" || u.Live || u.State != g.Principal(tom).State {
		t.Errorf("the client is live %v, %q; the trustee's user live %v, %q", b.Live, b.State, u.Live, u.State)
	}
	var grants []graph.Removal
	for _, r := range removalsIn(g, org) {
		if r.Kind == graph.RemoveGrant {
			grants = append(grants, r)
		}
	}
	if gone := g.Redundant(grants); len(gone) > 0 {
		t.Errorf("redundant: %+v", gone)
	}
	if g.Personal(ada) || !g.Personal(find(authz.KindUser, "bob")) {
		t.Errorf("access is personal: of who holds nothing %v, of who has a scope of its own %v", g.Personal(ada), g.Personal(find(authz.KindUser, "bob")))
	}
	policed := built(t, authztest.Parse(t, "division a\nuser ada in a\npolicy p routing:queue:view deny user:ada active"))
	if p, _ := policed.FindPrincipal(authz.Key{Org: org, Kind: authz.KindUser, ID: "ada"}); !policed.Personal(p) {
		t.Error("where there is an access policy, access is not personal")
	}
}

// A grant that is taken away affects whom it reaches, and nobody else with the role.
func TestAffectedByAGrant(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, `
division a
role r routing:queue:view
user ada in a
user bob in a
user eve in a
group g ada
grant g r a
grant bob r a
`))
	for _, r := range removalsIn(g, g.Organizations()[0].ID) {
		if r.Kind != graph.RemoveGrant {
			continue
		}
		want := map[string]string{"g": "ada", "bob": "bob"}[g.NodeKey(r.Node).ID]
		var got []string
		for p := range g.Affected([]graph.Removal{r}).All() {
			got = append(got, g.Principal(p).Key.ID)
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("the grant of %s affects %v; want %s", g.NodeKey(r.Node).ID, got, want)
		}
	}
}

// Where there is no role, who is let in by a trust alone loses what the trust gave.
func TestLossesWithoutRoles(t *testing.T) {
	t.Parallel()
	g := built(t, authztest.Parse(t, "division a\ncatalogue routing:queue:view aware\ntrust T enabled full\n"))
	org := g.Organizations()[0].ID
	trust := authz.Key{Org: org, Kind: authz.KindTrust, ID: "T"}
	p, ok := g.FindPrincipal(authz.Key{Org: org, Kind: authz.KindTrusteeOrganization, ID: "T"})
	if !ok || g.Roles() != 0 {
		t.Fatalf("the trustee organization is there %v, beside %d roles", ok, g.Roles())
	}
	losses := g.Losses(g.Without([]graph.Removal{{Kind: graph.RemoveTrust, Trust: trust}}))(p)
	if len(losses) != 1 || losses[0].Level != graph.None || losses[0].Permissions.Empty() {
		t.Errorf("losses without the trust: %+v; want all permissions", losses)
	}
}
