package snapshot

import (
	"encoding/json"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

const org = "o1"

func at(day int) time.Time { return time.Date(2026, 3, day, 10, 20, 30, 456_000_000, time.UTC) }

func clock() time.Time { return at(20) }

// hostile is a name with everything that hurts somewhere.
var hostile = "=1+1 <b>&\"'\x1b[31m\u202eabc\n\r\t\x00;--" + strings.Repeat("é", 300)

// fixture has one or more of every type of record, with every field set
// somewhere, in the form in which records are kept.
func fixture() []authz.Record {
	subject := func(kind authz.Kind, id string) authz.Key { return authz.Key{Org: org, Kind: kind, ID: id} }
	return []authz.Record{
		authz.Organization{ID: org, Name: "Acme", Platform: "genesys-cloud", Region: "eu-west-1", GrantDivisionAware: authz.True, Backfill: authz.False},
		authz.Division{Org: org, ID: "home", Name: "Home", Home: true},
		authz.Division{Org: org, ID: "d2", Name: hostile},
		authz.Permission{Org: org, Domain: "routing", Entity: "queue", Action: "View", Label: "See", DivisionAware: authz.True, AllowsConditions: authz.False},
		authz.Role{
			Org: org, ID: "r1", Name: "Admin", Description: "all", Default: true, Base: true, BasedOn: "admin",
			Inherits: []string{"r2", "r3"}, Legacy: []string{"admin", "group_creation"},
			Policies: []authz.Policy{
				{Guide: "Routing > Queue > View"},
				{Domain: "routing", Entity: "*", Action: "view", Scope: "group", ScopeGroups: []string{"g1", "g9"}, ScopeTeams: []string{"t1"}, ScopeViews: []string{"v1"}},
				{
					Domain: "routing", Entity: "queue", Action: "edit",
					Condition: &authz.Condition{Conjunction: "AND", Terms: []authz.Condition{
						{Variable: "<Queue>", Operator: "EQ", Operands: []authz.Operand{{Type: "QUEUE", Queue: "q1"}, {Type: "USER", User: "u1"}, {Type: "TEAM", Team: "t1"}, {Type: "SCALAR", Value: "x"}}},
					}},
				},
			},
		},
		authz.Role{Org: org, ID: "r2", Name: "Empty", LinesMissing: true},
		authz.User{
			Org: org, ID: "u1", Name: hostile, Email: "a@example.com", Username: "a", Division: "home", State: "active",
			LastToken: at(1), LastLogin: at(2).Add(time.Microsecond), Manager: "u2", Title: "Agent", Department: "Sales",
			EmployeeType: "BPO", BPO: authz.True, Region: "us", Licences: []string{"cx1", "cx2"}, ClonedFrom: "o9",
		},
		authz.User{Org: org, ID: "u2", Name: "Ben", Division: "*", State: "inactive", BPO: authz.False},
		authz.User{Org: org, ID: "u3", Trustee: "o2", Name: "Cleo"},
		authz.Group{
			Org: org, ID: "g1", Name: "Leads", State: "active", Type: "official", RolesEnabled: authz.False,
			IncludeOwners: authz.True, Owners: []string{"u1", "u2"}, Dynamic: authz.True,
		},
		authz.Group{Org: org, ID: "g2", Trustee: "o2", Name: "Theirs"},
		authz.Team{Org: org, ID: "t1", Name: "Blue", Division: "d2"},
		authz.MemberList{Container: subject(authz.KindGroup, "g1"), Members: []authz.Key{subject(authz.KindUser, "u1"), subject(authz.KindSubject, "u2")}, Partial: true},
		authz.MemberList{Container: subject(authz.KindTeam, "t1")},
		authz.Client{
			Org: org, ID: "c1", Name: "Wfm", GrantType: "CLIENT-CREDENTIALS", State: "active", TokenSeconds: 86400,
			Scopes: []string{"a", "b"}, Redirects: []string{"https://x.example"}, Created: at(3), Modified: at(4), CreatedBy: "u1", ModifiedBy: "u9",
		},
		authz.Usage{Org: org, Client: "c1", Template: "/api/v2/users", Method: "GET", Requests: 12, Date: at(5)},
		authz.Usage{Org: org, Client: "c1", Template: "/api/v2/users", Method: "POST", Requests: 1},
		authz.Grant{Org: org, Subject: subject(authz.KindUser, "u1"), Role: "r1", Division: "home", MadeAt: at(6), MadeBy: "u2", Source: "grants"},
		authz.Grant{Org: org, Subject: subject(authz.KindUser, "u1"), Role: "r1", Division: authz.AllDivisions, Source: "grants"},
		authz.Grant{Org: org, Subject: subject(authz.KindSubject, "gone"), Role: "r77", Division: "d77", MadeAt: at(7), Source: "client"},
		authz.Resource{
			Org: org, ID: "q1", Name: "Sales", Kind: authz.KindQueue, Division: "d2",
			MemberGroups: []authz.MemberGroup{{ID: "g1", Type: "GROUP"}, {ID: "g2"}, {ID: "t1", Type: "TEAM"}},
		},
		authz.Resource{Org: org, ID: "f1", Name: "In", Kind: authz.KindFlow, Type: "INBOUNDCALL", Division: "all"},
		authz.Resource{Org: org, ID: "x1", Name: "Wrap", Kind: authz.KindResource, Type: "wrapupcode"},
		authz.View{Org: org, ID: "v1", Name: "Mine", Queues: []string{"q1", "q9"}, Users: []string{"u1", "u9"}},
		authz.Trust{Org: org, ID: "o2", Name: "Partner", Enabled: authz.True, Created: at(8), Expires: at(9), FullAccess: authz.False, DefaultRole: authz.True},
		authz.AccessPolicy{
			Org: org, ID: "a1", Name: "No", Target: "routing:queue:view", SubjectType: "USER", SubjectID: "u1", Effect: "DENY",
			Active: authz.True, Clients: authz.False, Condition: `{"any":[1.50,"<x>"]}`,
		},
		authz.Other{Org: org, ID: "idp/1", Name: "Okta", List: authz.ListIdentityProviders},
	}
}

func ledger() []authz.Coverage {
	return []authz.Coverage{
		{
			Org: org, List: authz.ListUsers, Source: "/api/v2/users", Status: authz.StatusPartial, Expected: 9, Received: 3, Pages: 2,
			Started: at(10), Ended: at(11), Reason: hostile, MissingPermission: "directory:user:view",
		},
		{Org: org, List: authz.ListRoles, Source: "/api/v2/roles", Status: authz.StatusComplete, Expected: -1, Received: 2},
	}
}

func rawOf(rec authz.Record) json.RawMessage {
	b, err := json.Marshal(rec)
	if err != nil {
		panic(err)
	}
	return b
}

// write seals a snapshot of the records under a new name.
func write(t testing.TB, o CreateOptions, list []authz.Record, lines []authz.Coverage) (string, authz.Info) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a?b#c%20 d.db")
	return path, writeTo(t, path, o, list, lines)
}

func writeTo(t testing.TB, path string, o CreateOptions, list []authz.Record, lines []authz.Coverage) authz.Info {
	t.Helper()
	if o.Now == nil {
		o.Now = clock
	}
	w, err := Create(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Discard(); err != nil {
			t.Error(err)
		}
	}()
	for _, rec := range list {
		if err := w.Put(rec, rawOf(rec)); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range lines {
		if err := w.Cover(l); err != nil {
			t.Fatal(err)
		}
	}
	info, err := w.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func open(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func all[T any](t testing.TB, in iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range in {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// synthetic yields users and grants in the manner of a large organization.
func synthetic(users, grants int) iter.Seq[authz.Record] {
	return func(yield func(authz.Record) bool) {
		id := func(kind byte, n int) string { return fmt.Sprintf("%c%07x-0000-4000-8000-%012x", kind, n, n*7919) }
		ids := func(kind byte, n int) []string {
			out := make([]string, n)
			for i := range out {
				out[i] = id(kind, i)
			}
			return out
		}
		people, roles, divisions := ids('a', users), ids('b', 300), ids('c', 200)
		for i, u := range people {
			if !yield(authz.User{Org: org, ID: u, Name: "User", Email: u + "@example.com", Division: divisions[i%200], State: "active", LastToken: at(1)}) {
				return
			}
		}
		for i := range grants {
			u, r := i%users, i/users
			g := authz.Grant{
				Org: org, Subject: authz.Key{Org: org, Kind: authz.KindUser, ID: people[u]},
				Role: roles[(u*31+r*7)%300], Division: divisions[(u+r)%200], MadeAt: at(2), Source: "grants",
			}
			if !yield(g) {
				return
			}
		}
	}
}
