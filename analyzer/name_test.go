package analyzer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
)

const names = `
division home name=Home home
division d1 name=Sales
division d2 name=SALES
division d3 name="a/b: c"
user u1 in d1 name=ada email=ada@x.example
user ada in d2 name=Ida
user u3 name=Ben email=Ben@x.example
user u4 name=BEN
user u5 name=bEn
user u6 in d1 name=Cleo email=cleo@x.example
user u7 name=Cleo
user u8 name=Both
client c1 name=Both
client c2 name=Vendor
client Ben name=Other
user t1 trustee=z name=Tess
group t2 trustee=z name=Both
grant t1 r *
grant t2 r *
grant unknown:k1 r *
role r routing:queue:view
queue q1 in d1 name=Sales
queue q2 in d2 name=Care
flow f1 in home name=Care
flow f2 name=In/Out
object x1 in d1 type=wrapupcode name=Wrap
`

func TestFindPrincipal(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, names, "")
	for _, c := range []struct{ in, want, note string }{
		{"ada", "user:ada", ""}, // the id, not the name of u1
		{"user:ada", "user:ada", ""},
		{"ADA", "", `is the name of 2 records`}, // in another case the id and the name are alike
		{"ada@x.example", "user:u1", ""},
		{"ADA@X.example", "user:u1", ""},
		{"BEN", "user:u4", `also in the snapshot: oauth_client:BEN`}, // the exact name
		{"bEn", "user:u5", `also in the snapshot: oauth_client:bEn`},
		{"Ben", "user:u3", `"Ben" is taken as user "Ben"; also in the snapshot: oauth_client:Ben`},
		{"client:Ben", "oauth_client:Ben", ""},
		{"oauth_client:ben", "oauth_client:Ben", ""},
		{"user:ben@x.example", "user:u3", ""},
		{"cleo", "", `is the name of 2 records`},
		{"cleo@x.example", "user:u6", ""},
		{"Both", "user:u8", `"Both" is taken as user "Both"; also in the snapshot: oauth_client:Both, trustee_group:Both`},
		{"client:Both", "oauth_client:c1", ""},
		{"trustee_group:both", "trustee_group:t2", ""},
		{"Vendor", "oauth_client:c2", ""},
		{"Tess", "trustee_user:t1", ""},
		{"unknown:k1", "unknown:k1", ""},
		{"k1", "unknown:k1", ""},
		{"Vendro", "", `no principal "Vendro" in the snapshot; did you mean "Vendor"`},
		{"user:Vendor", "", `no principal "user:Vendor" in the snapshot`},
		{"queue:Sales", "", `"queue" is no kind of principal: want user, client, `},
		{"", "", `no principal "" in the snapshot`},
		{"o/user:ada", "user:ada", ""},
		{"nowhere/user:ada", "", `no principal "nowhere/user:ada"`},
	} {
		p, note, err := m.FindPrincipal(c.in)
		found := ""
		if err == nil {
			found = m.Graph.Principal(p).Key.String()
		} else {
			note = err.Error()
		}
		if found != c.want || (c.note == "" && note != "") || !strings.Contains(note, c.note) {
			t.Errorf("%q: %s (%s); want %s (%s)", c.in, found, note, c.want, c.note)
		}
	}
}

func TestAmbiguousNameListsRecords(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, names, "")
	_, _, err := m.FindPrincipal("Cleo")
	var e *analyzer.AmbiguousError
	if !errors.As(err, &e) || len(e.Records) != 2 {
		t.Fatalf("error %v; want one that lists two records", err)
	}
	const want = `"Cleo" is the name of 2 records; name one by its id:
  user:u6  (Cleo)
  user:u7  (Cleo)`
	if e.Error() != want {
		t.Errorf("error %q; want %q", e.Error(), want)
	}
}

func TestNearestNames(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, "division d name=North\nuser a name=Annette\nuser b name=Annetta\nuser c name=Annett\nuser d name=Anneli\nuser e name=Zoe", "")
	_, _, err := m.FindPrincipal("annett e")
	var e *analyzer.NotFoundError
	if !errors.As(err, &e) {
		t.Fatalf("error %v; want that there is none", err)
	}
	if diff := cmp.Diff([]string{"Annette", "Annett", "Annetta"}, e.Nearest); diff != "" {
		t.Errorf("nearest (-want +got):\n%s", diff)
	}
	if _, _, err = m.FindTarget("Nroth"); err == nil || !strings.HasSuffix(err.Error(), `did you mean "North"?`) {
		t.Errorf("target: %v; want that North is meant", err)
	}
}

func TestFindTarget(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, names, "version: 1\ntenants:\n  - {name: Care, divisions: [d2]}\n  - {name: Home, divisions: [home, d3]}\n")
	for _, c := range []struct {
		in, want, divisions, note string
	}{
		{"Sales", "division:d1", "d1", `also in the snapshot: queue:Sales`}, // the exact name
		{"SALES", "division:d2", "d2", `also in the snapshot: queue:SALES`},
		{"division:d2", "division:d2", "d2", ""},
		{"sales", "", "", "is the name of 2 records"},
		{"queue:sales", "queue:q1", "d1", ""},
		{"Care", "tenant:Care", "d2", `also in the snapshot: queue:Care, flow:Care`},
		{"tenant:Care", "tenant:Care", "d2", ""},
		{"queue:Care", "queue:q2", "d2", ""},
		{"flow:Care", "flow:f1", "home", ""},
		{"tenant:HOME", "tenant:Home", "d3 home", `for the division alone ask division:Home`},
		{"division:home", "division:home", "home", ""},
		{"f2", "flow:f2", "d1 d2 d3 home", ""}, // it lies in every division
		{"In/Out", "flow:f2", "d1 d2 d3 home", ""},
		{"Wrap", "resource:x1", "d1", ""},
		{"a/b: c", "division:d3", "d3", ""},
		{"user:ada@x.example", "user:u1", "d1", ""},
		{"Cleo", "", "", "is the name of 2 records"},
		{"u8", "user:u8", "d1 d2 d3 home", ""},
		{"group:Both", "", "", `"group" is no kind of target: want tenant, division, `},
		{"division:Wrap", "", "", `no division "division:Wrap" in the snapshot`},
		{"Slaes", "", "", `no tenant, division, queue, flow, resource or user "Slaes" in the snapshot; did you mean "SALES", "Sales"?`},
	} {
		tg, note, err := m.FindTarget(c.in)
		found := ""
		var divs []string
		if err == nil {
			found = tg.Ref.Kind.String() + ":" + tg.Ref.ID
			for d := range tg.Divisions.All() {
				divs = append(divs, m.Graph.Divisions()[d].Key.ID)
			}
		} else {
			note = err.Error()
		}
		if found != c.want || strings.Join(divs, " ") != c.divisions || (c.note == "" && note != "") || !strings.Contains(note, c.note) {
			t.Errorf("%q: %s in %v (%s); want %s in %s (%s)", c.in, found, divs, note, c.want, c.divisions, c.note)
		}
	}
}

// With several organizations a name may be told with its own.
func TestNamesInSeveralOrganizations(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, `
org one name="First Org"
division d name=Sales
user u name=Ada
user v name=Bo
org two
division d name=Sales
user u name=Ada
client c name=Bot
`, "")
	for _, c := range []struct{ in, want string }{
		{"one/user:u", "one user:u"},
		{"two/user:u", "two user:u"},
		{"first org/user:Ada", "one user:u"},
		{"two/Ada", "two user:u"},
		{"v", "one user:v"},
		{"client:bot", "two oauth_client:c"},
		{"one/client:bot", `no principal "one/client:bot" in the snapshot; `},
	} {
		p, _, err := m.FindPrincipal(c.in)
		got := ""
		if err == nil {
			k := m.Graph.Principal(p).Key
			got = k.Org + " " + k.String()
		}
		if got != c.want && (err == nil || !strings.HasPrefix(fmt.Sprint(err, "; "), c.want)) {
			t.Errorf("%q: %s, %v; want %s", c.in, got, err, c.want)
		}
	}
	var e *analyzer.AmbiguousError
	// Its text lists both as user:u and does not say of which organization each is.
	if _, _, err := m.FindPrincipal("user:u"); !errors.As(err, &e) || len(e.Records) != 2 || e.Records[0].Org == e.Records[1].Org {
		t.Errorf("user:u: %v; want both organizations' users", err)
	}
	tg, _, err := m.FindTarget("two/division:Sales")
	if err != nil || tg.Org != "two" || tg.Divisions.Len() != 1 {
		t.Errorf("two/division:Sales: %+v, %v", tg, err)
	}
	if tg, _, err = m.FindTarget("tenant:Sales"); err != nil || tg.Org != "" || tg.Divisions.Len() != 2 {
		t.Errorf("tenant:Sales: %+v, %v; want both organizations' divisions", tg, err)
	}
	if _, _, err = m.FindTarget("division:Sales"); !errors.As(err, &e) {
		t.Errorf("division:Sales: %v; want that it is ambiguous", err)
	}
}
