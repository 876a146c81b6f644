package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// people is what the audit log and an earlier snapshot say of users.
type people struct {
	made  map[authz.Key]event     // the event that created a user
	moved map[authz.Key]time.Time // when a user's division changed last
	// flagged are the organizations in which some user has the flag bpo.
	flagged map[string]bool
}

// history works out once what is known of users' past.
func (x *index) history() *people {
	if x.people != nil {
		return x.people
	}
	h := &people{made: map[authz.Key]event{}, moved: map[authz.Key]time.Time{}, flagged: map[string]bool{}}
	x.people = h
	if x.extra != nil {
		for _, e := range x.extra.events {
			h.read(e)
		}
	}
	for p := range x.g.Principals() {
		pr := x.g.Principal(uint32(p))
		if pr.User() == nil || pr.Key.Kind != authz.KindUser {
			continue
		}
		if f := x.flagOf(uint32(p), pr); f == "true" || f == "false" {
			h.flagged[pr.Key.Org] = true
		}
		if at, ok := x.movedSince(pr); ok && at.After(h.moved[pr.Key]) {
			h.moved[pr.Key] = at
		}
	}
	return h
}

func (h *people) read(e event) {
	if !strings.Contains(strings.ToLower(e.entityType), "user") || e.entity == "" {
		return
	}
	k := authz.Key{Org: e.org, Kind: authz.KindUser, ID: e.entity}
	switch strings.ToLower(e.action) {
	case "create", "add":
		h.made[k] = e
	}
	if e.toDivision != "" && e.date.After(h.moved[k]) {
		h.moved[k] = e.date
	}
}

// movedSince returns when the earlier snapshot was taken, if the user lay in
// another division then: it was moved later.
func (x *index) movedSince(p *graph.Principal) (time.Time, bool) {
	if x.before == nil {
		return time.Time{}, false
	}
	g := x.before.Model.Graph
	n, ok := g.FindPrincipal(p.Key)
	if !ok || g.Principal(n).User() == nil || g.Principal(n).User().Division == p.User().Division {
		return time.Time{}, false
	}
	return g.Info().TakenAt, true
}

// provisioned says how it is known that a user was made lately: "audit" (the log
// has the event) or "baseline" (the earlier snapshot lacks it).
func (x *index) provisioned(p *graph.Principal) string {
	if p.User() == nil || p.Key.Kind != authz.KindUser {
		return ""
	}
	if _, ok := x.history().made[p.Key]; ok {
		return "audit"
	}
	if x.before == nil || !x.before.Model.Graph.Complete(p.Key.Org, authz.ListUsers) {
		return ""
	}
	if n, ok := x.before.Model.Graph.FindPrincipal(p.Key); ok && x.before.Model.Graph.Principal(n).Known {
		return ""
	}
	return "baseline"
}

// provisioner names the client or user that made a user, if the log says so.
func (x *index) provisioner(p *graph.Principal) string {
	e, ok := x.history().made[p.Key]
	switch {
	case !ok:
		return ""
	case e.client != "":
		return x.nameOf(authz.Key{Org: e.org, Kind: authz.KindClient, ID: e.client})
	default:
		return x.nameOf(authz.Key{Org: e.org, Kind: authz.KindUser, ID: e.user})
	}
}

// nameOf is the name of a principal or group, or its id where it is not known.
func (x *index) nameOf(k authz.Key) string {
	if n, ok := x.g.FindNode(k); ok && x.g.NodeName(n) != "" {
		return x.g.NodeName(n)
	}
	return k.ID
}

// beforeMove reports whether a grant was made to a user before its division changed.
func (x *index) beforeMove(g graph.Grant) bool {
	if g.MadeAt == 0 || int(g.Node) >= x.g.Principals() {
		return false
	}
	at, ok := x.history().moved[x.g.Principal(g.Node).Key]
	return ok && time.UnixMilli(g.MadeAt).Before(at)
}

// expectedFlag is what the flag bpo should be: true for people of outside
// parties and those licensed so, false for the owner's own staff, "" where
// nobody can say, or where the organization does not use the flag.
func (x *index) expectedFlag(p uint32) string {
	pr := x.g.Principal(p)
	if pr.User() == nil || pr.Key.Kind != authz.KindUser || !x.history().flagged[pr.Key.Org] {
		return ""
	}
	licensed := slices.ContainsFunc(pr.User().Licences, func(l string) bool { return strings.Contains(strings.ToLower(l), "bpo") })
	switch {
	case x.external(x.tenant[p]) || licensed:
		return "true"
	case x.tenant[p] == x.m.Tenants.Unassigned():
		return ""
	default:
		return "false"
	}
}

// crossing names the regions, other than that of its own tenant, of tenants in
// whose divisions a principal holds something that no allow entry covers.
func (x *index) crossing(p uint32) []string {
	own := x.m.Tenants.Tenants[x.tenant[p]].Region
	if own == "" {
		return nil
	}
	var out []string
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			if g.Division == graph.AnyDivision {
				continue
			}
			t := x.m.Tenants.OfDivision(g.Division)
			region := x.m.Tenants.Tenants[t].Region
			if region != "" && region != own && !x.roleAllowed(p, g.Role, t) {
				out = append(out, region)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// roleAllowed reports whether allow entries cover all that a role gives a
// principal of what belongs to a tenant.
func (x *index) roleAllowed(p, role uint32, to int) bool {
	r := &x.roles[role]
	if r.rec.Admin || r.maybe {
		return x.m.AllowedSet(authz.Admin, to).Has(p)
	}
	for id := range r.perms.All() {
		row := accessRow{org: r.org, perms: []uint32{id}, target: &target{tenant: to}}
		if r.org.info[id].carries == "tenant" && len(x.allowed(&row, []uint32{p})) == 0 {
			return false
		}
	}
	return true
}

// flagOf is the flag bpo of a user: the source's own, else what the configuration's
// attribute of that name says.
func (x *index) flagOf(p uint32, pr *graph.Principal) string {
	if pr.User() == nil {
		return ""
	}
	if said, ok := x.m.Attributes(p)["bpo"]; ok && pr.User().BPO == authz.Unknown {
		return said
	}
	return pr.User().BPO.String()
}

func (x *index) attributesOf(p uint32) []string {
	var out []string
	for name, said := range x.m.Attributes(p) {
		switch said {
		case "true":
			out = append(out, name)
		case "false":
		default:
			out = append(out, name+"="+said)
		}
	}
	slices.Sort(out)
	return out
}

func (x *index) attributesUnknown(p uint32, pr *graph.Principal) []string {
	if pr.User() == nil {
		return nil
	}
	said := x.m.Attributes(p)
	return slices.DeleteFunc(x.m.AttributeNames(), func(name string) bool { _, ok := said[name]; return ok })
}
