package change_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// An overlay gives the same access as records that were changed by hand, on
// random organizations with one to three random changes.
func TestOverlayIsRecordsChanged(t *testing.T) {
	t.Parallel()
	effects := map[change.Kind]int{}
	for seed := range int64(organizations) {
		rng := rand.New(rand.NewSource(seed))
		r := authztest.Random(rng, authztest.RandomOptions{Users: 6, Complete: seed%2 == 0})
		var list []change.Change
		for range 1 + rng.Intn(3) {
			if c, ok := random(rng, r); ok {
				list = append(list, c)
			}
		}
		by := r.Clone()
		for _, c := range list {
			apply(by, c)
		}
		over, hand := built(t, change.Overlay(r, list, nil)), built(t, by)
		if d := graph.Compare(over, hand); len(d.Blocks) > 0 {
			t.Fatalf("seed %d: %v: the overlay and the changed records give other access to %v\n%s", seed, list, d.Blocks[0].Members[0].Key, authztest.Format(r))
		}
		if c := graph.Compare(over, hand).Records(); len(c.Added)+len(c.Removed)+len(c.Changed) > 0 {
			t.Fatalf("seed %d: %v: records differ: %v\n%s", seed, list, c, authztest.Format(r))
		}
		for _, c := range list {
			if d := graph.Compare(built(t, r), over); len(d.Blocks) > 0 {
				effects[c.Kind]++
			}
		}
	}
	for _, k := range change.Kinds() {
		if effects[k] == 0 && organizations > 500 {
			t.Errorf("no random change of kind %s had an effect", k)
		}
	}
}

func built(t *testing.T, src graph.Source) *graph.Graph {
	t.Helper()
	g, err := graph.Build(src, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func some[T any](rng *rand.Rand, list []T) (v T, ok bool) {
	if len(list) == 0 {
		return v, false
	}
	return list[rng.Intn(len(list))], true
}

// random draws a change that names what there is.
func random(rng *rand.Rand, r *authz.Records) (change.Change, bool) {
	c := change.Change{Kind: change.Kinds()[rng.Intn(len(change.Kinds()))]}
	ok := false
	set := func(k authz.Key, found bool) { c.Record, ok = k, found }
	switch c.Kind {
	case change.RevokeGrant, change.Grant:
		g, found := some(rng, r.Grant)
		set(g.Subject, found)
		c.Role, c.Division = g.Role, g.Division
		if c.Kind == change.RevokeGrant {
			if rng.Intn(3) == 0 {
				c.Division = ""
			}
			return c, found
		}
		if other, _ := some(rng, r.Grant); other.Org == g.Org {
			c.Role = other.Role
		}
	case change.RemoveMember, change.AddMember, change.LeaveTeam, change.JoinTeam:
		return randomMember(rng, r, c)
	case change.DisableClient, change.EnableClient:
		v, found := some(rng, r.Client)
		set(v.Key(), found)
	case change.DisableUser, change.EnableUser:
		v, found := some(rng, r.User)
		set(v.Key(), found)
	case change.DisableGroup, change.EnableGroup:
		v, found := some(rng, r.Group)
		set(v.Key(), found)
	case change.DisableTrust, change.EnableTrust:
		v, found := some(rng, r.Trust)
		set(v.Key(), found)
	case change.DisableAccessPolicy:
		v, found := some(rng, r.AccessPolicy)
		set(v.Key(), found)
	case change.DropPolicy, change.AddPolicy, change.WidenPolicy:
		v, found := some(rng, r.Role)
		set(v.Key(), found)
		p, has := some(rng, v.Policies)
		c.Permission = stated(p)
		ok = ok && has
	case change.DropInheritance:
		v, found := some(rng, r.Role)
		set(v.Key(), found)
		c.Role, found = some(rng, v.Inherits)
		ok = ok && found
	case change.MoveResource:
		v, found := some(rng, r.Resource)
		set(v.Key(), found)
	case change.MoveUser:
		v, found := some(rng, r.User)
		set(v.Key(), found)
	}
	if c.Kind == change.MoveResource || c.Kind == change.MoveUser {
		d, found := some(rng, r.Division)
		c.Division = d.ID
		ok = ok && found && d.Org == c.Record.Org
	}
	return c, ok
}

func randomMember(rng *rand.Rand, r *authz.Records, c change.Change) (change.Change, bool) {
	l, ok := some(rng, r.Member)
	if !ok {
		return c, false
	}
	c.Record = l.Container
	team := c.Kind == change.LeaveTeam || c.Kind == change.JoinTeam
	if (team && l.Container.Kind != authz.KindTeam) || (!team && l.Container.Kind != authz.KindGroup) {
		return c, false
	}
	if c.Kind == change.RemoveMember || c.Kind == change.LeaveTeam {
		k, found := some(rng, l.Members)
		c.Member = k
		return c, found
	}
	u, found := some(rng, r.User)
	c.Member = u.Key()
	return c, found && u.Org == l.Container.Org
}

func stated(p authz.Policy) authz.Pattern {
	if p.Guide != "" {
		got, _ := authz.ParsePattern(p.Guide)
		return got
	}
	return authz.NewPattern(p.Domain, p.Entity, p.Action)
}

func replace[T authz.Record](list []T, k authz.Key, edit func(*T)) {
	for i := range list {
		if list[i].Key() == k {
			edit(&list[i])
		}
	}
}

// apply changes records as plainly as can be.
func apply(r *authz.Records, c change.Change) {
	switch c.Kind {
	case change.RevokeGrant:
		r.Grant = slices.DeleteFunc(r.Grant, func(g authz.Grant) bool {
			same := g.Division == c.Division || (c.Division == "*" && (g.Division == "" || g.Division == "all"))
			return g.Org == c.Record.Org && named(g.Subject, c.Record) && g.Role == c.Role && (c.Division == "" || same)
		})
	case change.Grant:
		r.Grant = append(r.Grant, authz.Grant{Org: c.Record.Org, Subject: c.Record, Role: c.Role, Division: c.Division, MadeAt: r.About.TakenAt})
	case change.AddMember, change.JoinTeam:
		replace(r.Member, c.Record, func(l *authz.MemberList) { l.Members = append(slices.Clone(l.Members), c.Member) })
	case change.RemoveMember, change.LeaveTeam:
		replace(r.Member, c.Record, func(l *authz.MemberList) {
			l.Members = slices.DeleteFunc(slices.Clone(l.Members), func(k authz.Key) bool { return named(k, c.Member) })
		})
		replace(r.Group, c.Record, func(v *authz.Group) {
			v.Owners = slices.DeleteFunc(slices.Clone(v.Owners), func(id string) bool { return id == c.Member.ID })
		})
	case change.DisableClient, change.EnableClient:
		replace(r.Client, c.Record, func(v *authz.Client) { v.State = state(c.Kind == change.EnableClient) })
	case change.DisableUser, change.EnableUser:
		replace(r.User, c.Record, func(v *authz.User) { v.State = state(c.Kind == change.EnableUser) })
	case change.DisableGroup, change.EnableGroup:
		replace(r.Group, c.Record, func(v *authz.Group) { v.State = state(c.Kind == change.EnableGroup) })
	case change.DisableTrust:
		replace(r.Trust, c.Record, func(v *authz.Trust) { v.Enabled = authz.False })
	case change.EnableTrust:
		replace(r.Trust, c.Record, func(v *authz.Trust) { v.Enabled, v.Expires = authz.True, time.Time{} })
	case change.DisableAccessPolicy:
		replace(r.AccessPolicy, c.Record, func(v *authz.AccessPolicy) { v.Active = authz.False })
	case change.MoveResource:
		replace(r.Resource, c.Record, func(v *authz.Resource) { v.Division = c.Division })
	case change.MoveUser:
		replace(r.User, c.Record, func(v *authz.User) { v.Division = c.Division })
	default:
		applyRole(r, c)
	}
}

func applyRole(r *authz.Records, c change.Change) {
	heirs := []string{c.Role}
	for _, v := range r.Role {
		if v.Org == c.Record.Org && v.ID == c.Role {
			heirs = append(heirs, v.Name)
		}
	}
	replace(r.Role, c.Record, func(v *authz.Role) {
		v.Policies = slices.Clone(v.Policies)
		switch c.Kind {
		case change.DropPolicy:
			v.Policies = slices.DeleteFunc(v.Policies, func(p authz.Policy) bool { return stated(p) == c.Permission })
			v.Legacy = slices.DeleteFunc(slices.Clone(v.Legacy), func(name string) bool { return authz.Legacy(name) == c.Permission })
		case change.AddPolicy:
			if c.Permission.IsLegacy() {
				v.Legacy = append(slices.Clone(v.Legacy), c.Permission.Domain)
			} else {
				v.Policies = append(v.Policies, authz.Policy{Domain: c.Permission.Domain, Entity: c.Permission.Entity, Action: c.Permission.Action})
			}
		case change.WidenPolicy:
			for i, p := range v.Policies {
				if stated(p).Covers(c.Permission) {
					v.Policies[i] = authz.Policy{Domain: p.Domain, Entity: p.Entity, Action: p.Action, Guide: p.Guide}
				}
			}
		case change.DropInheritance:
			v.Inherits = slices.DeleteFunc(slices.Clone(v.Inherits), func(name string) bool { return slices.Contains(heirs, name) })
		default:
			panic(fmt.Sprintf("unknown change %s", c.Kind))
		}
	})
}

func named(k, record authz.Key) bool {
	return k == record || (k.Kind == authz.KindSubject && k.Org == record.Org && k.ID == record.ID)
}

func state(on bool) string {
	if on {
		return "active"
	}
	return "inactive"
}
