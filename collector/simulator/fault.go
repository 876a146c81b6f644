package simulator

import (
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Fault is one thing that [Generate] made wrong on purpose.
type Fault struct {
	// Rule is the id of the rule that should find it, such as "TI-001".
	Rule string
	// Kind is that of the record that is at fault; other for a ledger line.
	Kind authz.Kind
	// Keys are the records that the fault consists of, the one at fault first.
	Keys []authz.Key
	// Also are other rules that cannot but find the same.
	Also []string
	// Note says what is wrong, for a reader.
	Note string
}

// A planter collects the records of planted faults.
type planter struct {
	o    Options
	lay  *layout
	book *roleBook

	faults       []Fault
	users        []authz.User
	groups       []authz.Group
	members      []authz.MemberList
	grants       []authz.Grant
	clients      []authz.Client
	usages       []authz.Usage
	queues       []authz.Resource
	queueMembers []authz.MemberList
	trusts       []authz.Trust
	trustees     []authz.User
	others       []besideRecord
	refused      authz.List // could not be read
	expired      authz.Key  // was allowed into Internal until a day that has passed
}

const day = 24 * time.Hour

// plant makes the faults, if any were asked for.
func plant(o Options, lay *layout, book *roleBook) *planter {
	p := &planter{o: o, lay: lay, book: book}
	if !o.Faults {
		return p
	}
	p.isolation()
	p.sharing()
	p.scoping()
	p.inheriting()
	p.trust()
	p.escalation()
	p.staleness()
	p.integrations()
	p.hygiene()
	p.readiness()
	p.leftovers()
	p.logged()
	p.defined()
	p.working()
	p.followed()
	return p
}

// found records a fault.
func (p *planter) found(rule, note string, keys ...authz.Key) {
	p.faults = append(p.faults, Fault{Rule: rule, Kind: keys[0].Kind, Keys: keys, Note: note})
}

// also says which other rules cannot but find the last fault.
func (p *planter) also(rules ...string) { p.faults[len(p.faults)-1].Also = rules }

// user adds an active user of a unit, seen yesterday, and returns the place where it stands.
func (p *planter) user(u *unit, division int, account string) *authz.User {
	rec := person(p.lay, u, division, uuid(p.o.Seed, "planted user", len(p.users)), account, account)
	rec.LastToken = p.o.Now.Add(-day)
	p.users = append(p.users, rec)
	return &p.users[len(p.users)-1]
}

// grant adds a grant, that old, and returns its key.
func (p *planter) grant(subject authz.Key, role, division int, age time.Duration) authz.Key {
	d := authz.AllDivisions
	if division != everywhere {
		d = p.lay.divisions[division].ID
	}
	return p.raw(subject, p.book.all[role].ID, d, age)
}

// raw adds a grant by ids, which may name nothing.
func (p *planter) raw(subject authz.Key, role, division string, age time.Duration) authz.Key {
	g := authz.Grant{Org: p.lay.org, Subject: subject, Role: role, Division: division, MadeAt: p.o.Now.Add(-age), Source: "grants"}
	p.grants = append(p.grants, g)
	return g.Key()
}

// group adds a group with these members.
func (p *planter) group(name string, members ...authz.Key) *authz.Group {
	g := authz.Group{
		Org: p.lay.org, ID: uuid(p.o.Seed, "planted group", len(p.groups)), Name: name, State: "active", Type: "official",
		RolesEnabled: authz.True, IncludeOwners: authz.False,
	}
	p.groups = append(p.groups, g)
	p.members = append(p.members, authz.MemberList{Container: g.Key(), Members: members})
	return &p.groups[len(p.groups)-1]
}

// queue adds a queue with these members.
func (p *planter) queue(name string, division int, members ...authz.Key) *authz.Resource {
	q := authz.Resource{Org: p.lay.org, ID: uuid(p.o.Seed, "planted queue", len(p.queues)), Kind: authz.KindQueue, Name: name, Division: p.lay.divisions[division].ID}
	p.queues = append(p.queues, q)
	p.queueMembers = append(p.queueMembers, authz.MemberList{Container: q.Key(), Members: members})
	return &p.queues[len(p.queues)-1]
}

// client adds a client-credentials client, used yesterday.
func (p *planter) client(name string) *authz.Client {
	owner := uuid(p.o.Seed, "user", p.lay.internal().first)
	c := authz.Client{
		Org: p.lay.org, ID: uuid(p.o.Seed, "planted client", len(p.clients)), Name: name, GrantType: "CLIENT-CREDENTIALS", State: "active",
		TokenSeconds: 3600, Created: p.o.Now.Add(-30 * day), Modified: p.o.Now.Add(-30 * day), CreatedBy: owner, ModifiedBy: owner,
	}
	p.clients = append(p.clients, c)
	p.usages = append(p.usages, usage(p.lay.org, c.ID, p.o.Now.Add(-day), 100))
	return &p.clients[len(p.clients)-1]
}

// key returns the key of a record of the organization.
func (p *planter) key(kind authz.Kind, id string) authz.Key {
	return authz.Key{Org: p.lay.org, Kind: kind, ID: id}
}

// roleKey returns the key of the role at a position.
func (p *planter) roleKey(at int) authz.Key { return p.key(authz.KindRole, p.book.all[at].ID) }
