package authztest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

func TestParse(t *testing.T) {
	t.Parallel()
	r := authztest.Parse(t, `
# a comment
at "2026-03-31T00:00:00Z"
division a home
user ada in a
group leads ada user:bob owners=x,y include=false
role sup routing:queue:view scope=group groups=leads if="{\"operator\":\"EQ\"}"
role sup legacy admin
grant leads sup a
catalogue routing:queue:view aware
queue q1 in a ada lists=TEAM:t,leads
trust T disabled expires="2026-01-01T00:00:00Z" full
policy p routing:queue:view DENY GROUP:leads active
missing users
silent teams
`)
	key := func(k authz.Kind, id string) authz.Key { return authz.Key{Org: "o", Kind: k, ID: id} }
	if d := cmp.Diff([]authz.Grant{{Org: "o", Subject: key(authz.KindGroup, "leads"), Role: "sup", Division: "a"}}, r.Grant); d != "" {
		t.Errorf("grants (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]authz.MemberList{
		{Container: key(authz.KindGroup, "leads"), Members: []authz.Key{key(authz.KindSubject, "ada"), key(authz.KindUser, "bob")}},
		{Container: key(authz.KindQueue, "q1"), Members: []authz.Key{key(authz.KindUser, "ada")}},
	}, r.Member); d != "" {
		t.Errorf("members (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]authz.Role{{
		Org: "o", ID: "sup", Legacy: []string{"admin"},
		Policies: []authz.Policy{{Domain: "routing", Entity: "queue", Action: "view", Scope: "group", ScopeGroups: []string{"leads"}, Condition: &authz.Condition{Operator: "EQ"}}},
	}}, r.Role); d != "" {
		t.Errorf("roles (-want +got):\n%s", d)
	}
	if want, got := len(authz.Lists())-1, len(r.CoverageLedger); got != want || r.CoverageLedger[0].Status != authz.StatusAbsent {
		t.Errorf("the ledger has %d lines, the first %v; want %d, absent", got, r.CoverageLedger[0], want)
	}
	if q := r.Resource[0]; len(q.MemberGroups) != 2 || q.MemberGroups[0] != (authz.MemberGroup{ID: "t", Type: "TEAM"}) || q.MemberGroups[1].Type != "" {
		t.Errorf("queue %v", q)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"\nusr ada", `line 2: unknown word "usr"`},
		{"user", "line 1: want an id"},
		{"user ada\nuser ada", "line 2: user:ada is told twice"},
		{"user ada oops", `line 1: unexpected word "oops"`},
		{"user ada color=red", `line 1: unknown option "color"`},
		{"user ada state=a state=b", `line 1: option "state" is given twice`},
		{"user ada in", "line 1: want a division after in"},
		{"group g roles=maybe", `line 1: option "roles": want true or false, not "maybe"`},
		{"group g ada unread", "line 1: members of a list that is unread"},
		{"group g thing:ada", "line 1: unknown kind of member"},
		{"role r a:b", `line 1: permission "a:b": want domain:entity:action`},
		{"role r a:b:c if=x", "line 1: condition: "},
		{"role r scope=self", "line 1: a scope or condition without a permission"},
		{"grant ada r", `line 1: 0 subjects are called "ada": want kind:id`},
		{"user x\ngroup x\ngrant x r", `line 3: 2 subjects are called "x": want kind:id`},
		{"catalogue a:b:c perhaps", `line 1: unknown word "perhaps": want aware, unlimited or unflagged`},
		{"missing everything", `line 1: unknown list "everything"`},
		{"cover users lost", `line 1: unknown status "lost"`},
		{`user "ada`, "line 1: quotation mark without end"},
		{"at noon", `line 1: time "noon"`},
	} {
		_, err := authztest.ParseText(c.text)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("ParseText(%q) = %v; want %s", c.text, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("user ada in a\ngroup g ada state=inactive\ngrant g r \"*\"")
	f.Add("org x\nrole r guide \"Routing > Queue\" scope=view views=\"a,b\" if=\"{}\"")
	f.Add("at \"2026-01-01T00:00:00Z\"\npolicy p \"\" deny none\ncover users partial everywhere")
	f.Add("user \"\\u202e<b>\" name=\"=1+1\"\nmembers group:x user:y partial\nqueue q \"in\"")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := authztest.ParseText(text)
		if err != nil {
			return
		}
		again, err := authztest.ParseText(authztest.Format(r))
		if err != nil {
			t.Fatalf("%v in\n%s", err, authztest.Format(r))
		}
		if a, b := authztest.Format(r), authztest.Format(again); a != b {
			t.Errorf("written and read again:\n%s\nis\n%s", a, b)
		}
	})
}
