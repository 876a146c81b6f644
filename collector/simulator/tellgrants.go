package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// grants tells who holds what: groups, clients, users, then what was planted.
func (w *world) grants(e *emitter) error {
	rng := stream(w.o.Seed, "granted")
	for i, g := range w.crowds.groups {
		if err := w.holds(e, rng, authz.KindGroup, w.ids.groups[i], g.pairs); err != nil {
			return err
		}
	}
	for _, a := range w.apps {
		if err := w.holds(e, rng, authz.KindClient, a.record.ID, a.pairs); err != nil {
			return err
		}
	}
	err := w.direct.each(func(user int, list []pair) error {
		return w.holds(e, rng, authz.KindUser, w.crew.ids[user], list)
	})
	if err != nil {
		return err
	}
	return putAll(e, authz.ListGrants, w.planted.grants)
}

// holds tells the grants of one subject.
func (w *world) holds(e *emitter, rng *rand.Rand, kind authz.Kind, id string, list []pair) error {
	for _, p := range list {
		g := authz.Grant{
			Org: w.lay.org, Subject: authz.Key{Org: w.lay.org, Kind: kind, ID: id}, Role: w.book.all[p.role].ID,
			Division: w.division(p.division), MadeAt: w.o.Now.Add(-3*time.Hour - recent(rng, 80*24*time.Hour)), Source: "grants",
		}
		if err := e.put(authz.ListGrants, g); err != nil {
			return err
		}
	}
	return nil
}

// clients tells the OAuth clients, then what they called.
func (w *world) clients(e *emitter) error {
	for _, a := range w.apps {
		if err := e.put(authz.ListClients, a.record); err != nil {
			return err
		}
	}
	if err := putAll(e, authz.ListClients, w.planted.clients); err != nil {
		return err
	}
	rng := stream(w.o.Seed, "usage")
	for _, a := range w.apps {
		if err := e.put(authz.ListClientUsage, usage(w.lay.org, a.record.ID, w.o.Now.Add(-recent(rng, 20*24*time.Hour)), 1+rng.Int64N(100_000))); err != nil {
			return err
		}
	}
	if err := putAll(e, authz.ListClientUsage, w.planted.usages); err != nil {
		return err
	}
	return w.authorized(e)
}

// authorized tells apps that were authorized, one of them until lately.
func (w *world) authorized(e *emitter) error {
	for i, state := range []string{"Authorized", "Revoked"} {
		o := authz.Other{Org: w.lay.org, List: authz.ListAuthorizedApps, ID: uuid(w.o.Seed, "authorized app", i), Name: fmt.Sprintf("Marketplace App %d", i+1)}
		text := fmt.Sprintf(`{"client":{"id":%q,"name":%q},"scope":["users:readonly"],"roles":[],"state":%q,"pending":false,"dateCreated":%q}`, o.ID, o.Name, state, w.longAgo())
		if err := e.putText(o, text); err != nil {
			return err
		}
	}
	return nil
}

// longAgo is a moment as the API writes it.
func (w *world) longAgo() string { return w.o.Now.Add(-120 * day).UTC().Format(time.RFC3339) }

// trusts tells the trustee organizations and their users, then an organization
// that trusts this one.
func (w *world) trusts(e *emitter) error {
	if err := putAll(e, authz.ListTrustees, w.planted.trusts); err != nil {
		return err
	}
	if err := putAll(e, authz.ListTrusteeUsers, w.planted.trustees); err != nil {
		return err
	}
	o := authz.Other{Org: w.lay.org, List: authz.ListTrustors, ID: uuid(w.o.Seed, "trustor", 0), Name: "Trusting Retail"}
	return e.putText(o, fmt.Sprintf(`{"id":%q,"organization":{"id":%q,"name":%q},"enabled":true,"dateCreated":%q}`, o.ID, o.ID, o.Name, w.longAgo()))
}

// beside tells what rules read as JSON: there is some only where faults are.
func (w *world) beside(e *emitter) error {
	order := authz.Lists()
	slices.SortStableFunc(w.planted.others, func(a, b besideRecord) int {
		return slices.Index(order, a.record.List) - slices.Index(order, b.record.List)
	})
	for _, o := range w.planted.others {
		err := e.putAs(o.record.List, o.record, func(authz.Record) (json.RawMessage, error) { return json.RawMessage(o.text), nil })
		if err != nil {
			return err
		}
	}
	return nil
}
