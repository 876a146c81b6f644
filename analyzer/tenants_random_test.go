package analyzer_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// A setup is a random organization with what it says of its tenants: the lines
// of grantgraph.yaml under each key, so that they can be dropped one by one.
type setup struct {
	records                *authz.Records
	tenants, shared, allow []map[string]any
	naming                 string
	deny                   bool
	written                string // the configuration as a person wrote it, instead of the lines
}

// text is the configuration as a file: JSON is YAML too.
func (s setup) text() string {
	if s.written != "" {
		return s.written
	}
	var b strings.Builder
	b.WriteString("version: 1\n")
	for _, part := range []struct {
		key   string
		lines []map[string]any
	}{{"tenants", s.tenants}, {"shared", s.shared}, {"allow", s.allow}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s:\n", part.key)
		for _, l := range part.lines {
			line, err := json.Marshal(l)
			if err != nil {
				panic(err) // of strings and numbers
			}
			fmt.Fprintf(&b, "  - %s\n", line)
		}
	}
	if s.naming != "" {
		fmt.Fprintf(&b, "naming: {clients: %q}\n", s.naming)
	}
	if s.deny {
		b.WriteString("access_policies: enforce-deny\n")
	}
	return b.String()
}

func (s setup) String() string { return authztest.Format(s.records) + "---\n" + s.text() }

// randomSetup gives an organization names, addresses and a configuration in
// which every kind of fact occurs, agreeing and not.
func randomSetup(seed int64) setup {
	return randomSetupOf(seed, authztest.RandomOptions{Complete: seed%4 == 3, Users: 5})
}

func randomSetupOf(seed int64, o authztest.RandomOptions) setup {
	rng := rand.New(rand.NewSource(seed))
	r := authztest.Random(rng, o)
	g := &setupGenerator{rng: rng, s: setup{records: r, deny: rng.Intn(4) == 0}}
	g.nameRecords()
	g.configure()
	return g.s
}

type setupGenerator struct {
	rng *rand.Rand
	s   setup
}

func (g *setupGenerator) chance(percent int) bool { return g.rng.Intn(100) < percent }

func pick[T any](g *setupGenerator, list ...T) T { return list[g.rng.Intn(len(list))] }

// nameRecords gives records what the facts of section 7 rest on.
func (g *setupGenerator) nameRecords() {
	r := g.s.records
	for i := range r.Division {
		if g.chance(50) {
			r.Division[i].Name = "Place " + r.Division[i].ID
		}
	}
	for i, u := range r.User {
		if g.chance(70) {
			r.User[i].Email = u.Org + u.ID + "@" + pick(g, "a.example", "A.example", "b.example", "c.example", "sub.a.example")
		}
		if g.chance(50) {
			r.User[i].Name = "Ada " + u.ID
		}
	}
	for i, v := range r.Group {
		r.Group[i].Name = pick(g, "A-", "B-", "a-", "Other ") + v.ID
	}
	for i, c := range r.Client {
		r.Client[i].Name = pick(g, "Vendor_A_", "Vendor_b_", "Vendor_Zed_", "A_", "Bot ") + c.ID
	}
	for i, v := range r.Team {
		r.Team[i].Name = "Team " + v.ID
	}
	for i, v := range r.Trust {
		if g.chance(60) {
			r.Trust[i].Name = "Partner " + v.ID
		}
	}
}

func (g *setupGenerator) configure() {
	names := []string{"A", "B", pick(g, "C", "Internal")}
	names = names[:g.rng.Intn(4)]
	for _, n := range names {
		g.s.tenants = append(g.s.tenants, map[string]any{"name": n})
	}
	if g.chance(50) {
		g.s.naming = "^Vendor_(?P<tenant>[^_]+)_"
	}
	g.places()
	g.facts()
	all := append(slices.Clone(names), "Unassigned")
	if len(names) == 0 {
		all = []string{"Internal"} // and each division's name
		for _, d := range g.s.records.Division {
			if !slices.ContainsFunc(g.s.records.Division, func(o authz.Division) bool { return o.Name == d.Name && o.Org != d.Org }) && !d.Home {
				all = append(all, d.Name)
			}
		}
	}
	for range g.rng.Intn(5) {
		g.allow(all)
	}
}

// places gives each division to one tenant, shares it, or leaves it alone.
func (g *setupGenerator) places() {
	used := map[string]bool{}
	for _, d := range g.s.records.Division {
		name := pick(g, d.Name, d.ID)
		if used[d.ID] || used[d.Name] {
			continue // the same of another organization
		}
		used[d.ID], used[d.Name] = true, true
		switch n := g.rng.Intn(100); {
		case n < 15:
			g.s.shared = append(g.s.shared, map[string]any{"division": name, "permissions": g.permissions()})
		case n < 85:
			g.add("divisions", name)
		}
	}
}

// add adds a value to a tenant, unless one has it.
func (g *setupGenerator) add(key, value string) {
	if len(g.s.tenants) == 0 {
		return
	}
	for _, t := range g.s.tenants {
		list, _ := t[key].([]string)
		if slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, value) }) {
			return
		}
	}
	t := pick(g, g.s.tenants...)
	list, _ := t[key].([]string)
	t[key] = append(list, value)
}

func (g *setupGenerator) facts() {
	for _, d := range []string{"a.example", "B.example", "c.example"} {
		if g.chance(60) {
			g.add("email_domains", d)
		}
	}
	for _, glob := range []string{"A-*", "b-*", "?-g1", "Other g?", "*"} {
		if g.chance(25) {
			g.add("groups", glob)
		}
	}
	for _, glob := range []string{"A_*", "Vendor_A_*", "bot c?"} {
		if g.chance(25) {
			g.add("clients", glob)
		}
	}
	for _, org := range []string{"x1", "p1", "Partner p1", "partner x1"} {
		if g.chance(25) {
			g.add("organizations", org)
		}
	}
	for range g.rng.Intn(4) {
		g.add("principals", g.reference())
	}
}

// reference names a principal, a group or a team as people write it. With several
// organizations it says which, for the ids are the same in some.
func (g *setupGenerator) reference() string {
	r := g.s.records
	type named struct {
		org, kind string
		values    []string
	}
	var all []named
	for _, u := range r.User {
		kind := "user"
		if u.Trustee != "" {
			kind = "trustee_user"
		}
		all = append(all, named{u.Org, kind, []string{u.ID, u.Name, u.Email}})
	}
	for _, v := range r.Group {
		kind := "group"
		if v.Trustee != "" {
			kind = "trustee_group"
		}
		all = append(all, named{v.Org, kind, []string{v.ID, strings.ToUpper(v.Name)}})
	}
	for _, c := range r.Client {
		all = append(all, named{c.Org, pick(g, "client", "oauth_client"), []string{c.ID, c.Name}})
	}
	for _, v := range r.Team {
		all = append(all, named{v.Org, "team", []string{v.ID, v.Name}})
	}
	n := pick(g, all...)
	if trustees := slices.DeleteFunc(slices.Clone(all), func(n named) bool { return !strings.HasPrefix(n.kind, "trustee") }); len(trustees) > 0 && g.chance(40) {
		n = pick(g, trustees...) // of whom there are few
	}
	value := pick(g, n.values...)
	if value == "" {
		value = n.values[0]
	}
	out := n.kind + ":" + value
	if (n.kind == "user" || n.kind == "client") && g.chance(30) {
		out = value
	}
	if len(r.Organization) > 1 {
		out = n.org + "/" + out
	}
	return out
}

func (g *setupGenerator) permissions() []string {
	var out []string
	for range 1 + g.rng.Intn(3) {
		name := pick(g, "routing:queue:view", "Routing > Queue > *", "directory:*:view", "users:read", "recording:recording:all",
			"*:*:view", "user:user:impersonate", "directory:userProfile:edit")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (g *setupGenerator) allow(tenants []string) {
	a := map[string]any{"from": pick(g, tenants...), "permissions": g.permissions(), "reason": "meant"}
	var to []string
	for _, name := range tenants {
		if name != a["from"] && g.chance(60) {
			to = append(to, name)
		}
	}
	if len(to) == 0 {
		return
	}
	a["to"] = to
	if g.chance(25) {
		a["permissions"] = []string{"*:*:*", "admin"}
	}
	if g.chance(25) {
		var refs []string
		for range 1 + g.rng.Intn(3) {
			if ref := g.reference(); !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
		a["principals"] = refs
	}
	if g.chance(35) {
		a["at_most"] = 1 + g.rng.Intn(2)
	}
	if g.chance(40) { // the snapshot is of 2026-03-31, at midnight
		a["until"] = pick(g, "2026-03-30", "2026-03-31", "2027-01-01")
	}
	g.s.allow = append(g.s.allow, a)
}

// shrink drops lines, values and records while the setup still fails.
func (s setup) shrink(fails func(setup) bool) setup {
	for changed := true; changed; {
		changed = false
		for _, smaller := range s.smaller() {
			if fails(smaller) {
				s, changed = smaller, true
				break
			}
		}
	}
	s.records = authztest.Shrink(s.records, func(r *authz.Records) bool {
		c := s
		c.records = r
		return fails(c)
	})
	return s
}

func (s setup) smaller() []setup {
	var out []setup
	lists := func(s *setup) []*[]map[string]any { return []*[]map[string]any{&s.tenants, &s.shared, &s.allow} }
	for n := range lists(&s) {
		list := *lists(&s)[n]
		for i, line := range list {
			c := s
			*lists(&c)[n] = slices.Delete(slices.Clone(list), i, i+1)
			out = append(out, c)
			for _, l := range smallerLine(line) {
				c := s
				*lists(&c)[n] = slices.Clone(list)
				(*lists(&c)[n])[i] = l
				out = append(out, c)
			}
		}
	}
	if s.naming != "" {
		c := s
		c.naming = ""
		out = append(out, c)
	}
	if s.deny {
		c := s
		c.deny = false
		out = append(out, c)
	}
	return out
}

func smallerLine(line map[string]any) []map[string]any {
	var out []map[string]any
	with := func(key string, v any) {
		c := map[string]any{}
		for k, was := range line {
			c[k] = was
		}
		if c[key] = v; v == nil {
			delete(c, key)
		}
		out = append(out, c)
	}
	for _, key := range []string{"at_most", "until", "reason", "principals", "divisions", "email_domains", "groups", "clients", "organizations", "permissions", "to"} {
		list, isList := line[key].([]string)
		if _, has := line[key]; has && key != "permissions" && key != "to" {
			with(key, nil)
		}
		for i := range list {
			if isList && len(list) > 1 {
				with(key, slices.Delete(slices.Clone(list), i, i+1))
			}
		}
	}
	return out
}

// parsed reads the configuration as the product does.
func (s setup) parsed(t testing.TB) *config.Config {
	t.Helper()
	c, err := config.Parse("grantgraph.yaml", []byte(s.text()))
	if err != nil {
		t.Fatalf("%v\n%s", err, s.text())
	}
	return c
}

// now is when questions are asked: when the snapshots were taken.
func (s setup) now() time.Time { return s.records.About.TakenAt }
