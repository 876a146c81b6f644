package reference_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// A law is a small organization and what follows. An answer is
// "PRINCIPAL PERMISSION DIVISION: REACH", where a reach is none, limited with
// its resources, conditional or whole, and "?" for unresolved where it is limited.
type law struct {
	name    string
	text    string
	options reference.Options
	answers []string
}

func run(t *testing.T, laws []law) {
	t.Helper()
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			r := authztest.Parse(t, l.text)
			m := reference.New(r, l.options)
			for _, a := range l.answers {
				question, want, _ := strings.Cut(a, ": ")
				f := strings.Fields(question)
				if got := answer(m, principal(t, f[0]), f[1], f[2]); got != want {
					t.Errorf("%s: %s; want %s", question, got, want)
				}
			}
		})
	}
}

func principal(t *testing.T, word string) authz.Key {
	t.Helper()
	kind, id, found := strings.Cut(word, ":")
	if !found {
		return authz.Key{Org: "o", Kind: authz.KindUser, ID: word}
	}
	k, err := authz.ParseKind(kind)
	if err != nil {
		t.Fatal(err)
	}
	return authz.Key{Org: "o", Kind: k, ID: id}
}

func answer(m *reference.Model, p authz.Key, perm, division string) string {
	q, err := authz.ParsePattern(perm)
	if err != nil {
		return err.Error()
	}
	r := m.Reach(p, q, division)
	if r.Level != reference.Limited {
		return r.Level.String()
	}
	var ids []string
	for k := range r.Resources {
		ids = append(ids, k.String())
	}
	slices.Sort(ids)
	out := "limited " + strings.Join(ids, " ")
	if r.Unresolved {
		out += " ?"
	}
	return out
}

// Section 2. A role with one line, granted in division a of a and b.
func TestPermissions(t *testing.T) {
	t.Parallel()
	const head = "division a\ndivision b\nuser ada in a\ngrant ada r a\n"
	run(t, []law{
		{name: "wildcards", text: head + "role r routing:*:view\nrole r *:user:edit\nrole r recording:recording:all\ncatalogue x:y:z aware", options: reference.Options{Aware: aware}, answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:edit a: none", "ada directory:user:edit a: whole",
			"ada recording:recording:view a: whole", "ada recording:recording:view b: none", "ada group_creation a: none",
		}},
		{name: "case and space", text: head + `role r " Routing":"QUEUE":view`, answers: []string{"ada routing:queue:view a: whole"}},
		// ada -> r -> admin: total control, though granted in a only
		{name: "admin", text: head + "role r legacy Admin\ncatalogue routing:queue:view aware", answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:view b: whole", "ada routing:queue:view *: whole", "ada admin b: whole", "ada group_creation b: whole",
		}},
		{name: "other legacy", text: head + "role r legacy group_creation\nrole r *:*:*", answers: []string{
			"ada group_creation b: whole", "ada group_creation *: whole", "ada admin a: none", "ada other a: none",
		}},
		{name: "aware", text: head + "role r routing:queue:view\ncatalogue routing:queue:view aware", answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:view b: none", "ada routing:queue:view *: none",
		}},
		{name: "organization-wide", text: head + "role r routing:queue:view\ncatalogue routing:queue:view unlimited", answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:view b: whole", "ada routing:queue:view *: whole", "ada routing:queue:view new: whole",
		}},
		{name: "without flag", text: head + "role r routing:queue:view\ncatalogue routing:queue:view unflagged", answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:view b: conditional", "ada routing:queue:view *: conditional",
		}},
		{name: "not in the catalogue", text: head + "role r routing:queue:view\ncatalogue x:y:z aware", answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:view b: conditional",
		}},
		{name: "shipped data", text: head + "role r oauth:client:edit\ncatalogue x:y:z aware", options: reference.Options{Aware: aware}, answers: []string{
			"ada oauth:client:edit b: whole",
		}},
		{name: "shipped data yields", text: head + "role r oauth:client:edit\ncatalogue oauth:client:edit aware", options: reference.Options{Aware: aware}, answers: []string{
			"ada oauth:client:edit b: none",
		}},
		{name: "no catalogue", text: head + "role r routing:queue:view", answers: []string{
			"ada routing:queue:view a: whole", "ada routing:queue:view b: none",
		}},
		{name: "guide", text: head + `role r guide "Routing > Queue: View"` + "\nrole r guide user:impersonate", answers: []string{
			"ada routing:queue:view a: whole", "ada user:user:impersonate a: whole",
		}},
	})
}

// aware is a small shipped table.
func aware(p authz.Pattern) authz.Tri {
	switch p.Domain {
	case "oauth":
		return authz.False
	case "recording":
		return authz.True
	default:
		return authz.Unknown
	}
}

func TestUniverse(t *testing.T) {
	t.Parallel()
	m := reference.New(authztest.Parse(t, `
catalogue routing:queue:View aware
catalogue telephony:plugin:all aware
role r routing:*:edit
role r a:b:c
role r guide "Recording > Recording > View"
role r legacy admin
`), reference.Options{})
	var got []string
	for _, p := range m.Universe("o") {
		got = append(got, p.String())
	}
	if want := []string{"a:b:c", "admin", "recording:recording:view", "routing:queue:view", "telephony:plugin:all"}; !slices.Equal(got, want) {
		t.Errorf("Universe = %v; want %v", got, want)
	}
	if got := m.Expand("o", authz.NewPattern("x", "*", "*")); len(got) != 1 || !got[0].IsWild() {
		t.Errorf("a pattern that expands to nothing is %v; want itself", got)
	}
}

const view = "\nrole r routing:queue:view\ncatalogue routing:queue:view aware\n"

// Section 3: who acts as whom. The group leads (or the team) has the role in a.
func TestActs(t *testing.T) {
	t.Parallel()
	const grant = view + "division a\nuser ada\nuser bob\ngrant group:leads r a\n"
	run(t, []law{
		{name: "member", text: grant + "group leads ada", answers: []string{"ada routing:queue:view a: whole", "bob routing:queue:view a: none"}},
		// ada < inner < leads
		{name: "nested", text: grant + "group leads inner\ngroup inner ada", answers: []string{"ada routing:queue:view a: whole"}},
		// ada < inner < leads < inner
		{name: "loop", text: grant + "group leads inner\ngroup inner ada leads", answers: []string{"ada routing:queue:view a: whole"}},
		{name: "inactive on the way", text: grant + "group leads inner\ngroup inner ada state=inactive", answers: []string{"ada routing:queue:view a: none"}},
		{name: "owner", text: grant + "group leads owners=ada", answers: []string{"ada routing:queue:view a: whole"}},
		{name: "owner left out", text: grant + "group leads owners=ada include=false", answers: []string{"ada routing:queue:view a: none"}},
		{name: "not role-enabled", text: grant + "group leads ada roles=false", answers: []string{"ada routing:queue:view a: conditional"}},
		{name: "not role-enabled on one of two ways", text: grant + "group leads ada inner\ngroup inner ada roles=false", answers: []string{"ada routing:queue:view a: whole"}},
		{name: "client in a group", text: grant + "group leads bot\nclient bot", answers: []string{"client:bot routing:queue:view a: whole"}},
		{name: "team", text: view + "user ada\nclient bot\nteam red ada bot\ngrant red r a", answers: []string{"ada routing:queue:view a: whole", "client:bot routing:queue:view a: whole"}},
		{name: "a team in a group hands on nothing", text: grant + "group leads red\nteam red ada", answers: []string{"ada routing:queue:view a: none"}},
		{name: "dormant", text: view + "user ada state=inactive\ngrant ada r a", answers: []string{"ada routing:queue:view a: none"}},
		{name: "dormant included", text: view + "user ada state=deleted\ngrant ada r a", options: reference.Options{IncludeDormant: true}, answers: []string{"ada routing:queue:view a: whole"}},
		{name: "grant without type", text: view + "user ada\ngrant subject:ada r all", answers: []string{"ada routing:queue:view *: whole"}},
		{name: "grant of unknown type", text: view + "grant unknown:x r", answers: []string{"unknown:x routing:queue:view *: whole"}},
	})
}

// Section 3, absent records.
func TestAbsent(t *testing.T) {
	t.Parallel()
	run(t, []law{
		{name: "user, complete", text: view + "grant user:x r a", answers: []string{"x routing:queue:view a: none"}},
		{name: "user, incomplete", text: view + "grant user:x r a\nmissing users", answers: []string{"x routing:queue:view a: whole"}},
		{name: "client, incomplete", text: view + "grant oauth_client:x r a\npartial oauth_clients", answers: []string{"client:x routing:queue:view a: whole"}},
		{name: "group, incomplete", text: view + "grant group:x r a\nsilent groups", answers: []string{"unknown:x routing:queue:view a: whole"}},
		{name: "group with members", text: view + "user ada\ngrant group:x r a\nmembers group:x ada\nmissing groups", answers: []string{"ada routing:queue:view a: whole", "unknown:x routing:queue:view a: none"}},
		{name: "trustee, always", text: view + "grant trustee_user:x r a", answers: []string{"trustee_user:x routing:queue:view a: whole"}},
		{name: "member, complete", text: view + "group g x\ngrant g r a", answers: []string{"unknown:x routing:queue:view a: none"}},
		{name: "member, incomplete", text: view + "group g x\ngrant g r a\nmissing users", answers: []string{"unknown:x routing:queue:view a: whole"}},
		{name: "role, complete", text: "user ada\ngrant ada x a", answers: []string{"ada routing:queue:view a: none"}},
		{name: "role, incomplete", text: "user ada\ngrant ada x a\nmissing roles", answers: []string{"ada routing:queue:view b: conditional", "ada admin *: conditional"}},
		{name: "inherited role, incomplete", text: "user ada\nrole r inherits x\ngrant ada r a\npartial roles", answers: []string{"ada routing:queue:view b: conditional"}},
	})
}

// Section 4: inheritance, the union, clients and trustees.
func TestDerivations(t *testing.T) {
	t.Parallel()
	const full = view + "user ada\n"
	run(t, []law{
		// s inherits t (by id), t inherits every role called View
		{name: "inheritance", text: full + "role r name=View\nrole s inherits t\nrole t inherits View s\ngrant ada s a", answers: []string{"ada routing:queue:view a: whole"}},
		{name: "inheritance by id first", text: full + "role View other:thing:view\nrole r name=View\nrole s inherits View\ngrant ada s a", answers: []string{"ada routing:queue:view a: none"}},
		{name: "union", text: full + "role n routing:queue:view scope=galaxy\ngrant ada n a\ngrant ada r a", answers: []string{"ada routing:queue:view a: whole"}},
		{name: "client-credentials", text: view + "client c type=CLIENT-CREDENTIALS\ngrant c r a", answers: []string{"client:c routing:queue:view a: whole"}},
		{name: "disabled client", text: view + "client c state=disabled\ngrant c r a", answers: []string{"client:c routing:queue:view a: none"}},
		{name: "code", text: view + "client c type=CODE\ngrant c r a", answers: []string{"client:c routing:queue:view a: none"}},
		{name: "token", text: view + "client c type=TOKEN\ngrant c r a", answers: []string{"client:c routing:queue:view a: none"}},
		{name: "saml", text: view + "client c type=SAML2-BEARER\ngrant c r a", answers: []string{"client:c routing:queue:view a: none"}},
		{name: "password", text: view + "client c type=PASSWORD\ngrant c r a", answers: []string{"client:c routing:queue:view a: none"}},
		{name: "trustee", text: view + "user eve trustee=T\ngrant eve r a", answers: []string{"trustee_user:eve routing:queue:view a: whole"}},
		{name: "trust disabled", text: view + "user eve trustee=T\ntrust T disabled\ngrant eve r a", answers: []string{"trustee_user:eve routing:queue:view a: none"}},
		{name: "trust expired", text: "at \"2026-02-01T00:00:00Z\"" + view + "user eve trustee=T\ntrust T expires=\"2026-01-01T00:00:00Z\"\ngrant eve r a", answers: []string{"trustee_user:eve routing:queue:view a: none"}},
		{name: "trust to expire", text: "at \"2026-02-01T00:00:00Z\"" + view + "user eve trustee=T\ntrust T expires=\"2026-03-01T00:00:00Z\"\ngrant eve r a", answers: []string{"trustee_user:eve routing:queue:view a: whole"}},
		{name: "trustee in our group", text: view + "user eve trustee=T\ngroup g eve\ngrant g r a", answers: []string{"trustee_user:eve routing:queue:view a: whole"}},
		{name: "trustee's group", text: view + "group tg trustee=T unread\ngrant tg r a", answers: []string{"trustee_group:tg routing:queue:view a: whole"}},
		// eve is in tg at home, and tg holds the grant here
		{name: "trustee in the snapshot", text: view + "group tg trustee=T unread\ngrant tg r a\norg T\nuser eve\nuser out state=inactive\ngroup tg eve out", answers: []string{
			"trustee_group:tg routing:queue:view a: whole", "trustee_user:eve routing:queue:view a: whole", "trustee_user:out routing:queue:view a: none",
		}},
		{name: "full access", text: "trust T full", answers: []string{"trustee_organization:T routing:queue:view a: conditional", "trustee_organization:T admin *: conditional"}},
		{name: "default role, disabled", text: "trust T default disabled", answers: []string{"trustee_organization:T routing:queue:view a: none"}},
	})
}
