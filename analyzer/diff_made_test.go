package analyzer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
)

// compared compares two organizations in the language of authztest.
func compared(t *testing.T, before, after string) *analyzer.Comparison {
	t.Helper()
	return analyzer.Compare(mustConfigured(t, before, tenants), mustConfigured(t, after, tenants))
}

func filled(t *testing.T, before, after string) *analyzer.DiffAnswer {
	t.Helper()
	c := compared(t, before, after)
	a := c.Answer("rows")
	c.Fill(a)
	return a
}

// Reach into another tenant is new where it is wider, and where it is as narrow, of
// something that it was not of.
func TestNewReachIsWhatWidens(t *testing.T) {
	t.Parallel()
	const org = places + "user a1 in a\nqueue q1 in b\nqueue q2 in b\ncatalogue routing:queue:view aware\ncatalogue directory:user:view aware\n" +
		"group odd a1 roles=false\nrole w routing:queue:view\nrole s routing:queue:view scope=view views=v\nrole self directory:user:view scope=self\n"
	const one, other, both = "view v queues=q1\ngrant a1 s b\n", "view v queues=q2\ngrant a1 s b\n", "view v queues=q1,q2\ngrant a1 s b\n"
	const none, whole, maybe = "view v queues=q1\n", "view v queues=q1\ngrant a1 w b\n", "view v queues=q1\ngrant odd w b\n"
	for _, c := range []struct {
		about, before, after string
		new                  int
	}{
		{"the same", one, one, 0},
		{"gained", none, one, 1},
		{"lost", one, none, 0},
		{"of more", one, both, 1},
		{"of less", both, one, 0},
		{"of another", one, other, 1},
		{"wider", one, whole, 1},
		{"narrower", whole, one, 0},
		{"for sure", maybe, whole, 1},
		{"in doubt", whole, maybe, 0},
		{"narrower, and of more than was told of", maybe, both, 0},
	} {
		x := compared(t, org+c.before, org+c.after)
		a := x.WhatIf(nil, "rows")
		if a.Totals.CrossTenant != c.new || a.Totals.External != c.new || len(a.NewReach) != c.new {
			t.Errorf("%s: %d principals (%d external), %d told; want %d", c.about, a.Totals.CrossTenant, a.Totals.External, len(a.NewReach), c.new)
		}
	}
}

// The divisions of new reach are told by name, and those of one name by id.
func TestNewReachDivisions(t *testing.T) {
	t.Parallel()
	const org = "division a name=A\ndivision b1 name=Same\ndivision b2 name=Same\ndivision b3 name=Other\nuser a1 in a\nrole r routing:queue:view\n"
	const conf = "version: 1\ntenants:\n  - {name: A, divisions: [a], external: true}\n  - {name: B, divisions: [b1, b2, b3], external: true}\n"
	a := analyzer.Compare(mustConfigured(t, org, conf), mustConfigured(t, org+"grant a1 r b2\ngrant a1 r b1\ngrant a1 r b3\n", conf)).WhatIf(nil, "rows")
	var got []string
	for _, x := range a.NewReach {
		for _, d := range x.Divisions {
			got = append(got, d.ID)
		}
	}
	if want := []string{"b3", "b1", "b2"}; !slices.Equal(got, want) {
		t.Errorf("new reach over %v; want %v", got, want)
	}
}

// What was lost is true of every division that there was, what was gained of every
// one that there is, and of none where there is none.
func TestDiffOfEveryDivision(t *testing.T) {
	t.Parallel()
	const org, grant = places + "user a1 in a\ncatalogue routing:queue:view aware\nrole r routing:queue:view\n", "grant a1 r\n"
	const without = "user a1\ncatalogue routing:queue:view aware\nrole r routing:queue:view\n"
	for _, c := range []struct{ about, before, after, gained, lost string }{
		{"gained", org, org + grant, "all divisions", ""},
		{"gained where there was one more", org + "division z name=Z\n", org + grant, "all divisions", ""},
		{"lost where there is one more", org + grant, org + "division z name=Z\n", "", "all divisions"},
	} {
		a := filled(t, c.before, c.after)
		var gained, lost []string
		for _, r := range a.Gained {
			gained = append(gained, r.Division.Name)
		}
		for _, r := range a.Lost {
			lost = append(lost, r.Division.Name)
		}
		if strings.Join(gained, ", ") != c.gained || strings.Join(lost, ", ") != c.lost {
			t.Errorf("%s: gained %v, lost %v; want %q, %q", c.about, gained, lost, c.gained, c.lost)
		}
	}
	x := analyzer.Compare(mustConfigured(t, without, ""), mustConfigured(t, without+grant, ""))
	a := x.Answer("rows")
	x.Fill(a)
	if len(a.Gained) != 1 || a.Gained[0].Division != (analyzer.Named{Name: "divisions to come"}) {
		t.Errorf("without a division: %+v", a.Gained)
	}
}

// Rows and principals of one name are told in the order of their ids, and of their
// organizations first.
func TestDiffOrder(t *testing.T) {
	t.Parallel()
	var before strings.Builder
	for _, org := range []string{"o", "p"} {
		fmt.Fprintf(&before, "org %s\ndivision d1 name=Same\ndivision d2 name=Same\nuser u1 name=Same\nuser u2 name=Same\ncatalogue routing:queue:view aware\nrole r routing:queue:view\n", org)
	}
	after := before.String()
	for _, org := range []string{"o", "p"} {
		after += "org " + org + " untold\ngrant u1 r d1\ngrant u1 r d2\ngrant u2 r d1\ngrant u2 r d2\n"
	}
	x := analyzer.Compare(mustConfigured(t, before.String(), ""), mustConfigured(t, after, ""))
	a := x.Answer("rows")
	x.Fill(a)
	var got []string
	for _, r := range a.Gained {
		got = append(got, r.Principal.Org+r.Principal.ID+r.Division.ID)
	}
	if want := "ou1d1 ou1d2 ou2d1 ou2d2 pu1d1 pu1d2 pu2d1 pu2d2"; strings.Join(got, " ") != want {
		t.Errorf("rows %v; want %s", got, want)
	}
}

// What is spelled out row by row is up to fifty thousand cells, unless it must.
func TestDiffForm(t *testing.T) {
	t.Parallel()
	var org strings.Builder
	org.WriteString("user ada\nuser bo\nrole one y:y:y\nrole all x:*:*\ncatalogue y:y:y aware\n")
	for i := range 100 {
		fmt.Fprintf(&org, "division d%d\n", i)
	}
	for i := range 500 {
		fmt.Fprintf(&org, "catalogue x:e%d:view aware\n", i)
	}
	for _, c := range []struct{ more, want string }{{"", "rows"}, {"grant bo one d1\n", "factored"}} {
		x := analyzer.Compare(mustConfigured(t, org.String(), ""), mustConfigured(t, org.String()+"grant ada all\n"+c.more, ""))
		a := x.Answer("auto")
		if a.Form != c.want {
			t.Errorf("%d cells: %s; want %s", a.Totals.Gained, a.Form, c.want)
		}
		if c.more == "" && a.Totals.Gained != 50_000 {
			t.Errorf("%d cells; want 50,000", a.Totals.Gained)
		}
	}
}

// Causes are told by how many principals they concern, then by what is told of
// them, then by how much; what one concerns by how far it reaches now, and then by
// how far it did; no more than five principals are named.
func TestDiffCauseOrder(t *testing.T) {
	t.Parallel()
	const org = places + `
catalogue routing:queue:view aware
user a1 in a
user a2 in a
user a3 in a
user a4 in a
user a5 in a
user a6 in a
user a7 in a
queue q1 in b
view v queues=q1
group many a1 a2 a3 a4 a5 a6
group few a7
group odd a2 roles=false
role r name=R routing:queue:view
role s name=S routing:queue:view scope=view views=v
grant a1 s b
grant odd r b
`
	a := filled(t, org, org+"grant many r b\ngrant few r b\n")
	var got []string
	for _, c := range a.Causes {
		for _, x := range c.Access {
			got = append(got, fmt.Sprintf("%s %d of %d: %v>%v", c.Way, len(c.First), c.Principals, x.From, x.To))
		}
	}
	want := []string{"gained 4 of 4: none>whole", "gained 1 of 1: none>whole", "changed 2 of 2: conditional>whole", "changed 2 of 2: limited>whole"}
	if !slices.Equal(got, want) {
		t.Errorf("causes %q; want %q", got, want)
	}
	home := strings.ReplaceAll(org, " in a\n", " in home\n")
	a = filled(t, home, home+"grant many r home\ngrant few r home\n")
	got = nil
	for _, c := range a.Causes {
		if c.Way == analyzer.WayGained {
			got = append(got, fmt.Sprintf("%d, external %d, crossing %d", c.Principals, c.External, c.CrossTenant))
		}
	}
	if want := []string{"6, external 0, crossing 0", "1, external 0, crossing 0"}; !slices.Equal(got, want) {
		t.Errorf("causes of one tenant %q; want %q", got, want)
	}
	none := strings.ReplaceAll(org, "grant a1 s b\ngrant odd r b\n", "")
	a = filled(t, none, none+"grant many r b\n")
	if len(a.Causes) == 0 || len(a.Causes[0].First) != 5 {
		t.Errorf("%+v; want five of six named", a.Causes)
	}
}

// Of two organizations of which the same is told, that with more cells comes first;
// the order is the same in every run.
func TestDiffCausesOfOrganizations(t *testing.T) {
	t.Parallel()
	const one, two = "role r name=R\nrole r routing:queue:view\n", "role r name=R\nrole r routing:queue:view\nrole r routing:queue:edit\n"
	const all = "division d name=D\nuser u name=U\n"
	for _, c := range []struct{ o, p, want string }{{one, two, "2:p 1:o"}, {two, one, "2:o 1:p"}, {one, one, "1:o 1:p"}} {
		org := "org o\n" + all + c.o + "org p\n" + all + c.p
		for range 4 {
			x := analyzer.Compare(mustConfigured(t, org, ""), mustConfigured(t, org+"grant u r d\norg o untold\ngrant u r d\n", ""))
			var got []string
			for _, c := range x.Answer("rows").Causes {
				got = append(got, fmt.Sprintf("%d:%s", c.Cells, c.First[0].Org))
			}
			if strings.Join(got, " ") != c.want {
				t.Fatalf("causes %v; want %s", got, c.want)
			}
		}
	}
}

// What is gone is another tenant's data where it was, though no role gives it now.
func TestLostPermissionCarries(t *testing.T) {
	t.Parallel()
	const org = places + "user a1 in a\n"
	a := filled(t, org+"role r routing:queue:view\nrole s oauth:client:view\ngrant a1 r b\ngrant a1 s b\n", org)
	into := map[string]string{}
	for _, r := range a.Lost {
		if r.Division.ID == "b" || r.Division.ID == "*" {
			into[r.Permission] = strings.Join(r.Into, " ")
		}
	}
	if len(into) != 2 || into["routing:queue:view"] != "BPO_B" || into["oauth:client:view"] != "" {
		t.Errorf("lost into %v; want the queues of BPO_B, and clients of nobody's", into)
	}
}
