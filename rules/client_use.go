package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

func (x *index) permissionsOf(p uint32) []string {
	var out []string
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			out = append(out, x.permissionNames(g.Role)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// secretEvent returns when the audit log says that a client's secret was made last.
func (x *index) secretEvent(p *graph.Principal) time.Time {
	var last time.Time
	if x.extra == nil {
		return last
	}
	for _, e := range x.extra.events {
		if e.org == p.Key.Org && e.entity == p.Key.ID && e.secret && e.date.After(last) && strings.Contains(strings.ToLower(e.entityType), "client") {
			last = e.date
		}
	}
	return last
}

// secretMade returns when a client's secret was made, at the latest.
func (x *index) secretMade(p *graph.Principal) time.Time {
	if at := x.secretEvent(p); !at.IsZero() {
		return at
	}
	return p.Client.Created
}

func (x *index) used(p *graph.Principal) usageSpan {
	if x.extra == nil {
		return usageSpan{}
	}
	return x.extra.usage[p.Key]
}

// unusedFor is how long a client was not used for sure.
func (x *index) unusedFor(p *graph.Principal) time.Duration {
	if x.extra == nil || !x.g.Complete(p.Key.Org, authz.ListClientUsage) {
		return 0
	}
	if last := x.used(p).last; !last.IsZero() {
		return x.m.Now.Sub(last)
	}
	// Never, as far as usage goes back; a client that is younger is not older than itself.
	since := x.extra.window[p.Key.Org]
	if p.Client.Created.After(since) {
		since = p.Client.Created
	}
	if x.extra.window[p.Key.Org].IsZero() {
		return 0
	}
	return x.m.Now.Sub(since)
}

// integrationsOf names the enabled integrations whose records name a client.
func (x *index) integrationsOf(p *graph.Principal) []string {
	var out []string
	if x.extra == nil {
		return out
	}
	for _, i := range x.extra.integrations {
		if i.org == p.Key.Org && i.enabled && i.mentions[p.Key.ID] {
			out = append(out, i.name)
		}
	}
	return sorted(out)
}

// approvedPrincipal reports whether allow entries cover everything
// administrative that a principal holds.
func (x *index) approvedPrincipal(p uint32) bool {
	found := false
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			r := &x.roles[g.Role]
			if !r.administration {
				continue
			}
			if found = true; !x.mayHold(p, g.Role, func(i *permInfo) bool { return i.administration }) {
				return false
			}
		}
	}
	return found
}

// adminWhole reports whether a principal holds administration that no scope or
// condition limits.
func (x *index) adminWhole(p uint32) bool {
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			r := &x.roles[g.Role]
			if r.rec.Admin || r.maybe {
				return true
			}
			for id := range r.rec.Permissions.All() {
				if r.org.info[id].administration {
					return true
				}
			}
		}
	}
	return false
}
