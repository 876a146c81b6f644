package platform

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A builder is a sink that makes an [Organization].
type builder struct {
	o     *Organization
	about authz.Organization
	seen  bool
}

var _ collector.Sink = (*builder)(nil)

func newBuilder() *builder {
	return &builder{o: &Organization{
		lists: map[authz.List]*list{}, trusted: map[authz.List]map[string][]*entity{},
		usage: map[string][]authz.Usage{}, aware: map[authz.Pattern]authz.Tri{},
		members: newMemberships(), grants: newGrantTable(),
	}}
}

// Put implements [collector.Sink].
func (b *builder) Put(rec authz.Record, raw json.RawMessage) error {
	switch r := rec.(type) {
	case authz.Organization:
		return b.organization(r, raw)
	case authz.Grant:
		b.o.grants.add(r)
		return nil
	case authz.MemberList:
		b.o.members.add(r)
		return nil
	case authz.Usage:
		b.o.usage[r.Client] = append(b.o.usage[r.Client], r)
		return nil
	case authz.Permission:
		b.permission(r)
	case authz.Role:
		b.role(r, raw)
	case authz.User:
		b.user(r, raw)
	case authz.Group:
		b.group(r, raw)
	case authz.Other:
		b.add(r.List, &entity{id: r.ID, name: r.Name, raw: raw})
		return nil
	default:
		b.other(rec, raw)
	}
	return b.o.facts.Put(rec)
}

// Cover implements [collector.Sink]. What a source could not tell, the platform
// does not have.
func (b *builder) Cover(authz.Coverage) error { return nil }

func (b *builder) organization(r authz.Organization, raw json.RawMessage) error {
	if b.seen {
		return errSeveral
	}
	b.seen, b.about = true, r
	if raw == nil {
		raw = object([]field{{"id", quote(r.ID)}, {"name", quote(r.Name)}})
	}
	// What only a bundle says of an organization the API does not know.
	b.o.about, _ = split(raw, nil, set("platform", "region"))
	return b.o.facts.Put(r)
}

// add appends an entity to a list. One that is told twice is there once.
func (b *builder) add(name authz.List, e *entity) {
	l := b.o.lists[name]
	if l == nil {
		l = &list{at: map[string]int{}}
		b.o.lists[name] = l
	}
	if i, ok := l.at[e.id]; ok {
		l.items[i] = e
		return
	}
	l.at[e.id] = len(l.items)
	l.items = append(l.items, e)
}

// permission notes whether divisions limit a permission. Of two entries the one
// that says no counts.
func (b *builder) permission(r authz.Permission) {
	p := r.Pattern()
	if b.o.aware[p] != authz.False && r.DivisionAware != authz.Unknown {
		b.o.aware[p] = r.DivisionAware
	}
}

func (b *builder) role(r authz.Role, raw json.RawMessage) {
	b.add(authz.ListRoles, &entity{id: r.ID, name: r.Name, raw: raw})
	b.o.guides = b.o.guides || len(r.Inherits) > 0
	for _, p := range r.Policies {
		b.o.guides = b.o.guides || p.Guide != ""
	}
}

func (b *builder) user(r authz.User, raw json.RawMessage) {
	e := &entity{id: r.ID, name: r.Name, division: where(r.Division), state: stateOf(r.State)}
	e.raw, e.extra = split(raw, onDemand(), set("authorization", "groups", "team", "trustor", "clonedFrom"))
	if r.Trustee != "" {
		b.trusted(authz.ListTrusteeUsers, r.Trustee, e)
		return
	}
	b.add(authz.ListUsers, e)
}

func (b *builder) group(r authz.Group, raw json.RawMessage) {
	e := &entity{id: r.ID, name: r.Name, state: stateOf(r.State)}
	e.raw, e.extra = split(raw, set("dynamicSettings"), set("dynamic"))
	if r.Trustee != "" {
		b.trusted(authz.ListTrusteeGroups, r.Trustee, e)
		return
	}
	b.add(authz.ListGroups, e)
}

func (b *builder) trusted(name authz.List, org string, e *entity) {
	if b.o.trusted[name] == nil {
		b.o.trusted[name] = map[string][]*entity{}
	}
	b.o.trusted[name][org] = append(b.o.trusted[name][org], e)
}

// other adds a record whose entity is given as it is.
func (b *builder) other(rec authz.Record, raw json.RawMessage) {
	e := &entity{id: rec.Key().ID, raw: raw}
	switch r := rec.(type) {
	case authz.Division:
		e.name = r.Name
		b.add(authz.ListDivisions, e)
	case authz.Team:
		e.name, e.division = r.Name, where(r.Division)
		b.add(authz.ListTeams, e)
	case authz.Client:
		e.name, e.state = r.Name, stateOf(r.State)
		e.raw, _ = split(raw, nil, set("roleDivisions", "roleIds", "secret"))
		b.add(authz.ListClients, e)
	case authz.Resource:
		e.name, e.division, e.kind = r.Name, where(r.Division), strings.ToUpper(r.Type)
		b.add(authz.ListOf(r.Kind), e)
	case authz.Trust:
		e.name = r.Name
		b.add(authz.ListTrustees, e)
	case authz.AccessPolicy:
		e.name = r.Name
		b.add(authz.ListAccessPolicies, e)
	default: // a view, which the API has not
	}
}

// finish makes the indexes.
func (b *builder) finish() (*Organization, error) {
	if !b.seen {
		return nil, fmt.Errorf("loading organization: the source has none")
	}
	b.o.id, b.o.name, b.o.settings = b.about.ID, b.about.Name, b.about
	b.o.grants.finish(b.o.kindOf)
	b.o.members.finish(b.o.facts.Group)
	b.o.queues = map[string]int{}
	for i, r := range b.o.facts.Resource {
		if r.Kind == authz.KindQueue {
			b.o.queues[r.ID] = i
		}
	}
	return b.o, nil
}

// kindOf returns the kind of what has an id, for a grant that does not say it.
func (o *Organization) kindOf(id string) authz.Kind {
	switch {
	case o.lists[authz.ListUsers].find(id) != nil:
		return authz.KindUser
	case o.lists[authz.ListGroups].find(id) != nil:
		return authz.KindGroup
	case o.lists[authz.ListClients].find(id) != nil:
		return authz.KindClient
	case o.trusts(authz.ListTrusteeUsers, id) != nil:
		return authz.KindTrusteeUser
	case o.trusts(authz.ListTrusteeGroups, id) != nil:
		return authz.KindTrusteeGroup
	default:
		return authz.KindUnknown
	}
}

// trusts returns a user or group of a trustee, nil if there is none.
func (o *Organization) trusts(name authz.List, id string) *entity {
	for _, entities := range o.trusted[name] {
		for _, e := range entities {
			if e.id == id {
				return e
			}
		}
	}
	return nil
}

// where returns a division's id, empty for every division.
func where(division string) string {
	if strings.EqualFold(division, "all") || division == authz.AllDivisions {
		return ""
	}
	return division
}

func stateOf(state string) string {
	if state = strings.ToLower(strings.TrimSpace(state)); state == "" {
		return "active"
	}
	return state
}

func set(keys ...string) map[string]bool {
	m := make(map[string]bool, len(keys))
	for _, k := range keys {
		m[k] = true
	}
	return m
}

// onDemand are the fields of a user that only expand gives.
func onDemand() map[string]bool {
	return set("routingStatus", "presence", "integrationPresence", "conversationSummary", "outOfOffice", "geolocation",
		"station", "lastTokenIssued", "workPlanBidRanks", "externalContactsSettings", "customAttributes", "profileSkills",
		"certifications", "locations", "skills", "languages", "languagePreference", "employerInfo", "biography",
		"dateLastLogin", "dateWelcomeSent")
}
