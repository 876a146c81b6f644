package authztest

import (
	"fmt"
	"math/rand"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// RandomOptions bound what [Random] makes. The zero value is a mixture of everything.
type RandomOptions struct {
	// Users is the highest number of users of an organization; 0 is 8.
	Users int
	// Complete leaves out gaps: every list is complete and every member was read.
	Complete bool
	// Single makes one organization only.
	Single bool
	// Escalations adds permissions by which principals could become more, and
	// owners of every kind.
	Escalations bool
}

// Random returns small organizations in which every feature and every missing
// value of the access model occurs with good probability. The same source of
// randomness gives the same records.
func Random(rng *rand.Rand, o RandomOptions) *authz.Records {
	if o.Users == 0 {
		o.Users = 8
	}
	g := &generator{rng: rng, o: o, r: &authz.Records{}}
	g.r.About.TakenAt = time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)
	g.make("o1", "")
	if !o.Single && g.chance(35) {
		g.make("p1", "p") // a trustee organization, with ids of its own
	}
	if !o.Single && g.chance(20) {
		g.make("o2", "") // a stranger, with the same ids
	}
	if slices.ContainsFunc(g.r.Organization, func(v authz.Organization) bool { return v.ID == "p1" }) {
		g.home()
	}
	return g.r
}

type generator struct {
	rng *rand.Rand
	o   RandomOptions
	r   *authz.Records

	org, prefix string
	tidy        bool // complete lists

	divisions, users, groups, teams, clients, roles, queues, views, trusteeUsers, trusteeGroups []string
}

func (g *generator) chance(percent int) bool { return g.rng.Intn(100) < percent }

func pick[T any](g *generator, list ...T) T { return list[g.rng.Intn(len(list))] }

// oneOf returns an id of the list, seldom one that is nowhere.
func (g *generator) oneOf(list []string, nowhere string, percent int) string {
	if len(list) == 0 || g.chance(percent) {
		return g.prefix + nowhere
	}
	return pick(g, list...)
}

func (g *generator) ids(letter string, least, most int) []string {
	var out []string
	for i := range least + g.rng.Intn(most-least+1) {
		out = append(out, fmt.Sprintf("%s%s%d", g.prefix, letter, i+1))
	}
	return out
}

// some returns up to two ids of the list.
func (g *generator) some(list []string, nowhere string, percent int) []string {
	var out []string
	for range g.rng.Intn(3) {
		out = append(out, g.oneOf(list, nowhere, percent))
	}
	return out
}

func (g *generator) tri() authz.Tri { return pick(g, authz.Unknown, authz.False, authz.True) }

func (g *generator) seldomFalse() authz.Tri {
	if g.chance(20) {
		return authz.False
	}
	return pick(g, authz.Unknown, authz.True)
}

func (g *generator) state() string {
	if g.chance(15) {
		return pick(g, "inactive", "deleted")
	}
	return pick(g, "", "active", "active", "ACTIVE")
}

func (g *generator) division() string {
	if g.chance(15) {
		return pick(g, "", "*", "all", g.prefix+"dx")
	}
	return pick(g, g.divisions...)
}

// make adds an organization.
func (g *generator) make(org, prefix string) {
	g.org, g.prefix, g.tidy = org, prefix, g.o.Complete || g.chance(50)
	g.r.Organization = append(g.r.Organization, authz.Organization{ID: org, Name: org})
	g.divisions, g.users = g.ids("d", 2, 4), g.ids("u", 2, max(2, g.o.Users))
	g.groups, g.teams, g.clients = g.ids("g", 1, 4), g.ids("t", 0, 2), g.ids("c", 0, 4)
	g.roles, g.queues, g.views = g.ids("r", 2, 5), g.ids("q", 0, 4), g.ids("v", 0, 2)
	g.trusteeUsers, g.trusteeGroups = nil, nil
	if org == "o1" && g.chance(60) {
		g.trusteeUsers, g.trusteeGroups = []string{"pu1", "pu2", "xu1"}, []string{"pg1", "xg1"}
	}
	g.places()
	g.people()
	g.permissions()
	g.makeRoles()
	g.makeMembers()
	g.makeGrants()
	g.makeTrusts()
	g.makePolicies()
	g.ledger()
}

func (g *generator) places() {
	for i, id := range g.divisions {
		g.r.Division = append(g.r.Division, authz.Division{Org: g.org, ID: id, Name: id, Home: i == 0})
	}
	for _, id := range g.queues {
		q := authz.Resource{Org: g.org, ID: id, Name: id, Kind: authz.KindQueue, Division: g.division()}
		for range g.rng.Intn(3) {
			q.MemberGroups = append(q.MemberGroups, g.memberGroup())
		}
		g.r.Resource = append(g.r.Resource, q)
	}
	if g.chance(40) {
		g.r.Resource = append(g.r.Resource, authz.Resource{Org: g.org, ID: g.prefix + "f1", Kind: authz.KindFlow, Division: pick(g, g.division(), g.prefix+"dy")})
	}
	for _, id := range g.views {
		g.r.View = append(g.r.View, authz.View{
			Org: g.org, ID: id, Queues: g.some(g.queues, "qx", 10), Users: g.some(g.users, "ux", 10),
		})
	}
}

func (g *generator) memberGroup() authz.MemberGroup {
	if len(g.teams) > 0 && g.chance(35) {
		return authz.MemberGroup{ID: pick(g, g.teams...), Type: pick(g, "TEAM", "TEAM", "", "GROUP")}
	}
	if g.chance(15) {
		return authz.MemberGroup{ID: g.prefix + "s1", Type: "SKILLGROUP"}
	}
	return authz.MemberGroup{ID: g.oneOf(g.groups, "gx", 5), Type: pick(g, "GROUP", "GROUP", "", "TEAM")}
}

func (g *generator) people() {
	for _, id := range g.users {
		g.r.User = append(g.r.User, authz.User{Org: g.org, ID: id, Name: id, Division: g.division(), State: g.state()})
	}
	for _, id := range g.trusteeUsers {
		if g.chance(80) {
			g.r.User = append(g.r.User, authz.User{Org: g.org, ID: id, Trustee: trusteeOf(id), State: g.state()})
		}
	}
	for _, id := range g.groups {
		g.r.Group = append(g.r.Group, authz.Group{
			Org: g.org, ID: id, Name: id, State: g.state(), RolesEnabled: g.seldomFalse(),
			IncludeOwners: g.tri(), Owners: g.owners(),
		})
	}
	for _, id := range g.trusteeGroups {
		if g.chance(80) {
			g.r.Group = append(g.r.Group, authz.Group{Org: g.org, ID: id, Trustee: trusteeOf(id), State: g.state(), RolesEnabled: g.seldomFalse()})
		}
	}
	for _, id := range g.teams {
		g.r.Team = append(g.r.Team, authz.Team{Org: g.org, ID: id, Division: g.division()})
	}
	types := []string{"", "CLIENT-CREDENTIALS", "CLIENT-CREDENTIALS", "CODE", "TOKEN", "SAML2-BEARER", "PASSWORD"}
	for _, id := range g.clients {
		g.r.Client = append(g.r.Client, authz.Client{Org: g.org, ID: id, GrantType: pick(g, types...), State: pick(g, "", "active", "active", "disabled", "inactive")})
	}
}

// owners returns the owners of a group.
func (g *generator) owners() []string {
	if !g.o.Escalations {
		return g.some(g.users, "ux", 8)
	}
	all := slices.Concat(g.users, g.users, g.clients, g.trusteeUsers, g.groups)
	return g.some(all, "ux", 8)
}

// trusteeOf returns the organization of a trustee's user or group by its id.
func trusteeOf(id string) string { return id[:1] + "1" }

func (g *generator) makeMembers() {
	for _, id := range g.groups {
		g.memberList(authz.KindGroup, id, g.rng.Intn(5))
	}
	for _, id := range g.teams {
		g.memberList(authz.KindTeam, id, g.rng.Intn(3))
	}
	for _, id := range g.queues {
		g.memberList(authz.KindQueue, id, g.rng.Intn(3))
	}
	if len(g.trusteeGroups) > 0 && g.chance(15) {
		g.memberList(authz.KindTrusteeGroup, "pg1", 2)
	}
	if !g.tidy && g.chance(20) {
		g.memberList(pick(g, authz.KindGroup, authz.KindTeam), g.prefix+pick(g, "gx", "tx"), 2)
	}
}

func (g *generator) memberList(kind authz.Kind, id string, n int) {
	if !g.tidy && g.chance(8) {
		return
	}
	l := authz.MemberList{Container: authz.Key{Org: g.org, Kind: kind, ID: id}, Partial: !g.tidy && g.chance(5)}
	for range n {
		k := authz.Key{Org: g.org, Kind: authz.KindSubject, ID: g.member(kind)}
		if kind == authz.KindQueue {
			k = authz.Key{Org: g.org, Kind: authz.KindUser, ID: g.oneOf(g.users, "ux", 5)}
		} else if g.chance(20) {
			k = authz.Key{Org: g.org, Kind: authz.KindUser, ID: g.oneOf(g.users, "uy", 15)}
		}
		if !slices.Contains(l.Members, k) {
			l.Members = append(l.Members, k)
		}
	}
	g.r.Member = append(g.r.Member, l)
}

// member returns an id for a group or team, of whatever may be listed.
func (g *generator) member(kind authz.Kind) string {
	switch n := g.rng.Intn(100); {
	case kind != authz.KindTeam && n < 25:
		return pick(g, g.groups...)
	case n < 33 && len(g.clients) > 0:
		return pick(g, g.clients...)
	case n < 45 && len(g.trusteeUsers) > 0:
		return pick(g, append(slices.Clone(g.trusteeUsers), g.trusteeGroups...)...)
	case n < 50:
		return g.prefix + pick(g, "ux", "gx", "nobody")
	default:
		return pick(g, g.users...)
	}
}

func (g *generator) makeGrants() {
	first := len(g.r.Grant)
	for range 4 + g.rng.Intn(10) {
		d := g.division()
		if g.chance(25) {
			d = "*"
		}
		v := authz.Grant{Org: g.org, Subject: g.subject(), Role: g.oneOf(g.roles, "rx", 8), Division: d}
		if v.Subject.Kind == authz.KindClient && g.chance(50) {
			v.Source = "client"
		}
		g.r.Grant = append(g.r.Grant, v)
	}
	if g.chance(10) { // told twice
		g.r.Grant = append(g.r.Grant, pick(g, g.r.Grant[first:]...))
	}
}

func (g *generator) subject() authz.Key {
	k := authz.Key{Org: g.org}
	switch n := g.rng.Intn(100); {
	case n < 30:
		k.Kind, k.ID = authz.KindUser, g.oneOf(g.users, "ux", 10)
	case n < 60:
		k.Kind, k.ID = authz.KindGroup, g.oneOf(g.groups, pick(g, "gx", "gy"), 12)
	case n < 67:
		k.Kind, k.ID = authz.KindTeam, g.oneOf(g.teams, "tx", 12)
	case n < 77:
		k.Kind, k.ID = authz.KindClient, g.oneOf(g.clients, "cx", 12)
	case n < 84:
		k.Kind, k.ID = authz.KindTrusteeUser, g.oneOf(g.trusteeUsers, "xu9", 15)
	case n < 90:
		k.Kind, k.ID = authz.KindTrusteeGroup, g.oneOf(g.trusteeGroups, "xg9", 15)
	case n < 93:
		k.Kind, k.ID = authz.KindUnknown, g.prefix+"k1"
	default:
		k.Kind, k.ID = authz.KindSubject, g.oneOf(append(slices.Clone(g.users), g.groups...), "n1", 20)
	}
	return k
}

func (g *generator) makeTrusts() {
	if g.org != "o1" {
		return
	}
	for _, id := range []string{"p1", "x1"} {
		if !g.chance(60) {
			continue
		}
		t := authz.Trust{Org: g.org, ID: id, Enabled: g.seldomFalse()}
		if g.chance(25) {
			t.Expires = g.r.About.TakenAt.AddDate(0, 0, pick(g, -1, 1))
		}
		if g.chance(15) {
			t.FullAccess = g.tri()
			t.DefaultRole = g.tri()
		}
		g.r.Trust = append(g.r.Trust, t)
	}
}

// home tells of some trustees' users in their own organization too.
func (g *generator) home() {
	for _, id := range []string{"pu1", "pu2"} {
		if !slices.ContainsFunc(g.r.User, func(u authz.User) bool { return u.Org == "p1" && u.ID == id }) && g.chance(50) {
			g.r.User = append(g.r.User, authz.User{Org: "p1", ID: id, State: g.state()})
		}
	}
}

// ledger says what was read.
func (g *generator) ledger() {
	for _, list := range authz.Lists() {
		line := authz.Coverage{Org: g.org, List: list, Status: authz.StatusComplete}
		if !g.tidy && g.chance(12) {
			line.Status = pick(g, authz.StatusPartial, authz.StatusRefused, authz.StatusFailed, authz.StatusAbsent, authz.StatusNotApplicable, authz.StatusReading)
		}
		if !g.tidy && g.chance(4) {
			continue // silent
		}
		g.r.CoverageLedger = append(g.r.CoverageLedger, line)
	}
	if !g.tidy && g.chance(5) {
		g.r.CoverageLedger = append(g.r.CoverageLedger, authz.Coverage{List: pick(g, authz.Lists()...), Status: pick(g, authz.StatusComplete, authz.StatusPartial)})
	}
}
