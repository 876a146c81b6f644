package authztest

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Features names what occurs in the records of what the access model speaks of,
// sorted, so that a test can tell what its organizations cover.
func Features(r *authz.Records) []string {
	f := &features{r: r, set: map[string]bool{}}
	f.people()
	f.groups()
	f.roles()
	f.grants()
	f.places()
	f.trusts()
	f.policies()
	f.catalogue()
	f.ledger()
	var out []string
	for name := range f.set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// FeatureNames returns every name that [Features] can give, sorted.
func FeatureNames() []string {
	text := `
access-policy:active access-policy:allow access-policy:client access-policy:clients-false access-policy:clients-true access-policy:clients-unknown
access-policy:condition access-policy:deny access-policy:inactive access-policy:subject-ALL access-policy:subject-CLIENT access-policy:subject-GROUP
access-policy:subject-TEAM access-policy:subject-USER access-policy:trustee-group access-policy:unknown-active
catalogue:aware catalogue:missing catalogue:unflagged catalogue:unlimited
client:dormant client:type-CLIENT-CREDENTIALS client:type-CODE client:type-PASSWORD client:type-SAML2-BEARER client:type-TOKEN client:type-none
condition:absent-id condition:and condition:empty condition:mixed condition:operator-EQ condition:operator-IN condition:operator-other condition:or
condition:QUEUE condition:SCALAR condition:TEAM condition:USER condition:without-id
coverage:absent coverage:everywhere coverage:failed coverage:not_applicable coverage:partial coverage:reading coverage:refused coverage:silent
grant:absent-role-complete grant:absent-role-incomplete grant:absent-subject-complete grant:absent-subject-incomplete grant:absent-trustee
grant:division-all grant:division-named-only grant:division-none grant:division-star grant:to-dormant grant:told-twice grant:typeless grant:typeless-absent
grant:unknown-type
group:absent-with-members group:client-member group:inactive group:loop group:member-absent-complete group:member-absent-incomplete group:members-not-read
group:members-partial group:nested group:not-role-enabled group:owner group:owners-false group:owners-true group:owners-unknown group:roles-unknown
group:trustee-member group:typed-member
many-organizations
queue:member queue:not-read queue:skill-group queue:typed-group queue:typed-team queue:untyped-group
resource:everywhere resource:other-division
role:admin role:guide role:guide-unreadable role:inherits-id role:inherits-loop role:inherits-missing role:inherits-name role:legacy role:lines-missing
scope:absent-id scope:all scope:assigned scope:group scope:group-named scope:organization scope:self scope:team scope:team-named scope:unknown-word
scope:view scope:view-named
team team:trustee-or-client
trust:disabled trust:expired trust:full-access trust:not-expired trust:unknown-enabled
trustee:group trustee:group-members trustee:in-snapshot trustee:unknown-trust trustee:user
user:dormant user:everywhere user:not-told-division
view:absent-id
wildcard:action wildcard:action-all wildcard:domain wildcard:entity`
	out := strings.Fields(text)
	slices.Sort(out)
	return out
}

type features struct {
	r   *authz.Records
	set map[string]bool
}

func (f *features) when(cond bool, name string) {
	if cond {
		f.set[name] = true
	}
}

func (f *features) has(k authz.Key) bool {
	found := false
	each(f.r, func(rec authz.Record) {
		if _, list := rec.(authz.MemberList); !list && rec.Key() == k {
			found = true
		}
	})
	return found
}

// any reports whether a subject has the id.
func (f *features) any(org, id string) bool {
	for _, k := range []authz.Kind{authz.KindUser, authz.KindGroup, authz.KindTeam, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup} {
		if f.has(authz.Key{Org: org, Kind: k, ID: id}) {
			return true
		}
	}
	return false
}

func (f *features) complete(org string, list authz.List) bool {
	told := false
	for _, c := range f.r.CoverageLedger {
		if c.List == list && (c.Org == org || c.Org == "") && c.Status != authz.StatusReading {
			if c.IsGap() {
				return false
			}
			told = true
		}
	}
	return told
}

func dormant(state string) bool { return state != "" && !strings.EqualFold(state, "active") }

func everywhere(division string) bool { return division == "" || division == "*" || division == "all" }

func (f *features) people() {
	for _, u := range f.r.User {
		f.when(u.Trustee != "", "trustee:user")
		if u.Trustee == "" {
			f.when(dormant(u.State), "user:dormant")
			f.when(everywhere(u.Division), "user:everywhere")
			f.when(!everywhere(u.Division) && !f.has(authz.Key{Org: u.Org, Kind: authz.KindDivision, ID: u.Division}), "user:not-told-division")
		}
	}
	for _, c := range f.r.Client {
		f.when(c.GrantType == "", "client:type-none")
		f.when(c.GrantType != "", "client:type-"+c.GrantType)
		f.when(dormant(c.State), "client:dormant")
	}
	f.when(len(f.r.Organization) > 1, "many-organizations")
	f.when(len(f.r.Team) > 0, "team")
}

func (f *features) groups() {
	for _, g := range f.r.Group {
		f.when(g.Trustee != "", "trustee:group")
		f.when(dormant(g.State), "group:inactive")
		f.when(g.RolesEnabled == authz.False, "group:not-role-enabled")
		f.when(g.RolesEnabled == authz.Unknown, "group:roles-unknown")
		f.when(len(g.Owners) > 0, "group:owner")
		f.when(len(g.Owners) > 0, "group:owners-"+g.IncludeOwners.String())
		f.when(g.Trustee == "" && !f.listed(g.Key()), "group:members-not-read")
		f.when(f.loops(g.Key()), "group:loop")
	}
	for _, l := range f.r.Member {
		f.members(l)
	}
}

func (f *features) listed(k authz.Key) bool {
	return slices.ContainsFunc(f.r.Member, func(l authz.MemberList) bool { return l.Container == k })
}

func (f *features) members(l authz.MemberList) {
	c := l.Container
	f.when(c.Kind == authz.KindQueue && len(l.Members) > 0, "queue:member")
	f.when(c.Kind == authz.KindTrusteeGroup, "trustee:group-members")
	f.when(c.Kind != authz.KindQueue && l.Partial, "group:members-partial")
	f.when(c.Kind == authz.KindGroup && !f.has(c), "group:absent-with-members")
	for _, k := range l.Members {
		other := f.has(authz.Key{Org: c.Org, Kind: authz.KindClient, ID: k.ID}) || f.has(authz.Key{Org: c.Org, Kind: authz.KindTrusteeUser, ID: k.ID})
		f.when(c.Kind == authz.KindTeam && other, "team:trustee-or-client")
		if c.Kind != authz.KindGroup {
			continue
		}
		f.when(k.Kind == authz.KindUser, "group:typed-member")
		f.when(f.has(authz.Key{Org: c.Org, Kind: authz.KindGroup, ID: k.ID}), "group:nested")
		f.when(f.has(authz.Key{Org: c.Org, Kind: authz.KindClient, ID: k.ID}), "group:client-member")
		f.when(f.has(authz.Key{Org: c.Org, Kind: authz.KindTrusteeUser, ID: k.ID}), "group:trustee-member")
		full := f.complete(c.Org, authz.ListUsers) && f.complete(c.Org, authz.ListGroups)
		f.when(!f.any(c.Org, k.ID) && full, "group:member-absent-complete")
		f.when(!f.any(c.Org, k.ID) && !full, "group:member-absent-incomplete")
	}
}

// loops reports whether a group is inside of itself.
func (f *features) loops(g authz.Key) bool {
	seen := map[string]bool{}
	var inside func(id string) bool
	inside = func(id string) bool {
		for _, l := range f.r.Member {
			if l.Container != (authz.Key{Org: g.Org, Kind: authz.KindGroup, ID: id}) {
				continue
			}
			for _, k := range l.Members {
				if k.Kind != authz.KindSubject || seen[k.ID] {
					continue
				}
				seen[k.ID] = true
				if k.ID == g.ID || inside(k.ID) {
					return true
				}
			}
		}
		return false
	}
	return inside(g.ID)
}

func (f *features) grants() {
	seen := map[authz.Grant]bool{}
	for _, g := range f.r.Grant {
		f.when(seen[g], "grant:told-twice")
		seen[g] = true
		f.when(g.Division == "", "grant:division-none")
		f.when(g.Division == "all", "grant:division-all")
		f.when(g.Division == "*", "grant:division-star")
		f.when(!everywhere(g.Division) && !f.has(authz.Key{Org: g.Org, Kind: authz.KindDivision, ID: g.Division}), "grant:division-named-only")
		if !f.has(authz.Key{Org: g.Org, Kind: authz.KindRole, ID: g.Role}) {
			f.when(true, "grant:absent-role-"+word(f.complete(g.Org, authz.ListRoles)))
		}
		f.subject(g)
	}
}

func word(complete bool) string {
	if complete {
		return "complete"
	}
	return "incomplete"
}

func (f *features) subject(g authz.Grant) {
	switch k := g.Subject; k.Kind {
	case authz.KindSubject:
		f.set["grant:typeless"] = true
		f.when(!f.any(g.Org, k.ID), "grant:typeless-absent")
	case authz.KindUnknown:
		f.set["grant:unknown-type"] = true
	case authz.KindTrusteeUser, authz.KindTrusteeGroup:
		f.when(!f.has(k), "grant:absent-trustee")
	default:
		lists := map[authz.Kind]authz.List{
			authz.KindUser: authz.ListUsers, authz.KindGroup: authz.ListGroups, authz.KindTeam: authz.ListTeams, authz.KindClient: authz.ListClients,
		}
		f.when(!f.has(k), "grant:absent-subject-"+word(f.complete(g.Org, lists[k.Kind])))
		for _, u := range f.r.User {
			f.when(u.Key() == k && dormant(u.State), "grant:to-dormant")
		}
	}
}

func (f *features) roles() {
	for _, r := range f.r.Role {
		f.when(r.LinesMissing, "role:lines-missing")
		for _, name := range r.Legacy {
			f.when(strings.EqualFold(name, "admin"), "role:admin")
			f.when(!strings.EqualFold(name, "admin"), "role:legacy")
		}
		for _, name := range r.Inherits {
			byID := f.has(authz.Key{Org: r.Org, Kind: authz.KindRole, ID: name})
			byName := slices.ContainsFunc(f.r.Role, func(v authz.Role) bool { return v.Org == r.Org && v.Name == name })
			f.when(byID, "role:inherits-id")
			f.when(!byID && byName, "role:inherits-name")
			f.when(!byID && !byName, "role:inherits-missing")
			f.when(f.inheritsItself(r, name, map[string]bool{}), "role:inherits-loop")
		}
		for _, p := range r.Policies {
			f.policy(r.Org, p)
		}
	}
}

func (f *features) inheritsItself(r authz.Role, name string, seen map[string]bool) bool {
	if seen[name] {
		return false
	}
	seen[name] = true
	if name == r.ID || name == r.Name {
		return true
	}
	for _, v := range f.r.Role {
		if v.Org == r.Org && (v.ID == name || v.Name == name) && slices.ContainsFunc(v.Inherits, func(n string) bool { return f.inheritsItself(r, n, seen) }) {
			return true
		}
	}
	return false
}

func (f *features) policy(org string, p authz.Policy) {
	f.when(p.Guide != "", "role:guide")
	if p.Guide != "" {
		_, err := authz.ParsePattern(p.Guide)
		f.when(err != nil, "role:guide-unreadable")
	}
	f.when(p.Domain == "*", "wildcard:domain")
	f.when(p.Entity == "*", "wildcard:entity")
	f.when(p.Action == "*", "wildcard:action")
	f.when(p.Action == "all", "wildcard:action-all")
	switch s := authz.Fold(p.Scope); s {
	case "":
	case "all", "organization", "group", "team", "view", "assigned", "self":
		f.set["scope:"+s] = true
	default:
		f.set["scope:unknown-word"] = true
	}
	f.when(len(p.ScopeGroups) > 0, "scope:group-named")
	f.when(len(p.ScopeTeams) > 0, "scope:team-named")
	f.when(len(p.ScopeViews) > 0, "scope:view-named")
	named := map[authz.Kind][]string{authz.KindGroup: p.ScopeGroups, authz.KindTeam: p.ScopeTeams, authz.KindView: p.ScopeViews}
	for kind, ids := range named {
		for _, id := range ids {
			f.when(!f.has(authz.Key{Org: org, Kind: kind, ID: id}), "scope:absent-id")
		}
	}
	if p.Condition != nil {
		f.condition(org, *p.Condition)
	}
}

func (f *features) condition(org string, c authz.Condition) {
	f.when(len(c.Operands) == 0 && len(c.Terms) == 0, "condition:empty")
	f.when(len(c.Operands) > 0 && len(c.Terms) > 0, "condition:mixed")
	if len(c.Terms) > 1 || (len(c.Terms) > 0 && len(c.Operands) > 0) {
		and := strings.EqualFold(c.Conjunction, "AND")
		f.when(and, "condition:and")
		f.when(!and, "condition:or")
	}
	if len(c.Operands) > 0 {
		switch op := strings.ToUpper(c.Operator); op {
		case "EQ", "IN":
			f.set["condition:operator-"+op] = true
		default:
			f.set["condition:operator-other"] = true
		}
	}
	kinds := map[string]authz.Kind{"QUEUE": authz.KindQueue, "USER": authz.KindUser, "TEAM": authz.KindTeam}
	for _, o := range c.Operands {
		f.set["condition:"+o.Type] = true
		id := o.Queue + o.User + o.Team + o.Value
		f.when(id == "", "condition:without-id")
		kind, ok := kinds[o.Type]
		f.when(ok && id != "" && !f.has(authz.Key{Org: org, Kind: kind, ID: id}), "condition:absent-id")
	}
	for _, t := range c.Terms {
		f.condition(org, t)
	}
}

func (f *features) places() {
	for _, q := range f.r.Resource {
		f.when(everywhere(q.Division), "resource:everywhere")
		f.when(!everywhere(q.Division) && !f.has(authz.Key{Org: q.Org, Kind: authz.KindDivision, ID: q.Division}), "resource:other-division")
		f.when(q.Kind == authz.KindQueue && !f.listed(q.Key()), "queue:not-read")
		for _, g := range q.MemberGroups {
			f.when(g.Type == "", "queue:untyped-group")
			f.when(g.Type == "GROUP", "queue:typed-group")
			f.when(g.Type == "TEAM", "queue:typed-team")
			f.when(g.Type == "SKILLGROUP", "queue:skill-group")
		}
	}
	for _, v := range f.r.View {
		for _, id := range v.Queues {
			f.when(!f.has(authz.Key{Org: v.Org, Kind: authz.KindQueue, ID: id}), "view:absent-id")
		}
		for _, id := range v.Users {
			f.when(!f.has(authz.Key{Org: v.Org, Kind: authz.KindUser, ID: id}), "view:absent-id")
		}
	}
}

func (f *features) trusts() {
	for _, t := range f.r.Trust {
		f.when(t.Enabled == authz.False, "trust:disabled")
		f.when(t.Enabled == authz.Unknown, "trust:unknown-enabled")
		f.when(!t.Expires.IsZero() && f.r.About.TakenAt.After(t.Expires), "trust:expired")
		f.when(!t.Expires.IsZero() && !f.r.About.TakenAt.After(t.Expires), "trust:not-expired")
		f.when(t.FullAccess == authz.True || t.DefaultRole == authz.True, "trust:full-access")
	}
	for _, u := range f.r.User {
		if u.Trustee != "" {
			f.when(slices.ContainsFunc(f.r.Organization, func(o authz.Organization) bool { return o.ID == u.Trustee }), "trustee:in-snapshot")
			f.when(!f.has(authz.Key{Org: u.Org, Kind: authz.KindTrust, ID: u.Trustee}), "trustee:unknown-trust")
		}
	}
}

func (f *features) policies() {
	for _, a := range f.r.AccessPolicy {
		f.set["access-policy:subject-"+a.SubjectType] = true
		f.set["access-policy:"+strings.ToLower(a.Effect)] = true
		f.set["access-policy:clients-"+a.Clients.String()] = true
		f.when(a.Active == authz.True, "access-policy:active")
		f.when(a.Active == authz.False, "access-policy:inactive")
		f.when(a.Active == authz.Unknown, "access-policy:unknown-active")
		f.when(a.Condition != "", "access-policy:condition")
		f.when(f.has(authz.Key{Org: a.Org, Kind: authz.KindClient, ID: a.SubjectID}), "access-policy:client")
		f.when(f.has(authz.Key{Org: a.Org, Kind: authz.KindTrusteeGroup, ID: a.SubjectID}), "access-policy:trustee-group")
	}
}

func (f *features) catalogue() {
	for _, p := range f.r.Permission {
		f.set["catalogue:"+awareness(p.DivisionAware)] = true
	}
	for _, o := range f.r.Organization {
		f.when(!slices.ContainsFunc(f.r.Permission, func(p authz.Permission) bool { return p.Org == o.ID }), "catalogue:missing")
	}
}

func (f *features) ledger() {
	for _, c := range f.r.CoverageLedger {
		f.when(c.Org == "", "coverage:everywhere")
		f.when(c.Status != authz.StatusComplete, "coverage:"+string(c.Status))
	}
	for _, o := range f.r.Organization {
		for _, list := range authz.Lists() {
			told := slices.ContainsFunc(f.r.CoverageLedger, func(c authz.Coverage) bool { return c.Org == o.ID && c.List == list })
			f.when(!told, "coverage:silent")
		}
	}
}
