package simulator

import (
	"fmt"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// faultUsers is how many users planted faults take of an organization's number.
const faultUsers = 40

// isolation plants people from outside who reach further than their tenant.
func (p *planter) isolation() {
	a, b := &p.lay.units[0], &p.lay.units[1]
	role := p.book.external[0]

	k := p.user(a, a.divisions[0], "two.tenants").Key()
	p.grant(k, role, a.divisions[0], 20*day)
	p.found("TI-001", "a person of one tenant holds a role in another tenant's division", k, p.grant(k, role, b.divisions[0], 20*day))
	p.also("TI-019", "TI-020")

	k = p.user(b, b.divisions[0], "all.divisions").Key()
	p.found("TI-002", "a person from outside holds a role in all divisions", k, p.grant(k, role, everywhere, 20*day))
	p.also("TI-001", "TI-004", "TI-008", "TI-015", "TI-019", "TI-020")

	k = p.user(a, a.divisions[0], "org.wide").Key()
	p.found("TI-003", "a person from outside holds a permission that no division limits", p.roleKey(p.book.orgWide), k, p.grant(k, p.book.orgWide, a.divisions[0], 20*day))

	k = p.user(a, a.divisions[0], "reaches.home").Key()
	p.found("TI-004", "a person from outside holds a role in Home", k, p.grant(k, role, atHome, 20*day))
	p.also("TI-019", "TI-020", "SE-009")
	p.expired = k

	k = p.user(a, atHome, "left.in.home").Key()
	p.grant(k, role, a.divisions[0], 20*day)
	p.found("TI-005", "a person from outside lies in Home", k)
}

// sharing plants too much in a shared division, and a queue in the wrong one.
func (p *planter) sharing() {
	a := &p.lay.units[0]
	k := p.user(a, a.divisions[0], "beyond.shared").Key()
	p.found("TI-008", "a person from outside holds more in Shared than everybody may", k, p.grant(k, p.book.external[0], atShared, 20*day))
	p.also("TI-020")

	p.found("TI-009", "a tenant's queue lies in Home", p.queue(a.Name+" Unassigned", atHome, k).Key())
}

// scoping plants roles whose source states too wide a scope.
func (p *planter) scoping() {
	a, b := &p.lay.units[0], &p.lay.units[1]
	k := p.user(a, a.divisions[0], "scope.all").Key()
	made := p.grant(k, p.book.scopedAll, a.divisions[0], 20*day)
	p.found("TI-010", "analytics with scope All for a person from outside", p.roleKey(p.book.scopedAll), k, made)
	p.found("TI-011", "queues with scope All for a person from outside", p.roleKey(p.book.scopedAll), k, made)
	p.found("TI-025", "a role whose name follows no convention", p.roleKey(p.book.scopedAll))

	k = p.user(a, a.divisions[0], "scope.group").Key()
	g := p.group(dashed(a.Name)+"-Overflow", k)
	made = p.grant(g.Key(), p.book.scopedGroup, a.divisions[0], 20*day)
	other := p.user(b, b.divisions[0], "lent.out").Key()
	q := p.queue("Overflow", a.divisions[0], other)
	q.MemberGroups = []authz.MemberGroup{{ID: g.ID, Type: "GROUP"}}
	p.found("TI-012", "a queue with people of two tenants, which one reaches by its group", q.Key(), g.Key(), other, made)
}

// inheriting plants built-in roles where none should be.
func (p *planter) inheriting() {
	b, in := &p.lay.units[1], p.lay.internal()
	k := p.user(b, b.divisions[0], "built.in").Key()
	p.found("TI-006", "a built-in role is granted to a person from outside", k, p.roleKey(p.book.supervisor), p.grant(k, p.book.supervisor, b.divisions[0], 20*day))

	k = p.user(in, atHR, "inheriting").Key()
	p.grant(k, p.book.inheriting, atHR, 20*day)
	p.found("TI-007", "a role inherits from a built-in one", p.roleKey(p.book.inheriting))

	k = p.user(b, b.divisions[0], "keeps.accounts").Key()
	p.found("TI-013", "a person from outside may change accounts", k, p.grant(k, p.book.userAdmin, b.divisions[0], 20*day))
	p.also("SE-001", "RH-006", "ES-003", "ES-012")

	u := p.user(b, b.divisions[0], "wrong.flag")
	u.BPO = authz.False
	p.grant(u.Key(), p.book.external[0], b.divisions[0], 20*day)
	p.found("TI-021", "a person from outside is marked as the owner's own", u.Key())
}

// trust plants a trustee organization with a user who holds a role here.
func (p *planter) trust() {
	t := authz.Trust{Org: p.lay.org, ID: uuid(p.o.Seed, "trustee", 0), Name: "Trusted Support", Enabled: authz.True, Created: p.o.Now.Add(-300 * day), FullAccess: authz.False, DefaultRole: authz.False}
	u := authz.User{Org: p.lay.org, ID: uuid(p.o.Seed, "trustee user", 0), Trustee: t.ID, Name: "Trusted Person", Email: "person@trusted.example", State: "active"}
	p.trusts, p.trustees = append(p.trusts, t), append(p.trustees, u)
	g := p.grant(u.Key(), p.book.external[0], p.lay.units[0].divisions[0], 20*day)
	p.found("TI-024", "a trust without a last day whose user reaches a tenant", p.key(authz.KindTrusteeOrganization, t.ID), u.Key(), g)
	p.also("TI-001", "TI-020")
}

// escalation plants a way from outside to administration: a person who may join
// the group that holds it.
func (p *planter) escalation() {
	a, in := &p.lay.units[0], p.lay.internal()
	g := p.group("Super-Admins", p.key(authz.KindUser, uuid(p.o.Seed, "user", in.first)))
	held := p.grant(g.Key(), p.book.admin, everywhere, 20*day)
	p.found("TI-017", "the members of a group hold administration", g.Key(), held)

	k := p.user(a, a.divisions[0], "joins.groups").Key()
	made := p.grant(k, p.book.groupAdmin, a.divisions[0], 20*day)
	p.found("ES-002", "a person from outside may join the group of administrators", k, g.Key(), made)
	p.also("TI-003", "TI-013", "ES-003")
	p.found("ES-009", "a person may join a group that holds more than they do", k, g.Key(), made)
}

// staleness plants power that outlived its reason.
func (p *planter) staleness() {
	in := p.lay.internal()
	k := p.user(in, atHome, "two.hours").Key()
	p.found("SE-001", "administration that was meant for two hours", k, p.grant(k, p.book.admin, everywhere, 250*day))
	p.also("SE-002", "TI-001", "TI-020", "ES-003", "ES-006", "ES-007", "ES-008", "ES-010", "ES-014")

	k = p.user(in, atHome, "never.reviewed").Key()
	p.found("SE-002", "an elevated grant that is older than ninety days", k, p.grant(k, p.book.userAdmin, atHR, 200*day))
	p.also("SE-001", "RH-006", "ES-003", "ES-012")

	u := p.user(in, atHome, "not.seen")
	u.LastToken = p.o.Now.Add(-150 * day)
	p.found("SE-003", "an elevated person who was not seen for ninety days", u.Key(), p.grant(u.Key(), p.book.userAdmin, atHR, 20*day))
	p.also("SE-001", "RH-006", "ES-003", "ES-012")

	u = p.user(in, atHome, "has.left")
	u.State, u.LastToken = "inactive", p.o.Now.Add(-150*day)
	p.found("SE-004", "a person who left holds grants", u.Key(), p.grant(u.Key(), p.book.internal[0], atHR, 60*day))
}

// integrations plants OAuth clients.
func (p *planter) integrations() {
	a, b := &p.lay.units[0], &p.lay.units[1]

	c := p.client("Internal_Workspace_Connector")
	c.TokenSeconds = 172_800
	held := p.grant(c.Key(), p.book.impersonate, everywhere, 20*day)
	p.found("ES-001", "an integration may act as anybody", c.Key(), p.roleKey(p.book.impersonate), held)
	p.also("TI-001", "OA-005", "ES-003", "ES-004", "ES-005", "ES-012")
	p.found("ES-004", "an integration may act as anybody and read everybody", c.Key(), held)
	p.found("ES-005", "an integration that may act as others has long-lived tokens", c.Key())
	p.found("OA-006", "a token lives for two days", c.Key())

	c = p.client(fmt.Sprintf("Vendor_%s_Wallboard", a.Name))
	c.GrantType, c.Redirects = "TOKEN", []string{"http://wallboard.example/*"}
	p.found("OA-001", "a client with an implicit grant", c.Key())
	p.found("OA-008", "a redirect address without https, with a wildcard", c.Key())

	c = p.client("Reporting Bridge")
	one, two := p.grant(c.Key(), p.book.external[0], a.divisions[0], 20*day), p.grant(c.Key(), p.book.external[0], b.divisions[0], 20*day)
	p.found("OA-002", "one client with grants in two tenants", c.Key(), one, two)
	p.also("TI-001", "TI-019", "TI-020", "AR-006")
	p.found("OA-003", "a client whose name names no vendor", c.Key())

	c = p.client("Internal_Automation")
	p.found("OA-005", "a client holds administration", c.Key(), p.grant(c.Key(), p.book.admin, everywhere, 20*day))
	p.also("TI-001", "TI-020", "ES-004", "ES-005", "ES-003", "ES-006", "ES-007", "ES-008", "ES-010", "ES-014")

	c = p.client(fmt.Sprintf("Vendor_%s_Idle", b.Name))
	c.CreatedBy, c.ModifiedBy = p.users[len(p.users)-1].ID, p.users[len(p.users)-1].ID // who has left
	p.usages[len(p.usages)-1].Date = p.o.Now.Add(-60 * day)
	p.grant(c.Key(), p.book.external[0], b.divisions[0], 20*day)
	p.found("SE-006", "a client that nobody used for a month", c.Key())
	p.found("OA-009", "a client whose creator has left", c.Key(), p.users[len(p.users)-1].Key())
}

// hygiene plants grants and roles that do nothing.
func (p *planter) hygiene() {
	in := p.lay.internal()
	role := p.book.internal[0]
	p.found("RH-001", "a role with a wildcard", p.roleKey(p.book.unused))
	p.found("RH-002", "a role that nobody holds", p.roleKey(p.book.unused))

	k := p.user(in, atHome, "holds.twice").Key()
	p.grant(k, role, everywhere, 20*day)
	p.found("RH-003", "a grant that adds nothing to one in all divisions", p.grant(k, role, atHome, 20*day), k)

	g := p.group("SS-Empty")
	p.found("RH-005", "a group without members holds a role", g.Key(), p.grant(g.Key(), role, atHR, 20*day))

	gone := func(family string) string { return uuid(p.o.Seed, "deleted "+family, 0) }
	p.found("RH-009", "a grant to a subject that no longer exists", p.raw(p.key(authz.KindUser, gone("user")), p.book.all[role].ID, p.lay.divisions[atHR].ID, 60*day))
	p.found("RH-009", "a grant of a role that no longer exists", p.raw(k, gone("role"), p.lay.divisions[atHR].ID, 60*day))
	p.found("RH-009", "a grant in a division that no longer exists", p.raw(k, p.book.all[role].ID, gone("division"), 60*day))
}

// readiness plants what an auditor would ask about.
func (p *planter) readiness() {
	p.refused = authz.ListIdentityProviders
	p.found("AR-001", "the identity providers could not be read", p.key(authz.KindOther, string(authz.ListIdentityProviders)))
	p.found("AR-005", "an allowance of the configuration is past its last day", p.expired)

	lost := &unit{Tenant: Tenant{Name: "Contractor", External: true}, domain: "other.example", region: regionOf(0)}
	k := p.user(lost, p.lay.sandbox, "contractor").Key()
	p.grant(k, p.book.external[0], p.lay.sandbox, 20*day)
	p.found("AR-006", "a division that is in no tenant", p.key(authz.KindDivision, p.lay.divisions[p.lay.sandbox].ID))
	p.found("AR-006", "a person who is in no tenant", k)

	in := p.lay.internal()
	u := p.user(in, atHome, "no.date")
	p.raw(u.Key(), p.book.all[p.book.userAdmin].ID, p.lay.divisions[atHR].ID, 0)
	p.grants[len(p.grants)-1].MadeAt = time.Time{}
	p.found("SE-008", "an elevated grant whose age is not known", p.grants[len(p.grants)-1].Key(), u.Key())
	p.also("SE-001", "RH-006", "ES-003", "ES-012")
}

// leftovers plants what stayed when its reason went.
func (p *planter) leftovers() {
	a, in := &p.lay.units[0], p.lay.internal()
	role := p.book.external[0]

	u := p.user(a, a.divisions[0], "other.region")
	u.Region = regionOf(1)
	p.grant(u.Key(), role, a.divisions[0], 20*day)
	p.found("TI-019", "a person lies in another region than their company", u.Key())

	u = p.user(in, atHome, "was.cloned")
	u.ClonedFrom = uuid(p.o.Seed, "organization", 1)
	p.found("TI-030", "an account that was cloned from another organization", u.Key())

	k := p.user(in, atHome, "for.emergencies").Key()
	p.found("SE-010", "a role for emergencies that somebody holds for good", k, p.grant(k, p.book.breakGlass, atHR, 20*day))

	k = p.user(in, atHome, "audits.all").Key()
	p.found("TI-028", "an audit role that hears recordings", p.roleKey(p.book.audit), k, p.grant(k, p.book.audit, atHR, 20*day))

	k = p.user(in, atHome, "shared.desk").Key()
	p.found("TI-022", "a shared service that edits queues in all divisions", k, p.grant(k, p.book.sharedDesk, everywhere, 20*day))
	p.also("TI-001", "ES-011")

	k = p.user(in, atHome, "widened").Key()
	p.grant(k, p.book.sharedDesk, atHR, 20*day)
	g := p.group("SS-Wider", k)
	p.found("TI-016", "a group that widens a member of a shared service", k, g.Key(), p.grant(g.Key(), p.book.internal[0], atHR, 20*day))
	p.also("ES-011")

	c := p.client("Internal_Provisioning")
	c.Created, c.Modified = p.o.Now.Add(-200*day), p.o.Now.Add(-200*day)
	p.found("SE-005", "a secret that is older than ninety days", c.Key())
	p.found("OA-004", "a provisioning client that does more", c.Key(), p.grant(c.Key(), p.book.sharedDesk, atHR, 20*day))
	p.also("TI-016")
}
