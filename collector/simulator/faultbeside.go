package simulator

import (
	"fmt"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A besideRecord is a record that no model interprets, with its JSON.
type besideRecord struct {
	record authz.Other
	text   string
}

// beside adds a record that rules read as JSON, and returns its key.
func (p *planter) beside(list authz.List, id, name, text string) authz.Key {
	o := authz.Other{Org: p.lay.org, List: list, ID: id, Name: name}
	p.others = append(p.others, besideRecord{o, text})
	return o.Key()
}

// event adds a line of the audit log about a user; more is JSON of further fields.
func (p *planter) event(user authz.Key, action string, age time.Duration, maker, more string) authz.Key {
	id := uuid(p.o.Seed, "planted event", len(p.others))
	return p.beside(authz.ListAudits, id, "", fmt.Sprintf(
		`{"id":%q,"eventDate":%q,"serviceName":"PeoplePermissions","action":%q,"entityType":"User","entity":{"id":%q},%s%s}`,
		id, p.o.Now.Add(-age).UTC().Format(time.RFC3339), action, user.ID, maker, more))
}

func byClient(k authz.Key) string { return fmt.Sprintf(`"client":{"id":%q}`, k.ID) }

func byUser(k authz.Key) string { return fmt.Sprintf(`"user":{"id":%q}`, k.ID) }

// logged plants what the audit log tells.
func (p *planter) logged() {
	a, in := &p.lay.units[0], p.lay.internal()
	owner := p.key(authz.KindUser, uuid(p.o.Seed, "user", in.first))

	c := p.client("Sync Bridge")
	c.Created = p.o.Now.Add(-20 * day)
	k := p.user(a, atHome, "from.scim").Key()
	p.found("AR-004", "changes that only a client of nobody made", c.Key(), p.event(k, "Create", 10*day, byClient(c.Key()), ""))
	p.found("TI-018", "a person who was provisioned into Home", k)
	p.also("TI-005")
	p.found("OA-003", "a client whose name names no vendor", c.Key())
	p.also("AR-006")

	k = p.user(in, atHR, "has.moved").Key()
	held := p.grant(k, p.book.userAdmin, atHR, 20*day)
	p.event(k, "Update", 5*day, byUser(owner), fmt.Sprintf(`,"propertyChanges":[{"property":"divisionId","newValues":[%q]}]`, p.lay.divisions[atHR].ID))
	p.found("SE-007", "an elevated grant from before a person moved", k, held)
	p.also("SE-001", "RH-006", "ES-003", "ES-012")

	p.found("AR-003", "an audit log that reaches back a few days, and no archive", p.key(authz.KindOther, string(authz.ListAudits)))
}

// defined plants reports, integrations, licences and what the platform itself marks.
func (p *planter) defined() {
	a, in := &p.lay.units[0], p.lay.internal()
	k := p.user(a, a.divisions[0], "reads.reports").Key()
	p.grant(k, p.book.external[0], a.divisions[0], 20*day)
	id := uuid(p.o.Seed, "planted report", 0)
	p.found("TI-026", "a report without a division, shared with a person from outside", k,
		p.beside(authz.ListReports, id, "Weekly Volume", fmt.Sprintf(`{"id":%q,"name":"Weekly Volume","filters":[{"field":"mediaType"}],"shared_with":[{"id":%q}]}`, id, k.ID)))

	u := p.user(in, atHR, "built.it.and.left")
	u.State, u.LastToken = "inactive", p.o.Now.Add(-40*day)
	c := p.client("Internal_Screen_Pop")
	c.GrantType, c.Redirects, c.CreatedBy, c.ModifiedBy = "CODE", []string{"https://pop.internal.example/callback"}, u.ID, u.ID
	id = uuid(p.o.Seed, "planted integration", 0)
	p.found("OA-007", "an integration that acts as a person who has left", c.Key(),
		p.beside(authz.ListIntegrations, id, "Screen Pop", fmt.Sprintf(`{"id":%q,"name":"Screen Pop","intendedState":"ENABLED","config":{"clientId":%q}}`, id, c.ID)))
	p.also("OA-009")

	id = uuid(p.o.Seed, "planted product", 0)
	p.beside(authz.ListProducts, id, "genesysCloud1", fmt.Sprintf(`{"id":%q,"name":"genesysCloud1"}`, id))
	p.found("RH-008", "custom roles in an organization whose licences do not cover them", p.key(authz.KindOrganization, p.lay.org))

	k = p.user(in, atHR, "never.used.it").Key()
	p.found("SE-011", "a role that the platform marks as unused", k, p.grant(k, p.book.internal[0], atHR, 20*day))
	p.beside(authz.ListUnusedRoles, k.ID, "", fmt.Sprintf(`{"unusedRoles":[{"id":%q}]}`, p.book.all[p.book.internal[0]].ID))
}

// working plants people whose roles do not fit their work.
func (p *planter) working() {
	a, b, in := &p.lay.units[0], &p.lay.units[1], p.lay.internal()
	k := p.user(a, a.divisions[0], "sees.no.names").Key()
	p.found("TI-014", "conversations without the names of agents", k, p.grant(k, p.book.nameless, a.divisions[0], 20*day))

	k = p.user(in, atHR, "at.the.kiosk").Key()
	p.found("TI-023", "more than the persona's baseline", k, p.grant(k, p.book.kiosk, atHR, 20*day))

	one, two := p.user(a, a.divisions[0], "of.one").Key(), p.user(b, b.divisions[0], "of.two").Key()
	first, second := p.group(dashed(a.Name)+"-Pool", one), p.group(dashed(b.Name)+"-Pool", two)
	q := p.queue("Pooled", a.divisions[0])
	for _, name := range []string{first.ID, second.ID} {
		q.MemberGroups = append(q.MemberGroups, authz.MemberGroup{ID: name, Type: "GROUP"})
	}
	p.found("TI-027", "a queue whose groups are of two tenants", q.Key(), one, two)

	k = p.user(in, atHome, "serves.as.admin").Key()
	desk := p.grant(k, p.book.sharedDesk, atHR, 20*day)
	p.found("TI-029", "the built-in administrator's role for a shared service", k, desk, p.grant(k, p.book.admin, everywhere, 20*day))
	p.also("SE-001", "TI-001", "TI-020", "TI-016", "ES-003", "ES-006", "ES-007", "ES-008", "ES-010", "ES-011", "ES-014")

	k = p.user(a, a.divisions[0], "writes.actions").Key()
	p.found("ES-013", "a person from outside writes what runs as an integration", k, p.grant(k, p.book.actions, a.divisions[0], 20*day))
	p.also("TI-003", "TI-013")

	k = p.user(a, a.divisions[0], "hears.others").Key()
	p.found("TI-020", "a person from outside hears recordings of another tenant", k, p.grant(k, p.book.audit, b.divisions[0], 20*day))
	p.also("TI-001", "TI-019", "TI-028")

	k = p.user(in, atHR, "knows.more").Key()
	p.found("AR-002", "a permission that the catalogue lacks", p.key(authz.KindPermission, "preview:thing:view"), k, p.grant(k, p.book.unlisted, atHR, 20*day))
	p.found("RH-004", "a role that many people hold one by one", p.roleKey(p.book.transfer))
}

// followed says which of what was planted other rules find as well: a fault of
// one rule is often the cause of another's.
func (p *planter) followed() {
	for _, f := range []struct {
		account string
		rules   []string
	}{
		{"all.divisions@", []string{"TI-015"}},
		{"two.hours@", []string{"ES-003", "ES-006", "ES-007", "ES-008", "ES-010", "ES-014"}},
		{"keeps.accounts@", []string{"RH-006"}},
		{"shared.desk@", []string{"ES-011"}},
		{"reaches.home@", []string{"SE-009"}},
	} {
		for i := range p.users {
			if !strings.HasPrefix(p.users[i].Email, f.account) {
				continue
			}
			for _, rule := range f.rules {
				p.found(rule, "follows from another fault", p.users[i].Key())
			}
		}
	}
}
