package genesyscloud

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// runs is how many random runs a test makes: few, unless the environment asks
// for hundreds.
func runs(t *testing.T, name string, few int) int {
	t.Helper()
	if s := os.Getenv(name); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return few
}

// With random faults each run ends complete and equal to an undisturbed one, or
// names the lists that it lacks: what of the others came is equal, and no list is
// named that no fault touched. Never is it complete and different.
func TestFaults(t *testing.T) {
	t.Parallel()
	var whole atomic.Int64
	n := runs(t, "GRANTGRAPH_FAULT_RUNS", 20)
	t.Cleanup(func() { t.Logf("%d of %d runs ended with all that an undisturbed one has", whole.Load(), n) })
	for seed := range n {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if faultRun(t, uint64(seed)) {
				whole.Add(1)
			}
		})
	}
}

// faultRun reports whether the run had no more gaps than one that was not disturbed.
func faultRun(t *testing.T, seed uint64) bool {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	org := load(t, simulator.Told())
	faults := randomFaults(rng)
	site := serve(t, org, platform.Options{AllDivisionGrants: true, Faults: faults, Seed: seed})
	log := filepath.Join(t.TempDir(), "log")
	var got memory
	var err error
	for range 4 { // a run that ended early is gone on with
		live := site.source(t, log)
		got = memory{}
		err = live.Collect(t.Context(), &got)
		_ = live.log.Close()
		if err == nil {
			break
		}
	}
	if err != nil {
		t.Fatalf("seed %d, %v: the run never ended: %v", seed, faults, err)
	}
	// What was changed for good is how it is now.
	quiet := serve(t, org, platform.Options{AllDivisionGrants: true}).source(t, filepath.Join(t.TempDir(), "log"))
	var want memory
	if err := quiet.Collect(t.Context(), &want); err != nil {
		t.Fatal(err)
	}
	gaps, were := gapLists(&got), gapLists(&want)
	touched := touchedBy(site.server.Fired())
	for l := range gaps {
		if !were[l] && !touched[l] && !tokenTaken(site.server.Fired(), &got, l) {
			t.Errorf("seed %d, %+v, fired %v: %s is a gap, and no fault touched it:\n%+v", seed, faults, site.server.Fired(), l, got.CoverageLedger)
		}
	}
	g, w := byList(&got), byList(&want)
	for _, l := range authz.Lists() {
		if !gaps[l] && !slices.Equal(g[l], w[l]) {
			t.Errorf("seed %d, %+v, fired %v: %s is complete and different:\n got %s\nwant %s", seed, faults, site.server.Fired(), l, clip(strings.Join(g[l], "\n")), clip(strings.Join(w[l], "\n")))
		}
	}
	return len(gaps) == len(were)
}

// randomFaults draws one to three faults on paths of the plan.
func randomFaults(rng *rand.Rand) []platform.Fault {
	names := []string{"500", "502", "503", "504", "404", "400"}
	for _, n := range platform.FaultNames() {
		if n.Name != "hang" && n.Name != "slow" { // these only take time
			names = append(names, n.Name)
		}
	}
	rows := table()
	var list []platform.Fault
	for range 1 + rng.IntN(3) {
		f := platform.Fault{Name: names[rng.IntN(len(names))], Path: strings.ReplaceAll(rows[1+rng.IntN(len(rows)-1)].path, "{}", "*")}
		switch rng.IntN(4) {
		case 0:
			f.From, f.Times = 1+rng.IntN(2), 1
		case 1:
			f.From, f.Times = 1, -1
		case 2:
			f.From, f.Times = 1+rng.IntN(3), 1+rng.IntN(12)
		default:
			f.Chance = rng.Float64() / 2
		}
		list = append(list, f)
	}
	return list
}

func gapLists(m *memory) map[authz.List]bool {
	set := map[authz.List]bool{}
	for _, c := range m.CoverageLedger {
		if c.IsGap() {
			set[c.List] = true
		}
	}
	return set
}

func pathOf(e endpoint) *regexp.Regexp {
	text := "^" + strings.ReplaceAll(regexp.QuoteMeta(e.path), `\{\}`, "[^/]+")
	if e.style == job {
		return regexp.MustCompile(text + "(/.*)?$")
	}
	return regexp.MustCompile(text + "$")
}

// tokenTaken reports whether all that a list lacks was asked for with tokens that were
// not taken, and one expired at another endpoint: that takes it from all who ask at the
// same time, be it twice in a row.
func tokenTaken(fired []string, m *memory, l authz.List) bool {
	for _, c := range m.CoverageLedger {
		if c.List == l && c.IsGap() && !strings.Contains(c.Reason, "takes no token for it (401)") {
			return false
		}
	}
	return slices.ContainsFunc(fired, func(f string) bool { return strings.HasPrefix(f, "expired ") })
}

// touchedBy returns the lists that faults can have taken something from: those of
// the endpoints they happened at, those that are asked for each of their entities,
// and those whose records they add to.
func touchedBy(fired []string) map[authz.List]bool {
	set := map[authz.List]bool{}
	rows := table()
	var touch func(e endpoint)
	touch = func(e endpoint) {
		set[e.list] = true
		for _, f := range rows {
			if f.each == e.name {
				touch(f)
			}
		}
	}
	for _, f := range fired {
		words := strings.Fields(f)
		for _, e := range rows {
			// An answer to a job's question has a path below its own.
			if pathOf(e).MatchString(words[len(words)-1]) {
				touch(e)
			}
		}
	}
	return set
}

// byList returns the records of each list as sorted texts.
func byList(m *memory) map[authz.List][]string {
	out := map[authz.List][]string{}
	put := func(l authz.List, v any) { out[l] = append(out[l], fmt.Sprintf("%+v", v)) }
	for _, r := range m.Organization {
		put(authz.ListSettings, [2]authz.Tri{r.GrantDivisionAware, r.Backfill}) // which the record takes from there
		r.GrantDivisionAware, r.Backfill = 0, 0
		put(authz.ListOrganization, r)
	}
	for _, r := range m.Division {
		put(authz.ListDivisions, r)
	}
	for _, r := range m.Permission {
		put(authz.ListPermissions, r)
	}
	for _, r := range m.Role {
		put(authz.ListRoles, r)
	}
	for _, r := range m.User {
		if r.Trustee != "" {
			put(authz.ListTrusteeUsers, r)
			continue
		}
		put(authz.ListUsers, r)
	}
	for _, r := range m.Group {
		put(authz.ListGroups, r)
	}
	for _, r := range m.Member {
		put(map[authz.Kind]authz.List{
			authz.KindGroup: authz.ListGroupMembers, authz.KindTeam: authz.ListTeamMembers, authz.KindQueue: authz.ListQueueMembers,
		}[r.Container.Kind], r)
	}
	for _, r := range m.Team {
		put(authz.ListTeams, r)
	}
	for _, r := range m.Client {
		put(authz.ListClients, r)
	}
	for _, r := range m.Usage {
		put(authz.ListClientUsage, r)
	}
	for _, r := range m.Resource {
		l := authz.ListObjects
		switch r.Kind {
		case authz.KindQueue:
			l = authz.ListQueues
		case authz.KindFlow:
			l = authz.ListFlows
		default:
		}
		put(l, r)
	}
	for _, r := range m.Grant {
		if r.Source == sourceDated {
			r.Subject.Kind = authz.KindSubject // what it is, the lists of users and groups tell
		}
		if r.Source != "client" { // told with the client
			put(authz.ListGrants, r)
		}
	}
	for _, r := range m.Trust {
		put(authz.ListTrustees, r)
	}
	for _, r := range m.AccessPolicy {
		put(authz.ListAccessPolicies, r)
	}
	for _, r := range m.Other {
		put(r.List, r)
	}
	for l := range out {
		slices.Sort(out[l])
		out[l] = slices.Compact(out[l])
	}
	return out
}
