package simulator_test

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// dangling returns every reference of the records that leads nowhere, sorted.
func dangling(r *authz.Records) []string {
	known := map[string]bool{}
	eachRecord(r, func(k authz.Key) { known[k.String()] = true })
	var list []string
	need := func(from fmt.Stringer, kind authz.Kind, id string) {
		k := authz.Key{Kind: kind, ID: id}
		if id != "" && id != authz.AllDivisions && !known[k.String()] {
			list = append(list, from.String()+" -> "+k.String())
		}
	}
	subject := func(from fmt.Stringer, k authz.Key) {
		if k.Kind != authz.KindSubject {
			need(from, k.Kind, k.ID)
			return
		}
		for _, kind := range []authz.Kind{authz.KindUser, authz.KindGroup, authz.KindTeam, authz.KindClient} {
			if known[authz.Key{Kind: kind, ID: k.ID}.String()] {
				return
			}
		}
		need(from, k.Kind, k.ID)
	}
	for _, g := range r.Grant {
		subject(g.Key(), g.Subject)
		need(g.Key(), authz.KindRole, g.Role)
		need(g.Key(), authz.KindDivision, g.Division)
	}
	for _, m := range r.Member {
		need(m.Key(), m.Container.Kind, m.Container.ID)
		for _, k := range m.Members {
			subject(m.Key(), k)
		}
	}
	for _, u := range r.User {
		need(u.Key(), authz.KindDivision, u.Division)
		need(u.Key(), authz.KindUser, u.Manager)
	}
	for _, t := range r.Team {
		need(t.Key(), authz.KindDivision, t.Division)
	}
	for _, g := range r.Group {
		for _, o := range g.Owners {
			need(g.Key(), authz.KindUser, o)
		}
	}
	for _, c := range r.Client {
		need(c.Key(), authz.KindUser, c.CreatedBy)
	}
	for _, q := range r.Resource {
		need(q.Key(), authz.KindDivision, q.Division)
		for _, g := range q.MemberGroups {
			subject(q.Key(), authz.Key{Kind: authz.KindSubject, ID: g.ID})
		}
	}
	for _, v := range r.View {
		for _, q := range v.Queues {
			need(v.Key(), authz.KindQueue, q)
		}
		for _, u := range v.Users {
			need(v.Key(), authz.KindUser, u)
		}
	}
	slices.Sort(list)
	return list
}
