package bundle

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// hostile are names that have hurt someone.
var hostile = []string{
	"plain", "=1+1", "<b>&\"'", "a\x00b\x1b[31m", "line\nbreak\ttab\r", "\u202eevil", "\ufeffbom", "\u2028\u2029",
	"😀 emoji", "\U000e0041tag", "None", "all", "*", "null", `"quoted"\back`, "entities", "secret", "\u007f\u0085",
	"../../etc/passwd", " leading", "ÄÖÜ", "\ufffd", "日本語",
}

// A random gives records of every type, with every field set now and then.
type random struct {
	*rand.Rand
	org string
	n   int
}

func (r *random) name() string {
	if r.IntN(8) == 0 {
		return ""
	}
	return r.word()
}

func (r *random) word() string { return hostile[r.IntN(len(hostile))] }

// id returns an id that was not returned before.
func (r *random) id() string {
	r.n++
	return fmt.Sprintf("%s-%d", r.word(), r.n)
}

func (r *random) tri() authz.Tri { return authz.Tri(r.IntN(3)) }
func (r *random) yes() bool      { return r.IntN(2) == 0 }

func (r *random) date() time.Time {
	switch r.IntN(3) {
	case 0:
		return time.Time{}
	case 1:
		return time.UnixMilli(r.Int64N(4e12)).UTC()
	default:
		return time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC()
	}
}

func (r *random) words() (list []string) {
	for range r.IntN(4) {
		list = append(list, r.word())
	}
	return list
}

func (r *random) policy() authz.Policy {
	p := authz.Policy{
		Scope: r.name(), ScopeGroups: r.words(), ScopeTeams: r.words(), ScopeViews: r.words(),
	}
	if r.yes() {
		p.Scope, p.ScopeGroups, p.ScopeTeams, p.ScopeViews = "", nil, nil, nil
	}
	if r.IntN(4) == 0 {
		p.Guide = r.word()
	}
	if p.Guide == "" || r.IntN(3) == 0 {
		p.Domain, p.Entity, p.Action = r.word(), []string{"*", "queue"}[r.IntN(2)], r.word()
	}
	if r.IntN(4) == 0 {
		c := r.condition(3)
		p.Condition = &c
	}
	return p
}

func (r *random) condition(depth int) authz.Condition {
	c := authz.Condition{Variable: r.name(), Operator: r.name(), Conjunction: r.name()}
	for range r.IntN(3) {
		c.Operands = append(c.Operands, authz.Operand{
			Type: r.name(), Value: r.name(), Queue: r.name(), User: r.name(), Team: r.name(),
		})
	}
	for range r.IntN(depth) {
		c.Terms = append(c.Terms, r.condition(depth-1))
	}
	return c
}

func (r *random) role() authz.Role {
	role := authz.Role{
		Org: r.org, ID: r.id(), Name: r.name(), Description: r.name(), Default: r.yes(), Base: r.yes(),
		BasedOn: r.name(), Inherits: r.words(), LinesMissing: r.IntN(5) == 0,
	}
	if role.LinesMissing {
		return role
	}
	role.Legacy = r.words()
	for range r.IntN(6) {
		role.Policies = append(role.Policies, r.policy())
	}
	for range r.IntN(3) {
		p := authz.Policy{Domain: "routing", Entity: "queue", Action: r.word()}
		role.Policies = append(role.Policies, p)
	}
	return role
}

var subjectKinds = []authz.Kind{
	authz.KindUser, authz.KindGroup, authz.KindTeam, authz.KindClient, authz.KindTrusteeUser,
	authz.KindTrusteeGroup, authz.KindUnknown, authz.KindSubject,
}

func (r *random) grant() authz.Grant {
	return authz.Grant{
		Org: r.org, Subject: authz.Key{Org: r.org, Kind: subjectKinds[r.IntN(len(subjectKinds))], ID: r.id()},
		Role: r.word(), Division: []string{"*", "home", "<d>"}[r.IntN(3)], MadeAt: r.date(), MadeBy: r.name(),
		Source: []string{"grants", "client", "grants+client"}[r.IntN(3)],
	}
}

func (r *random) members(kind authz.Kind) authz.MemberList {
	m := authz.MemberList{Container: authz.Key{Org: r.org, Kind: kind, ID: r.id()}, Partial: r.IntN(4) == 0}
	for range r.IntN(5) {
		m.Members = append(m.Members, authz.Key{Org: r.org, Kind: subjectKinds[r.IntN(len(subjectKinds))], ID: r.word()})
	}
	return m
}

// records returns records of every type.
func (r *random) records() *authz.Records {
	rs := &authz.Records{}
	rs.Organization = append(rs.Organization, authz.Organization{
		ID: r.org, Name: r.name(), Platform: r.name(), Region: r.name(), GrantDivisionAware: r.tri(), Backfill: r.tri(),
	})
	for range r.IntN(4) {
		rs.Division = append(rs.Division, authz.Division{Org: r.org, ID: r.id(), Name: r.name(), Home: r.yes()})
		rs.Permission = append(rs.Permission, authz.Permission{
			Org: r.org, Domain: r.word(), Entity: r.word(), Action: r.id(), Label: r.name(),
			DivisionAware: r.tri(), AllowsConditions: r.tri(),
		})
		rs.Role = append(rs.Role, r.role())
		rs.User = append(rs.User, r.user(""), r.user(r.word()))
		rs.Group = append(rs.Group, r.group(""), r.group(r.word()))
		rs.Team = append(rs.Team, authz.Team{Org: r.org, ID: r.id(), Name: r.name(), Division: r.name()})
		rs.Grant = append(rs.Grant, r.grant(), r.grant())
		for _, kind := range []authz.Kind{authz.KindGroup, authz.KindTeam, authz.KindQueue, authz.KindTrusteeGroup} {
			rs.Member = append(rs.Member, r.members(kind))
		}
		r.things(rs)
	}
	return rs
}

func (r *random) user(trustee string) authz.User {
	return authz.User{
		Org: r.org, ID: r.id(), Name: r.name(), Trustee: trustee, Email: r.name(), Username: r.name(),
		Division: r.name(), State: r.name(), LastToken: r.date(), LastLogin: r.date(), Manager: r.name(),
		Title: r.name(), Department: r.name(), EmployeeType: r.name(), BPO: r.tri(), Region: r.name(),
		Licences: r.words(), ClonedFrom: r.name(),
	}
}

func (r *random) group(trustee string) authz.Group {
	return authz.Group{
		Org: r.org, ID: r.id(), Name: r.name(), Trustee: trustee, State: r.name(), Type: r.name(),
		RolesEnabled: r.tri(), IncludeOwners: r.tri(), Owners: r.words(), Dynamic: r.tri(),
	}
}

func (r *random) things(rs *authz.Records) {
	c := authz.Client{
		Org: r.org, ID: r.id(), Name: r.name(), GrantType: r.name(), State: r.name(), TokenSeconds: r.IntN(99999),
		Scopes: r.words(), Redirects: r.words(), Created: r.date(), Modified: r.date(), CreatedBy: r.name(), ModifiedBy: r.name(),
	}
	rs.Client = append(rs.Client, c)
	rs.Grant = append(rs.Grant, authz.Grant{
		Org: r.org, Subject: c.Key(), Role: r.word(), Division: "*", Source: "client",
	})
	rs.Usage = append(rs.Usage, authz.Usage{
		Org: r.org, Client: c.ID, Template: r.name(), Method: r.name(), Requests: r.Int64(), Date: r.date(),
	})
	kinds := []authz.Kind{authz.KindQueue, authz.KindFlow, authz.KindResource}
	res := authz.Resource{
		Org: r.org, ID: r.id(), Name: r.name(), Kind: kinds[r.IntN(3)], Type: r.name(), Division: r.name(),
	}
	for range r.IntN(3) {
		res.MemberGroups = append(res.MemberGroups, authz.MemberGroup{ID: r.word(), Type: r.name()})
	}
	rs.Resource = append(rs.Resource, res)
	rs.View = append(rs.View, authz.View{Org: r.org, ID: r.id(), Name: r.name(), Queues: r.words(), Users: r.words()})
	rs.Trust = append(rs.Trust, authz.Trust{
		Org: r.org, ID: r.id(), Name: r.name(), Enabled: r.tri(), Created: r.date(), Expires: r.date(),
		FullAccess: r.tri(), DefaultRole: r.tri(),
	})
	rs.AccessPolicy = append(rs.AccessPolicy, authz.AccessPolicy{
		Org: r.org, ID: r.id(), Name: r.name(), Target: r.name(), SubjectType: r.name(), SubjectID: r.name(),
		Effect: r.name(), Active: r.tri(), Clients: r.tri(), Condition: []string{"", `{"a":[1,2e3]}`, `"x"`}[r.IntN(3)],
	})
	lists := []authz.List{
		authz.ListIdentityProviders, authz.ListIntegrations, authz.ListAudits, authz.ListReports, authz.ListProducts, authz.ListUnusedRoles,
	}
	rs.Other = append(rs.Other, authz.Other{Org: r.org, ID: r.id(), Name: r.name(), List: lists[r.IntN(len(lists))]})
}
