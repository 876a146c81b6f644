package analyzer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// What is told of each kind of cause.
func TestCauseTexts(t *testing.T) {
	t.Parallel()
	const base = "division a name=A\nuser ada in a name=Ada\ncatalogue routing:queue:view aware\ncatalogue directory:user:view aware\n"
	const line = base + "role r name=Reader\nrole r routing:queue:view\n"
	for _, tt := range []struct{ both, old, latest, want string }{
		{line + "grant client:c r a source=client", "client c name=Bot type=CODE", "client c name=Bot type=CLIENT-CREDENTIALS", "the OAuth client's grant type was changed"},
		{line + "user tom name=Tom trustee=T\ngrant tom r a", "trust T disabled", "trust T enabled", "the trust of T was changed"},
		{base + "group g ada\nrole s name=Seer\ngrant ada s a", "role s directory:user:view scope=self", "role s directory:user:view", "a scope or condition of the role Seer was changed"},
		{line + "grant ada r a", "user eve name=Eve in a", "user eve name=Eve in a\ngrant eve r a", "the role Reader was assigned in A"},
		{line + "grant g r a", "group g name=G ada roles=false", "group g name=G ada", "the group G was changed"},
		{line + "grant g r a", "group g name=G", "group g name=G ada", "joined the group G"},
		{line + "grant g r a", "group g name=G ada state=inactive", "group g name=G ada", "the group G became active"},
		{line + "grant g r a", "group g name=G ada", "group g name=G ada state=inactive", "the group G is no longer active"},
		{line, "", "user eve name=Eve in a\ngrant eve r a", "the principal is new"},
		{line, "user eve name=Eve in a\ngrant eve r a", "", "the principal is gone"},
		{line + "grant eve r a", "user eve name=Eve in a state=inactive", "user eve name=Eve in a", "it became active"},
		{line + "grant ada r a", "", "policy p routing:queue:view deny user:ada active", "the access policy p was changed"},
		{"division a name=A\ndivision b name=B\nuser ada in a name=Ada\nrole r name=Reader\nrole r routing:queue:view\ngrant ada r a", "catalogue routing:queue:view aware", "catalogue routing:queue:view unlimited", "whether divisions limit"},
		{base + "role s name=Seer\nrole s routing:queue:view scope=assigned\ngrant ada s *\ndivision b name=B", "queue q name=Q in a ada", "queue q name=Q in b ada", "the queue Q lies in another division"},
		{base + "role s name=Seer\nrole s routing:queue:view scope=assigned\ngrant ada s *", "", "queue q name=Q in a ada", "the queue Q came, went or was changed"},
		{base + "role s name=Seer\nrole s directory:user:view scope=view views=v\ngrant ada s *", "view v", "view v users=ada", "what a scope or condition names was changed"},
		{base + "role s name=Seer\nrole s inherits gone\ngrant ada s a", "", "cover roles partial", "the snapshots could read different things"},
	} {
		c := analyzer.Compare(mustConfigured(t, tt.both+"\n"+tt.old, ""), mustConfigured(t, tt.both+"\n"+tt.latest, ""))
		var got []string
		for _, x := range c.Answer("factored").Causes {
			got = append(got, x.Cause.Text)
		}
		if !strings.Contains(strings.Join(got, "; "), tt.want) {
			t.Errorf("%q to %q: %q; want %q", tt.old, tt.latest, got, tt.want)
		}
	}
	c := analyzer.Compare(backfilled(t, authz.Unknown, false), backfilled(t, authz.Unknown, true))
	if text := c.Answer("factored").Causes[0].Cause.Text; text != "the platform changed its own role Reader" {
		t.Errorf("a role of the platform's own: %q", text)
	}
	c = analyzer.Compare(backfilled(t, authz.False, false), backfilled(t, authz.False, true))
	if text := c.Answer("factored").Causes[0].Cause.Text; !strings.HasPrefix(text, "the role Reader") {
		t.Errorf("a role of the platform's own that it leaves alone: %q", text)
	}
}

// backfilled is an organization with a role of the platform's own.
func backfilled(t *testing.T, backfill authz.Tri, edited bool) *analyzer.Model {
	t.Helper()
	r := authztest.Parse(t, "division a name=A\nuser ada in a\nrole r name=Reader\nrole r routing:queue:view\ngrant ada r a")
	r.Role[0].Default = true
	if edited {
		r.Role[0].Policies = append(r.Role[0].Policies, authz.Policy{Domain: "routing", Entity: "queue", Action: "edit"})
	}
	for i := range r.Organization {
		r.Organization[i].Backfill = backfill
	}
	m, err := analyzer.Build(r, analyzer.Options{})
	must(t, err)
	return m
}

// Changes that would change nothing are refused, unless an earlier one of the list
// speaks of the same.
func TestChangesWithoutEffect(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a name=Alpha
user ada in a name=Ada
user bob in a name=Bob
group g ada name=Staff
group h owners=bob name=Owned
team t ada name=Crew
role r name=Seer
role r routing:queue:view
role s name=Heir
role s inherits r
role q name=Other
role z name=Stray
role z inherits lost
client ada type=CODE name=Adaptor
`, "")
	for _, tt := range []struct{ yaml, want string }{
		{"remove-member: {group: Staff, member: Bob}", "user Bob is no member of group Staff"},
		{"leave-team: {team: Crew, member: Bob}", "user Bob is no member of team Crew"},
		{"remove-member: {group: Owned, member: Bob}", ""},
		{"leave-team: {team: Crew, member: user:ada}", ""},
		{"remove-member: {group: Staff, member: user:ada}", ""},
		{"drop-inheritance: {role: Other, inherits: Seer}", "the role Other does not inherit from"},
		{"drop-inheritance: {role: Heir, inherits: Seer}", ""},
		{"drop-inheritance: {role: Stray, inherits: lost}", ""}, // there is no such role
		{"drop-inheritance: {role: Heir, inherits: lost}", "lost"},
		{"add-member: {group: Staff, member: Bob}\n  - remove-member: {group: Staff, member: Bob}", ""},
		{"add-member: {group: Owned, member: Bob}\n  - leave-team: {team: Crew, member: Bob}", "user Bob is no member of team Crew"},
		{"move-user: {user: Bob, to: Alpha}\n  - leave-team: {team: Crew, member: Bob}", ""},
		{"disable-client: Nobody", `no oauth_client "Nobody"`},
		{"move-resource: {resource: Nothing, to: Alpha}", " or "},
	} {
		list, err := config.ParseChanges("changes.yaml", []byte("version: 1\nchanges:\n  - "+tt.yaml+"\n"))
		must(t, err)
		switch _, err := m.Resolve(list); {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.yaml, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v; want %q", tt.yaml, err, tt.want)
		}
	}
}

// A mark at the beginning or end separates nothing; one in a name may.
func TestMovesOfFlags(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, "division a name=A=B\ndivision b name=B\nqueue q in a name=Q\nqueue w in a name=Q=A\nuser ada in a name=Ada", "")
	for text, want := range map[string]string{
		"Q=A=B":   "can be read in 2 ways",
		"Q=B":     "move-resource q b",
		"Q=A=":    `no division "A="`,
		"=B":      "want",
		"B=":      "want",
		"Ada=B":   "move-user ada b",
		"Ada=Q":   "Q",
		"Nobody=": "want",
	} {
		c, err := m.ReadMove(text)
		got := string(c.Kind) + " " + c.Record.ID + " " + c.Division
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s; want %s", text, got, want)
		}
	}
}

// leads is an attribute that users have by their names, and one by their divisions.
type leads struct{ err error }

func (l leads) Names() []string { return []string{"lead", "site"} }

func (l leads) Of(u *authz.User, division string) (map[string]string, error) {
	if l.err != nil && u.ID == "eve" {
		return nil, l.err
	}
	out := map[string]string{"lead": "false"}
	if u.Name == "Ada" {
		out["lead"] = "true"
	}
	if division != "" {
		out["site"] = "site " + division
	}
	return out, nil
}

// What a configuration's expressions say of users is asked once of each.
func TestAttributesOfUsers(t *testing.T) {
	t.Parallel()
	r := authztest.Parse(t, "division a name=A\nuser ada in a name=Ada\nuser eve in * name=Eve\nclient c name=Bot")
	m, err := analyzer.Build(r, analyzer.Options{Attributes: leads{}})
	must(t, err)
	if got := m.AttributeNames(); !slices.Equal(got, []string{"lead", "site"}) {
		t.Errorf("names: %v", got)
	}
	for id, want := range map[string]string{"ada": "true site A", "eve": "false ", "client:c": " "} {
		p, _, err := m.FindPrincipal(id)
		must(t, err)
		if a := m.Attributes(p); a["lead"]+" "+a["site"] != want {
			t.Errorf("%s: %v; want %s", id, a, want)
		}
	}
	if _, err := analyzer.Build(r, analyzer.Options{Attributes: leads{errors.New("broken")}}); err == nil || !strings.Contains(err.Error(), "attributes of user eve: broken") {
		t.Errorf("an expression that fails: %v", err)
	}
	for ref, want := range map[string]string{"attribute:lead": "ada", "attribute:lead=false": "eve", "attribute:site=site A": "ada", "attribute:site": ""} {
		set, err := m.PrincipalsOf(ref)
		must(t, err)
		var got []string
		for p := range set.All() {
			got = append(got, m.Ref(p).ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v; want %s", ref, got, want)
		}
	}
	plain, err := analyzer.Build(r, analyzer.Options{})
	must(t, err)
	if plain.Attributes(0) != nil || len(plain.AttributeNames()) > 0 {
		t.Error("attributes of nothing")
	}
}

// A change is found again by what is written of it, whatever its kind.
func TestWrittenChangesAreFound(t *testing.T) {
	t.Parallel()
	key := func(k authz.Kind, id string) authz.Key { return authz.Key{Org: "o", Kind: k, ID: id} }
	ada, r, g := key(authz.KindUser, "ada"), key(authz.KindRole, "r"), key(authz.KindGroup, "g")
	const org = "division a name=A\nuser ada name=Ada in a\nuser bob name=Bob\ngroup g ada name=Gang\nteam t ada name=Crew\nqueue q in a name=Q\n" +
		"role r name=Reader\nrole r routing:queue:view\nrole s name=Heir\nrole s inherits r\ngrant ada r a\ngrant ada s\n"
	view := authz.NewPattern("routing", "queue", "view")
	for _, more := range []string{"", "org p\nuser ada name=Ada\ngroup g name=Gang\nrole r name=Reader\ndivision a name=A\n"} {
		m := mustConfigured(t, org+more, "")
		for _, c := range []change.Change{
			{Kind: change.RevokeGrant, Record: ada, Role: "r", Division: "a"},
			{Kind: change.RevokeGrant, Record: ada, Role: "s", Division: authz.AllDivisions},
			{Kind: change.RevokeGrant, Record: ada, Role: "r"},
			{Kind: change.Grant, Record: g, Role: "r", Division: "a"},
			{Kind: change.RemoveMember, Record: g, Member: ada},
			{Kind: change.AddMember, Record: g, Member: key(authz.KindUser, "bob")},
			{Kind: change.LeaveTeam, Record: key(authz.KindTeam, "t"), Member: ada},
			{Kind: change.JoinTeam, Record: key(authz.KindTeam, "t"), Member: key(authz.KindUser, "bob")},
			{Kind: change.DropPolicy, Record: r, Permission: view},
			{Kind: change.AddPolicy, Record: r, Permission: authz.NewPattern("routing", "queue", "edit")},
			{Kind: change.WidenPolicy, Record: r, Permission: view},
			{Kind: change.DropInheritance, Record: key(authz.KindRole, "s"), Role: "r"},
			{Kind: change.MoveResource, Record: key(authz.KindQueue, "q"), Division: "a"},
			{Kind: change.MoveUser, Record: ada, Division: "a"},
			{Kind: change.DisableUser, Record: ada},
		} {
			w := m.Written(c)
			got, err := m.Resolve([]config.WrittenChange{w})
			if err != nil || len(got) != 1 || got[0] != c {
				t.Errorf("%v: written %v, found %+v (%v)", c, w.Names, got, err)
			}
			for _, x := range w.Names {
				if more == "" && strings.HasPrefix(x.Text, "o/") {
					t.Errorf("%v: %q names the only organization", c, x.Text)
				}
			}
		}
	}
}

// What a way passes through is told by its kind.
func TestChokePointKinds(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, "user ada\nuser bob\nuser cyd\nrole all legacy admin\nteam t ada\ngroup g bob\ngroup h owners=cyd\ngrant t all\ngrant g all\ngrant h all\n", "")
	to, _, err := m.FindDestination(analyzer.Total)
	must(t, err)
	a := &analyzer.PathsAnswer{}
	m.Choke(a, analyzer.Source{Principals: m.Graph.Acting()}, to, analyzer.PathsOptions{}, 0)
	got := map[string]int{}
	for _, c := range a.Choke {
		got[c.Kind+" "+c.Record.ID]++
	}
	for _, want := range []string{"team t", "member g", "owner h"} {
		if got[want] != 1 {
			t.Errorf("choke points %v; want %s among them", got, want)
		}
	}
}

// What is wrong with a change is told where its name is written, and of a change
// without effect where the change is.
func TestPlaceOfWrongChange(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, "user ada name=Ada\nuser bob name=Bob\ngroup g ada name=Staff", "")
	for text, want := range map[string]string{
		"remove-member: {group: Staff, member: Bob}":    "changes.yaml:3:5: user Bob is no member",
		"remove-member: {group: Staff, member: Nobody}": "changes.yaml:3:43: ",
		"remove-member: {group: Nothing, member: Bob}":  "changes.yaml:3:28: ",
	} {
		list, err := config.ParseChanges("changes.yaml", []byte("version: 1\nchanges:\n  - "+text+"\n"))
		must(t, err)
		if _, err := m.Resolve(list); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
}

// Paths to a division lead to who lies in it, those to a tenant to who belongs to it.
func TestPathsToAPlace(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
division a name=A
division b name=B
catalogue user:user:impersonate aware
role r name=Taker
role r user:user:impersonate
user ada in a name=Ada
user eve in b name=Eve
user all in * name=All
grant ada r b
`, "version: 1\ntenants:\n  - {name: North, divisions: [a]}\n  - {name: South, divisions: [b]}\n")
	from, _, err := m.FindSource("ada")
	must(t, err)
	for name, want := range map[string]string{"division:b": "Eve", "tenant:South": "Eve", "division:a": "", "user:all": "All"} {
		to, _, err := m.FindDestination(name)
		must(t, err)
		a := m.Paths(from, to, analyzer.PathsOptions{Limit: 20, MaxHops: 2})
		var got []string
		for _, row := range a.Paths {
			got = append(got, row.To.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("paths to %s lead to %v; want %s", name, got, want)
		}
	}
}
