package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// unordered has two of everything that is listed, told in the wrong order. The
// names go the other way than the ids.
const unordered = `
org two name=Two
division x
user zoe
team u
queue q
grant user:gone r
grant zoe gone
role z unread
grant zoe z x
view w
org one name=One
division b
division a
queue q2 name=A in a
queue q1 name=B in a lists=SKILLGROUP:x,SKILL_GROUP:y,SKILLGROUP:z
queue q3 name=A in a
flow f2 name=A
flow f1 name=A
user bob name=A
user ada name=B
user cyd name=A
client zed name=A
client bot name=B
group h unread
group g unread
team t unread
role s x:y:z
role r x:y:z name=R
role u unread
role n unread name=N
trust U
policy p2 x:y:z deny user:ada active
policy p1 x:y:z deny user:ada active
trust T
user eve trustee=S
group crew trustee=R
group staff trustee=R
grant h s b
grant h r b
grant h r a
grant g s a
grant t r
grant ada u b
grant ada r
grant ada u a
grant ada n b
grant user:gone s b
grant user:gone s a
grant user:gone r b
grant user:away r b
`

func ordered(t *testing.T) *authz.Records {
	t.Helper()
	return authztest.Parse(t, unordered)
}

// Everything that is listed has one order, whatever the order of the records.
func TestOrder(t *testing.T) {
	t.Parallel()
	r := ordered(t)
	forward := lists(built(t, r.Clone()))
	backward := r.Clone()
	slices.Reverse(backward.Organization)
	slices.Reverse(backward.Division)
	slices.Reverse(backward.User)
	slices.Reverse(backward.Client)
	slices.Reverse(backward.Group)
	slices.Reverse(backward.Team)
	slices.Reverse(backward.Role)
	slices.Reverse(backward.Grant)
	slices.Reverse(backward.Resource)
	slices.Reverse(backward.Trust)
	slices.Reverse(backward.AccessPolicy)
	if d := cmp.Diff(forward, lists(built(t, backward))); d != "" {
		t.Errorf("the records the other way round (-forward +backward):\n%s", d)
	}
	want := map[string]string{
		"organizations": "one two",
		"divisions":     "one/a one/b two/x",
		"resources":     "one/flow:f1 one/flow:f2 one/queue:q2 one/queue:q3 one/queue:q1 two/queue:q",
		"principals": "one/oauth_client:zed one/oauth_client:bot one/trustee_group:crew one/trustee_group:staff one/trustee_user:eve " +
			"one/user:bob one/user:cyd one/user:ada two/user:zoe",
		"groups":   "one/group:g one/group:h one/team:t two/team:u",
		"trusts":   "one/T one/U",
		"trustees": "R S T U",
		"dangling": "one/user:away rR@b one/user:gone rR@b one/user:gone s@a one/user:gone s@b two/user:gone r@ two/user:zoe gone@",
		"undetermined": "any n@b any u@a any u@b group:g s@a group:h r@a group:h r@b group:h s@b " +
			"queue:q1 this queue lists a skill_group, whose members are not read @a queue:q1 this queue lists a skillgroup, whose members are not read @a team:t r@* any z@x",
		"roles":    "one/n one/r one/s one/u two/z",
		"policies": "p1 p2",
	}
	if d := cmp.Diff(want, forward); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// lists are all lists of a graph, in its order.
func lists(g *graph.Graph) map[string]string {
	out := map[string][]string{}
	add := func(list, format string, args ...any) { out[list] = append(out[list], fmt.Sprintf(format, args...)) }
	for _, o := range g.Organizations() {
		add("organizations", "%s", o.ID)
	}
	for _, d := range g.Divisions() {
		add("divisions", "%s/%s", d.Key.Org, d.Key.ID)
	}
	for _, r := range g.Resources() {
		add("resources", "%s", show(r.Key()))
	}
	for p := range g.Principals() {
		add("principals", "%s", show(g.Principal(uint32(p)).Key))
	}
	for _, n := range g.Groups() {
		add("groups", "%s", show(n.Key))
	}
	for _, x := range g.Trusts() {
		add("trusts", "%s/%s", x.Org, x.ID)
	}
	out["trustees"] = g.TrusteeOrganizations("one")
	for _, d := range g.Dangling() {
		add("dangling", "%s %s@%s", show(d.Subject), d.Role+d.RoleName, d.Division)
	}
	for _, u := range g.AllUndetermined() {
		who := "any"
		if u.Subject != (authz.Key{}) {
			who = u.Subject.String()
		}
		if u.Subject.Kind == authz.KindQueue {
			who += " " + u.Why
		}
		add("undetermined", "%s %s@%s", who, u.Role, u.Division)
	}
	for n := range g.Roles() {
		add("roles", "%s/%s", g.Role(uint32(n)).Key.Org, g.Role(uint32(n)).Key.ID)
	}
	ada, _ := g.FindPrincipal(authz.Key{Org: "one", Kind: authz.KindUser, ID: "ada"})
	for _, r := range g.Reasons(ada, g.Perm("one", authz.NewPattern("x", "y", "z")), graph.AnyDivision) {
		for _, p := range r.AccessPolicies {
			add("policies", "%s", p.ID)
		}
	}
	all := map[string]string{}
	for name, list := range out {
		all[name] = strings.Join(list, " ")
	}
	return all
}
