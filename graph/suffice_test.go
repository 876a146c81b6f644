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

// twoChanges are two changes of records of different kinds, each alone and both:
// what each did to the old records it did to those with the other change, too.
type twoChanges struct {
	old, first, second, both *authz.Records
	causes                   [2]string
}

func randomTwo(seed int64) (c twoChanges, ok bool) {
	rng := rand.New(rand.NewSource(seed))
	c.old = authztest.Random(rng, authztest.RandomOptions{Complete: seed%2 == 1, Users: 5})
	s, t := rng.Int63(), rng.Int63()
	change := func(seed int64, r *authz.Records) (*authz.Records, string) {
		return authztest.Change(rand.New(rand.NewSource(seed)), r)
	}
	var again [2]string
	var other *authz.Records
	c.first, c.causes[0] = change(s, c.old)
	c.second, c.causes[1] = change(t, c.old)
	c.both, again[1] = change(t, c.first)
	other, again[0] = change(s, c.second)
	return c, c.causes == again && !slices.Contains(c.causes[:], "") && c.causes[0] != c.causes[1] &&
		authztest.Format(c.both) == authztest.Format(other)
}

// Of two changes at once, those are told as the cause of what differs that bring it
// about alone; and both where neither does, or each.
func TestCauseIsWhatSuffices(t *testing.T) {
	t.Parallel()
	counted := 0
	for seed := range int64(twoChangesTried) {
		c, ok := randomTwo(seed)
		if !ok {
			continue
		}
		for _, deny := range []bool{false, true} {
			n, wrong := c.wrongCauses(t, deny)
			if counted += n; len(wrong) > 0 {
				old := authztest.Format(c.old)
				t.Errorf("seed %d, deny %v: %v\n%s\n%s\nfirst:\n%s\nsecond:\n%s", seed, deny, c.causes, wrong[0], old,
					diffText(old, authztest.Format(c.first)), diffText(old, authztest.Format(c.second)))
			}
		}
	}
	t.Logf("%d cells", counted)
}

// wrongCauses compares the causes that are told with those of the changes that bring
// it about.
func (c twoChanges) wrongCauses(t *testing.T, deny bool) (counted int, wrong []string) {
	t.Helper()
	o := graph.Options{EnforceDeny: deny}
	graphs := []*graph.Graph{build(t, c.old, o), build(t, c.both, o), build(t, c.first, o), build(t, c.second, o)}
	both, twice := cells(graph.Compare(graphs[0], graphs[1]))
	first, _ := cells(graph.Compare(graphs[0], graphs[2]))
	second, _ := cells(graph.Compare(graphs[0], graphs[3]))
	for k, x := range both {
		want, sure := c.sufficient(x.text, first[k].text, second[k].text)
		if !sure || !askedOfAll(graphs, k) {
			continue
		}
		counted++
		if got := c.plain(x.kinds); !slices.Equal(got, want) {
			wrong = append(wrong, fmt.Sprintf("%v: %s: told %v; want %v", k, x.text, got, want))
		}
	}
	slices.Sort(wrong)
	return counted, append(twice, wrong...)
}

// sufficient returns the causes that suffice for a difference, given what each of
// the changes makes alone. Sure is false where that is a matter of degree, and where
// a role is edited: what it would have given is known of the role as it is alone.
func (c twoChanges) sufficient(both, first, second string) (want []string, sure bool) {
	if slices.Contains(c.causes[:], "role") {
		return nil, false
	}
	switch {
	case both == first && second == "":
		return c.causes[:1], true
	case both == second && first == "":
		return c.causes[1:], true
	case first == second && (first == both || first == ""):
		want = slices.Clone(c.causes[:])
		slices.Sort(want)
		return want, true
	default:
		return nil, false
	}
}

// plain returns the kinds that are told, those that say the same of a change as one.
func (c twoChanges) plain(told []string) []string {
	out := slices.Clone(told)
	for i, k := range out {
		for _, cause := range c.causes {
			if !slices.Contains(c.causes[:], k) && slices.Contains(alike()[cause], k) {
				out[i] = cause
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// askedOfAll reports whether all graphs know the principal and the permission of a
// cell: of what one does not know it tells nothing more.
func askedOfAll(graphs []*graph.Graph, k cellKey) bool {
	perm, err := authz.ParsePattern(k.perm)
	return err == nil && !slices.ContainsFunc(graphs, func(g *graph.Graph) bool {
		_, known := g.FindPrincipal(k.p)
		return !known || g.Perm(k.p.Org, perm).ID == graph.OutsideUniverse
	})
}

// What was once told of a difference that had another cause.
func TestCausesThatWereWrong(t *testing.T) {
	t.Parallel()
	const line, users = "\nrole r routing:queue:view\n", "division a\nuser ada in a\nuser bob in a\n"
	for _, tt := range []struct{ name, both, old, latest, want string }{
		{
			"the trust of a trustee's group is switched off: its own state is as it was",
			users + "group x ada trustee=T" + line + "grant trustee_group:x r", "trust T enabled", "trust T disabled",
			"trust trust:T",
		},
		{
			"a catalogue now says that divisions limit one of the permissions of a line",
			`
catalogue routing:queue:view aware
role r routing:*:view scope=self
division a
division b
user ada in *
grant ada r a
`, "catalogue routing:wrapupcode:view unlimited\ncatalogue routing:skill:view unlimited", "catalogue routing:wrapupcode:view aware\ncatalogue routing:skill:view unlimited",
			"catalogue",
		},
		{
			"a role inherits one that does not exist, and then roles were not all read",
			users + line + "role r inherits gone\ngrant ada r a", "", "cover roles partial",
			"coverage",
		},
		{
			"a role that was not read, and the only grant of it is revoked",
			users + line + "role s unread\ncover roles partial\ngrant bob r a", "grant ada x a", "",
			"grant role:x",
		},
		{
			"a group that a scope speaks of has another owner",
			users + "user eve in a\nrole r directory:user:view scope=group groups=g\ngrant ada r *", "group g bob owners=bob include=true\ngrant g r a", "group g bob owners=bob,eve include=true\ngrant g r a",
			"group group:g user:eve",
		},
		{
			"somebody leaves a group that an access policy speaks of",
			users + line + "grant ada r a\npolicy p routing:queue:view deny group:g active", "group g ada", "group g",
			"membership group:g",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, latest := authztest.Parse(t, tt.both+"\n"+tt.old), authztest.Parse(t, tt.both+"\n"+tt.latest)
			o := graph.Options{EnforceDeny: true}
			if got := causesOf(graph.Compare(build(t, old, o), build(t, latest, o)), "ada"); got != tt.want {
				t.Errorf("causes: %s; want %s", got, tt.want)
			}
		})
	}
}

// causesOf spells out why the access of one differs, each cause once.
func causesOf(d *graph.Difference, id string) string {
	var out []string
	for _, b := range d.Blocks {
		for _, m := range b.Members {
			if m.Key.ID != id {
				continue
			}
			for _, c := range b.Changes {
				text := ""
				for _, r := range c.Cause.Records {
					text += " " + strings.TrimSpace(string(r.Kind)+" "+keyText(r.Record)+" "+keyText(r.Of))
				}
				out = append(out, strings.TrimSpace(text))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "; ")
}

func keyText(k authz.Key) string {
	if k == (authz.Key{}) {
		return ""
	}
	return k.String()
}

// The cause of one change, or of the one of several that matters.
func TestCausesOfOneChange(t *testing.T) {
	t.Parallel()
	const users = "division a\ndivision b\nuser ada in a\nuser bob in a\n"
	const line = users + "catalogue routing:queue:view aware\nrole r routing:queue:view\n"
	const self = users + "catalogue directory:user:view aware\nrole r directory:user:view scope=self\n"
	const groups = users + "catalogue directory:user:view aware\nrole r directory:user:view scope=group\n"
	for _, tt := range []struct{ name, both, old, latest, want string }{
		{
			"of two groups only one surely gives roles to its members", line + "group g ada\ngroup h ada roles=false", "", "grant g r a\ngrant h r a",
			"grant role:r group:g",
		},
		{
			"roles come to reach the members of a group", line + "grant g r a", "group g ada roles=false", "group g ada",
			"group group:g",
		},
		{
			"and what a scope leaves is no longer in doubt", self + "grant g r a", "group g ada roles=false", "group g ada",
			"group group:g",
		},
		{
			"somebody joins a group and another that is in it", line + "grant g r a", "group g\ngroup h", "group g ada h\ngroup h ada",
			"membership group:g",
		},
		{
			"a group joins a group", line + "grant g r a\ngroup h ada", "group g", "group g h",
			"membership group:g group:h",
		},
		{
			"somebody comes to own a group", line + "grant g r a", "group g bob include=true", "group g bob owners=ada include=true",
			"group group:g",
		},
		{
			"an owner's group joins a group", line + "grant g r a\ngroup h owners=ada include=true", "group g", "group g h",
			"membership group:g group:h",
		},
		{
			"a group comes alive", line + "grant g r a", "group g ada state=inactive", "group g ada",
			"state group:g",
		},
		{
			"a group comes", line, "", "group g ada\ngrant g r a",
			"grant role:r group:g group group:g",
		},
		{
			"somebody's own groups are what a scope leaves", groups + "grant ada r *", "group g bob", "group g bob ada",
			"membership group:g",
		},
		{
			"a grant of another role where divisions do not surely limit a permission",
			users + "catalogue routing:queue:view unflagged\nrole r routing:queue:view\nrole s routing:queue:view", "", "grant ada r a\ngrant ada s b",
			"grant role:r; grant role:r grant role:s; grant role:s", // in a; in neither; in b
		},
		{
			"an owner is no member any more, and still is by a list", line + "grant g r a", "group g ada owners=ada include=true", "group g ada owners=ada include=false",
			"",
		},
		{
			"somebody else's grant", line, "grant bob r a", "", "",
		},
		{
			"a role inherits", line + "role s\ngrant ada s a", "", "role s inherits r",
			"role role:s",
		},
		{
			"a role is read no longer", users + "catalogue routing:queue:view aware\ngrant ada r a", "role r routing:queue:view", "cover roles partial",
			"coverage role role:r; role role:r",
		},
		{
			"a user goes over to another division", self + "grant ada r *\nuser eve in a\nrole s directory:user:view scope=group groups=g\ngrant bob s a\ngroup g eve", "", "",
			"",
		},
		{
			"a queue goes over to another division", users + "catalogue routing:queue:view aware\nrole r routing:queue:view scope=assigned\ngrant ada r *", "queue q in a ada", "queue q in b ada",
			"division queue:q",
		},
		{
			"a queue lists somebody", users + "catalogue routing:queue:view aware\nrole r routing:queue:view scope=assigned\ngrant ada r *", "queue q in a", "queue q in a ada",
			"membership queue:q",
		},
		{
			"a queue comes", users + "catalogue routing:queue:view aware\nrole r routing:queue:view scope=assigned\ngrant ada r *", "", "queue q in a ada",
			"resource queue:q",
		},
		{
			"a view names another user", users + "catalogue directory:user:view aware\nrole r directory:user:view scope=view views=v\ngrant ada r *", "view v users=ada", "view v users=ada,bob",
			"resource",
		},
		{
			"an access policy comes", line + "grant ada r a", "", "policy p routing:queue:view deny user:ada active",
			"access policy access_policy:p",
		},
		{
			"an access policy is switched on", line + "grant ada r a", "policy p routing:queue:view deny user:ada inactive", "policy p routing:queue:view deny user:ada active",
			"access policy access_policy:p",
		},
		{
			"an access policy of another permission comes", line + "grant ada r a", "", "policy p routing:queue:edit deny user:ada active",
			"",
		},
		{
			"a grant, and a policy that only speaks of it", line, "policy p routing:queue:view allow user:ada active", "policy p routing:queue:view allow user:ada active\ngrant ada r a",
			"grant role:r",
		},
		{
			"a total role, and a line of it that gave as much", users + "catalogue routing:queue:view aware\ngrant ada r a", "role r routing:queue:view", "role r routing:queue:view\nrole r legacy admin",
			"role role:r",
		},
		{
			"a thing is lost, and another grant of as much as is left comes", users + "catalogue routing:queue:view aware\nrole r routing:queue:view scope=assigned\ngrant ada r a",
			"queue q in a ada\nqueue w in a ada", "queue q in a\nqueue w in a ada\ngrant ada r *",
			"membership queue:q",
		},
		{
			"a thing is gained, and another grant of as much as there was goes", users + "catalogue routing:queue:view aware\nrole r routing:queue:view scope=assigned\ngrant ada r a",
			"queue q in a\nqueue w in a ada\ngrant ada r *", "queue q in a ada\nqueue w in a ada",
			"membership queue:q",
		},
		{
			"of two roles one has it in a division, both what divisions do not limit",
			users + "catalogue routing:queue:view unflagged\ncatalogue routing:skill:view unlimited\nrole r routing:queue:view\nrole s routing:queue:view\nrole r routing:skill:view\nrole s routing:skill:view",
			"", "grant ada r a\ngrant ada s b",
			"grant role:r; grant role:r grant role:s; grant role:s",
		},
		{
			"divisions turn out not to limit a permission", users + "role r routing:queue:view\ngrant ada r a", "catalogue routing:queue:view unflagged", "catalogue routing:queue:view unlimited",
			"catalogue",
		},
		{
			"a role comes to inherit one that was not read", line + "cover roles partial\ngrant ada r a", "", "role r inherits gone",
			"role role:r",
		},
		{
			"somebody is switched off", users + "catalogue routing:queue:view aware\nrole r routing:queue:view\ngrant eve r a", "user eve in a", "user eve in a state=inactive",
			"",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old, latest := authztest.Parse(t, tt.both+"\n"+tt.old), authztest.Parse(t, tt.both+"\n"+tt.latest)
			o := graph.Options{EnforceDeny: true}
			if got := causesOf(graph.Compare(build(t, old, o), build(t, latest, o)), "ada"); got != tt.want {
				t.Errorf("causes: %q; want %q", got, tt.want)
			}
		})
	}
}
