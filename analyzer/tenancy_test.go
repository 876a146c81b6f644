package analyzer_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// configured makes a model of an organization in the language of authztest under
// a configuration; without a text there is none.
func configured(t *testing.T, records, text string) (*analyzer.Model, error) {
	t.Helper()
	var o analyzer.Options
	if text != "" {
		c, err := config.Parse("grantgraph.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		o.Config = c
	}
	return analyzer.Build(authztest.Parse(t, records), o)
}

func mustConfigured(t *testing.T, records, text string) *analyzer.Model {
	t.Helper()
	m, err := configured(t, records, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// places are an organization with two tenants, a shared division and one that
// belongs to nobody.
const places = `
at 2026-06-01T00:00:00Z
division home name=Home home
division a name=BPO_A
division b name=BPO_B
division s name=Shared
division x name=Stray
`

const tenants = `version: 1
tenants:
  - {name: BPO_A, divisions: [BPO_A], email_domains: [bpo-a.example], groups: ["BPO-A-*"], clients: ["BPO_A_*"], external: true}
  - {name: BPO_B, divisions: [b], email_domains: [bpo-b.example], principals: ["user:nan", "client:Special"], organizations: [acme], external: true}
  - {name: Internal, divisions: [home], external: false}
shared:
  - {division: Shared, permissions: ["architect:flow:view"]}
naming: {clients: "^Vendor_(?P<tenant>[^_]+)_"}
`

// membership says where a principal belongs: "TENANT by FACT", then every fact
// in the order in which they decide, and whether they disagree.
func membership(t *testing.T, m *analyzer.Model, k authz.Key) string {
	t.Helper()
	p, ok := m.Graph.FindPrincipal(k)
	if !ok {
		t.Fatalf("no principal %s", k)
	}
	of := m.Tenants.Of(p)
	out := m.Tenants.Tenants[of.Tenant].Name + " by " + of.By + ":"
	for _, f := range of.Facts {
		out += " " + f.By + "=" + m.Tenants.Tenants[f.Tenant].Name
	}
	if of.Disputed() {
		out += " disputed"
	}
	if !m.Tenants.Tenants[of.Tenant].Principals.Has(p) {
		t.Errorf("%s is not among the principals of its tenant", k)
	}
	return out
}

func TestTenantOfUser(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
user ada in a email=ada@BPO-A.example
user eve in home email=eve@bpo-a.example
user gus in home email=gus@bpo-b.example
user nan in a email=nan@bpo-a.example
user tim in x email=tim@elsewhere.example
user sue in s
user any
user off in b state=inactive
user old in b
user two in a email=two@bpo-b.example
group leads gus off name=BPO-A-Leads
group past old name=BPO-A-Past state=inactive
group inner two name=Inner
group outer inner name=bpo-a-outer
`, tenants)
	for id, want := range map[string]string{
		"ada": "BPO_A by email: email=BPO_A division=BPO_A",
		"eve": "BPO_A by email: email=BPO_A division=Internal disputed",
		"gus": "BPO_A by group: group=BPO_A email=BPO_B division=Internal disputed",
		"nan": "BPO_B by name: name=BPO_B email=BPO_A division=BPO_A disputed",
		"tim": "Unassigned by none:",
		"sue": "Unassigned by none:",
		"any": "Unassigned by none:",
		"off": "BPO_A by group: group=BPO_A division=BPO_B disputed",
		"old": "BPO_B by division: division=BPO_B",
		"two": "BPO_A by group: group=BPO_A email=BPO_B division=BPO_A disputed",
	} {
		if got := membership(t, m, authz.Key{Org: "o", Kind: authz.KindUser, ID: id}); got != want {
			t.Errorf("%s: %s; want %s", id, got, want)
		}
	}
}

func TestTenantOfClient(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
role r routing:queue:view
client c1 name=BPO_A_Dialer
client c2 name=Special
client c3 name=Vendor_A_Wfm
client c4 name=Vendor_BPO_A_Wfm
client c5 name=Vendor_B_Wfm
client c6 name=Plain
client c7 name=Both
client c8 name=Everywhere
client c9 name=Nothing
client c10 name=Astray
client c11 name=Common
grant c4 r b
grant c5 r a
grant c6 r a
grant c6 r s
grant c7 r a
grant c7 r b
grant c8 r *
grant c10 r x
grant c11 r s
`, tenants)
	for id, want := range map[string]string{
		"c1":  "BPO_A by name: name=BPO_A",
		"c2":  "BPO_B by name: name=BPO_B",
		"c3":  "BPO_A by convention: convention=BPO_A",
		"c4":  "BPO_B by grants: grants=BPO_B", // the convention says BPO, which is nobody
		"c5":  "BPO_B by convention: convention=BPO_B grants=BPO_A disputed",
		"c6":  "BPO_A by grants: grants=BPO_A",
		"c7":  "Unassigned by none:",
		"c8":  "Unassigned by none:",
		"c9":  "Unassigned by none:",
		"c10": "Unassigned by none:",
		"c11": "Unassigned by none:",
	} {
		if got := membership(t, m, authz.Key{Org: "o", Kind: authz.KindClient, ID: id}); got != want {
			t.Errorf("%s: %s; want %s", id, got, want)
		}
	}
}

func TestTenantOfTrustee(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
role r routing:queue:view
trust acme name="Acme Corp"
trust zeta name=Zeta
trust twin name=BPO_A
trust omni name=Omni full
user tu trustee=acme
user tz trustee=zeta
user tt trustee=twin
user tn trustee=nobody
group tg zeta trustee=zeta
grant tu r a
grant tz r a
grant tt r b
grant tn r b
grant tg r b
grant trustee_user:ghost r a
`, tenants)
	for _, c := range []struct {
		kind     authz.Kind
		id, want string
	}{
		{authz.KindTrusteeUser, "tu", "BPO_B by organization: organization=BPO_B"},
		{authz.KindTrusteeUser, "tz", "Zeta by organization: organization=Zeta"},
		{authz.KindTrusteeGroup, "tg", "Zeta by organization: organization=Zeta"},
		{authz.KindTrusteeUser, "tt", "trustee twin by organization: organization=trustee twin"},
		{authz.KindTrusteeUser, "tn", "trustee nobody by organization: organization=trustee nobody"},
		{authz.KindTrusteeOrganization, "omni", "Omni by organization: organization=Omni"},
		{
			authz.KindTrusteeUser, "ghost",
			"(unknown trustee organization) by organization: organization=(unknown trustee organization)",
		},
	} {
		if got := membership(t, m, authz.Key{Org: "o", Kind: c.kind, ID: c.id}); got != c.want {
			t.Errorf("%s: %s; want %s", c.id, got, c.want)
		}
	}
	for _, tenant := range m.Tenants.Tenants {
		if want := tenant.Name != "Internal" && tenant.Name != analyzer.Unassigned; tenant.External != want {
			t.Errorf("%s: external %v; want %v", tenant.Name, tenant.External, want)
		}
	}
	i, _ := m.Tenants.Find("zeta")
	if m.Tenants.Tenants[i].Trustee != "zeta" || !m.Tenants.Tenants[i].Divisions.Empty() {
		t.Errorf("tenant of a trustee = %+v", m.Tenants.Tenants[i])
	}
}

func TestSharedAndStrayDivisions(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`user u in named-only`, tenants)
	none := m.Tenants.Unassigned()
	for d, div := range m.Graph.Divisions() {
		_, shared := m.Tenants.Shared(uint32(d))
		if shared != (div.Key.ID == "s") {
			t.Errorf("%s: shared %v", div.Key.ID, shared)
		}
		stray := div.Key.ID == "x" || div.Key.ID == "named-only"
		if got := m.Tenants.Tenants[none].Divisions.Has(uint32(d)); got != stray {
			t.Errorf("%s: in %s %v; want %v", div.Key.ID, analyzer.Unassigned, got, stray)
		}
		if got := m.Tenants.OfDivision(uint32(d)) == none; got != (stray || shared) {
			t.Errorf("%s: of %s %v", div.Key.ID, analyzer.Unassigned, got)
		}
		view := authz.NewPattern("architect", "flow", "view")
		if m.SharedAllows(uint32(d), view) != shared || m.SharedAllows(uint32(d), authz.NewPattern("architect", "flow", "edit")) {
			t.Errorf("%s: what anyone may hold there is not what the configuration says", div.Key.ID)
		}
	}
}

func TestTenantsWithoutConfiguration(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`user ada in a email=ada@bpo-b.example
user hal in home
user nob in nowhere`, "")
	if !m.Assumed || len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "grantgraph.yaml") {
		t.Errorf("assumed %v, notes %q; want that it is said", m.Assumed, m.Notes)
	}
	got := map[string]bool{}
	for _, tenant := range m.Tenants.Tenants {
		got[tenant.Name] = tenant.External
	}
	want := map[string]bool{"Internal": false, "BPO_A": true, "BPO_B": true, "Shared": true, "Stray": true, "nowhere": true, analyzer.Unassigned: false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
	for id, want := range map[string]string{
		"ada": "BPO_A by division: division=BPO_A", "hal": "Internal by division: division=Internal", "nob": "nowhere by division: division=nowhere",
	} {
		if got := membership(t, m, authz.Key{Org: "o", Kind: authz.KindUser, ID: id}); got != want {
			t.Errorf("%s: %s; want %s", id, got, want)
		}
	}
}

func TestUnknownDivisions(t *testing.T) {
	t.Parallel()
	const text = `version: 1
tenants:
  - {name: BPO_A, divisions: [BPO_A, BPO_AA]}
shared:
  - {division: Shraed, permissions: ["architect:flow:view"]}
`
	_, err := configured(t, places, text)
	for _, want := range []string{
		`grantgraph.yaml:3:38: no division "BPO_AA" in the snapshot; nearest: "BPO_A", "BPO_B"`,
		`grantgraph.yaml:5:5: no division "Shraed" in the snapshot; nearest: "Shared", "Stray"`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %s", err, want)
		}
	}
	var unknown *analyzer.UnknownDivisionError
	if !errors.As(err, &unknown) || unknown.Division != "BPO_AA" {
		t.Errorf("error %v is not of its type", err)
	}
	// In an older snapshot a division may not have been there yet.
	c, err := config.Parse("grantgraph.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m, err := analyzer.Build(authztest.Parse(t, places), analyzer.Options{Config: c, Older: true})
	if err != nil || len(m.Notes) != 2 {
		t.Errorf("older snapshot: %v, notes %q; want two notes", err, m.Notes)
	}
}

func TestAmbiguousDivision(t *testing.T) {
	t.Parallel()
	const twins = "division d1 name=Sales\ndivision d2 name=SALES\ndivision d3 name=sales\ndivision d4 name=SALES"
	for _, c := range []struct{ ref, want string }{
		{"Sales", ""}, // the exact name
		{"d4", ""},
		{"SALES", `grantgraph.yaml:3:33: division "SALES" is the name of several divisions: name it by its id`},
		{"sAlEs", `grantgraph.yaml:3:33: division "sAlEs" is the name of several divisions: name it by its id`},
	} {
		_, err := configured(t, twins, "version: 1\ntenants:\n  - {name: Sellers, divisions: ["+c.ref+"]}\n")
		if got := fmt.Sprint(err); (c.want == "") != (err == nil) || (err != nil && got != c.want) {
			t.Errorf("%s: %v; want %q", c.ref, err, c.want)
		}
	}
}

// A division of the same name in each organization belongs to one tenant; one
// organization's own is named with it.
func TestDivisionsOfSeveralOrganizations(t *testing.T) {
	t.Parallel()
	const two = "org o1\ndivision d name=Sales\ndivision e name=Care\norg o2\ndivision f name=Sales\ndivision g name=Care"
	m := mustConfigured(t, two, "version: 1\ntenants:\n  - {name: Sellers, divisions: [Sales]}\n  - {name: Carers, divisions: [o2/Care]}\n")
	var got []string
	for d, div := range m.Graph.Divisions() {
		got = append(got, div.Key.Org+"/"+div.Key.ID+" "+m.Tenants.Tenants[m.Tenants.OfDivision(uint32(d))].Name)
	}
	want := []string{"o1/d Sellers", "o1/e Unassigned", "o2/f Sellers", "o2/g Carers"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tenants of divisions (-want +got):\n%s", diff)
	}
}

// holders are people of Internal and one of BPO_A with access to BPO_B.
const holders = places + `
catalogue routing:queue:view aware
catalogue recording:recording:view aware
catalogue oauth:client:view unlimited
user i1 in home
user i2 in home
user i3 in home
user a1 in a
user b1 in b
group qa i1 i2 name=QA
group nobody name=Nobody
role look routing:queue:view
role listen recording:recording:view
role plain oauth:client:view
grant i1 look b
grant i2 look b
grant i3 look b
grant i3 listen b
grant a1 look b
grant b1 look b
grant b1 plain b
grant i1 plain home
`

func TestAllow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, entry       string
		allowed           int // of the three of Internal over BPO_B
		expired, outgrown bool
		used              int
	}{
		{"all that they have", `{from: Internal, to: [BPO_B], permissions: ["routing:queue:view", "Recording > Recording > View"], reason: r, approved_by: m}`, 3, false, false, 3},
		{"one permission: he who has another is open", `{from: Internal, to: [BPO_B], permissions: ["routing:queue:view"], reason: r, approved_by: m}`, 2, false, false, 3},
		{"a wildcard", `{from: Internal, to: [BPO_B], permissions: ["*:*:view"], reason: r, approved_by: m}`, 3, false, false, 3},
		{"a group", `{from: Internal, principals: ["group:QA"], to: [BPO_B], permissions: ["routing:queue:view"], reason: r, approved_by: m}`, 2, false, false, 2},
		{"a group without members", `{from: Internal, principals: ["group:Nobody"], to: [BPO_B], permissions: ["routing:queue:view"], reason: r, approved_by: m}`, 0, false, false, 0},
		{"one of them", `{from: Internal, principals: ["user:i1"], to: [BPO_B], permissions: ["routing:queue:view"], reason: r, approved_by: m}`, 1, false, false, 1},
		{"as many as there are", `{from: Internal, at_most: 3, to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m}`, 3, false, false, 3},
		{"outgrown", `{from: Internal, at_most: 2, to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m}`, 0, false, true, 3},
		{"the last day", `{from: Internal, to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m, until: 2026-06-01}`, 3, false, false, 3},
		{"expired", `{from: Internal, to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m, until: 2026-05-31}`, 0, true, false, 3},
		{"another tenant", `{from: Internal, to: [BPO_A], permissions: ["*:queue:*"], reason: r, approved_by: m}`, 0, false, false, 0},
		{"of another tenant", `{from: BPO_A, to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m}`, 0, false, false, 1},
		{"another tenant's principal", `{from: BPO_A, principals: ["user:i1"], to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m}`, 0, false, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := mustConfigured(t, holders, tenants+"allow:\n  - "+c.entry+"\n")
			x := m.Exceptions()[0]
			if x.Expired != c.expired || x.Outgrown != c.outgrown || x.Used != c.used {
				t.Errorf("expired %v, outgrown %v, used %d; want %v, %v, %d", x.Expired, x.Outgrown, x.Used, c.expired, c.outgrown, c.used)
			}
			cell := cellOf(t, m, "Internal", "BPO_B")
			if cell.Principals != 3 || cell.Allowed != c.allowed {
				t.Errorf("%d principals, %d allowed; want 3, %d", cell.Principals, cell.Allowed, c.allowed)
			}
		})
	}
}

func TestAllowErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ entry, want string }{
		{`{from: Gone, to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m}`, `grantgraph.yaml:10:5: no tenant "Gone" in the snapshot`},
		{`{from: Internal, to: [BPO_B, BPO_C], permissions: ["*:*:*"], reason: r, approved_by: m}`, `grantgraph.yaml:10:5: no tenant "BPO_C" in the snapshot; did you mean "BPO_A", "BPO_B"?`},
	} {
		if _, err := configured(t, holders, tenants+"allow:\n  - "+c.entry+"\n"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.entry, err, c.want)
		}
	}
	m := mustConfigured(t, holders, tenants+`allow:
  - {from: Internal, principals: ["group:Gone"], to: [BPO_B], permissions: ["*:*:*"], reason: r, approved_by: m}
`)
	if !slices.ContainsFunc(m.Notes, func(n string) bool { return strings.Contains(n, `no group "group:Gone"`) }) || cellOf(t, m, "Internal", "BPO_B").Allowed != 0 {
		t.Errorf("notes %q; want that the group is gone", m.Notes)
	}
}

func cellOf(t *testing.T, m *analyzer.Model, from, to string) analyzer.MatrixCell {
	t.Helper()
	for _, c := range m.Matrix().Cells {
		if c.From == from && c.To == to {
			return c
		}
	}
	return analyzer.MatrixCell{}
}

// What no division limits is counted apart, in whatever division it was granted,
// and only where it carries what belongs to tenants.
func TestMatrixCells(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, places+`
catalogue routing:queue:view aware
catalogue recording:recording:view unlimited
user i1 in home
user a1 in a
user a2 in a
user off in a state=inactive
user b1 in b
queue q in b a2
role look routing:queue:view
role listen recording:recording:view
role own routing:queue:view scope=assigned
grant i1 listen home
grant a1 look *
grant a2 own b
grant off look b
grant b1 look b
grant b1 look x
`, tenants+"carries: {add: [{permission: \"recording:recording:view\", carries: tenant, reason: calls are a tenant's own}]}\n")
	type cell struct {
		principals []string
		widest     graph.Level
		names      string
		wide       int
		wideNames  string
	}
	got := map[string]cell{}
	for _, c := range m.Matrix().Cells {
		v := cell{widest: c.Widest, names: strings.Join(c.Permissions, " "), wide: c.OrganizationWide, wideNames: strings.Join(c.OrganizationWidePermissions, " ")}
		for _, row := range m.CellPrincipals(c, 0) {
			v.principals = append(v.principals, row.Principal.ID+" "+row.Reach.String())
		}
		if len(v.principals) > 1 && len(m.CellPrincipals(c, 1)) != 1 {
			t.Errorf("%s → %s: the limit is not kept", c.From, c.To)
		}
		got[c.From+" → "+c.To] = v
	}
	look, listen := "routing:queue:view", "recording:recording:view"
	want := map[string]cell{
		"BPO_A → BPO_B":      {[]string{"a1 whole", "a2 limited"}, graph.Whole, look, 0, ""},
		"BPO_A → Internal":   {[]string{"a1 whole"}, graph.Whole, look, 0, ""},
		"BPO_A → Unassigned": {[]string{"a1 whole"}, graph.Whole, look, 0, ""},
		"BPO_B → Unassigned": {[]string{"b1 whole"}, graph.Whole, look, 0, ""},
		"Internal → BPO_A":   {nil, graph.None, "", 1, listen},
		"Internal → BPO_B":   {nil, graph.None, "", 1, listen},
		"Internal → Unassigned": {
			nil, graph.None, "", 1, listen,
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(cell{})); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}

func whoIDs(t *testing.T, m *analyzer.Model, verb, target string, o analyzer.WhoOptions) []string {
	t.Helper()
	tg, _, err := m.FindTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Who(verb, tg, o)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, r := range a.Answers {
		out = append(out, r.Principal.ID)
	}
	slices.Sort(out)
	return out
}

func TestWhoOptions(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, holders, tenants)
	for _, c := range []struct {
		name string
		o    analyzer.WhoOptions
		want string
	}{
		{"all", analyzer.WhoOptions{}, "a1 b1 i1 i2 i3"},
		{"from a tenant", analyzer.WhoOptions{From: "Internal"}, "i1 i2 i3"},
		{"from a tenant by its kind", analyzer.WhoOptions{From: "tenant:bpo_a"}, "a1"},
		{"from a principal", analyzer.WhoOptions{From: "user:i2"}, "i2"},
		{"outside a tenant", analyzer.WhoOptions{Outside: "BPO_B"}, "a1 i1 i2 i3"},
		{"from one and outside another", analyzer.WhoOptions{From: "BPO_B", Outside: "BPO_B"}, ""},
		{"recordings", analyzer.WhoOptions{Data: "recordings"}, "i3"},
		{"recordings from outside Internal", analyzer.WhoOptions{Data: "recordings", Outside: "Internal"}, ""},
	} {
		if got := strings.Join(whoIDs(t, m, "see", "tenant:BPO_B", c.o), " "); got != c.want {
			t.Errorf("%s: %q; want %q", c.name, got, c.want)
		}
	}
	tg, _, _ := m.FindTarget("tenant:BPO_B")
	for _, c := range []struct {
		verb string
		o    analyzer.WhoOptions
		want string
	}{
		{"see", analyzer.WhoOptions{From: "nobody-at-all"}, `--from: no principal "nobody-at-all" in the snapshot`},
		{"see", analyzer.WhoOptions{Outside: "BPO_"}, `--outside: no tenant "BPO_" in the snapshot; did you mean "BPO_A", "BPO_B"?`},
		{"see", analyzer.WhoOptions{Data: "gossip"}, `unknown kind of data "gossip": want one of `},
		{"smell", analyzer.WhoOptions{}, `unknown verb "smell": want `},
		{"a:b:c:d", analyzer.WhoOptions{}, `permission "a:b:c:d" has 4 parts`},
	} {
		if _, err := m.Who(c.verb, tg, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("who can %s with %+v: %v; want %s", c.verb, c.o, err, c.want)
		}
	}
}

// Outsiders are marked, and what no division limits is one block.
func TestWhoOutside(t *testing.T) {
	t.Parallel()
	m := mustConfigured(t, holders, tenants)
	tg, _, _ := m.FindTarget("tenant:BPO_B")
	a, err := m.Who("see", tg, analyzer.WhoOptions{Permissions: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Answers {
		if r.Outside != (r.Principal.ID != "b1") {
			t.Errorf("%s: outside %v", r.Principal.ID, r.Outside)
		}
		if want := map[string]int{"i3": 2}[r.Principal.ID]; len(r.Permissions) != max(1, want) {
			t.Errorf("%s has %v", r.Principal.ID, r.Permissions)
		}
	}
	if n := a.Worst()[0]; a.Answers[n].Principal.ID != "a1" {
		t.Errorf("the worst is %s; want the external outsider", a.Answers[n].Principal.ID)
	}
	if w := a.OrganizationWide; len(w) != 1 || w[0].Role.ID != "plain" || w[0].Principals != 2 || w[0].External != 1 {
		t.Errorf("organization-wide = %+v", w)
	}
}
