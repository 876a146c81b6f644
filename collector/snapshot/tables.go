package snapshot

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A table says how one type of record is kept in rows: the columns, in the order of
// the schema, without ref in front and raw at the end; and both directions.
type table[T authz.Record] struct {
	name    string
	columns string
	kinds   []authz.Kind
	write   func(*row, T)
	read    func(authz.Key, *fields) T
}

// width is the number of columns.
func (t table[T]) width() int { return strings.Count(t.columns, ",") + 3 }

// query selects every row. The names in it are all from this file.
func (t table[T]) query() string {
	return "SELECT ref, " + t.columns + " FROM " + t.name + " ORDER BY ref"
}

func organizations() table[authz.Organization] {
	return table[authz.Organization]{
		"organization", "name, platform, region, grant_division_aware, backfill",
		[]authz.Kind{authz.KindOrganization},
		func(r *row, v authz.Organization) {
			r.text(v.Name, v.Platform, v.Region)
			r.tri(v.GrantDivisionAware)
			r.tri(v.Backfill)
		},
		func(k authz.Key, f *fields) authz.Organization {
			return authz.Organization{
				ID: k.ID, Name: f.text(), Platform: f.text(), Region: f.text(), GrantDivisionAware: f.tri(), Backfill: f.tri(),
			}
		},
	}
}

func divisions() table[authz.Division] {
	return table[authz.Division]{
		"division", "name, home",
		[]authz.Kind{authz.KindDivision},
		func(r *row, v authz.Division) {
			r.text(v.Name)
			r.flag(v.Home)
		},
		func(k authz.Key, f *fields) authz.Division {
			return authz.Division{Org: k.Org, ID: k.ID, Name: f.text(), Home: f.flag()}
		},
	}
}

func permissions() table[authz.Permission] {
	return table[authz.Permission]{
		"permission", "domain, entity, action, label, division_aware, allows_conditions",
		[]authz.Kind{authz.KindPermission},
		func(r *row, v authz.Permission) {
			r.text(v.Domain, v.Entity, v.Action, v.Label)
			r.tri(v.DivisionAware)
			r.tri(v.AllowsConditions)
		},
		func(k authz.Key, f *fields) authz.Permission {
			return authz.Permission{
				Org: k.Org, Domain: f.text(), Entity: f.text(), Action: f.text(), Label: f.text(),
				DivisionAware: f.tri(), AllowsConditions: f.tri(),
			}
		},
	}
}

func roles() table[authz.Role] {
	return table[authz.Role]{
		"role", "name, description, built_in, base, based_on, inherits, legacy, lines_missing",
		[]authz.Kind{authz.KindRole},
		func(r *row, v authz.Role) {
			r.text(v.Name, v.Description)
			r.flag(v.Default)
			r.flag(v.Base)
			r.text(v.BasedOn)
			r.list(v.Inherits)
			r.list(v.Legacy)
			r.flag(v.LinesMissing)
		},
		func(k authz.Key, f *fields) authz.Role {
			return authz.Role{
				Org: k.Org, ID: k.ID, Name: f.text(), Description: f.text(), Default: f.flag(), Base: f.flag(),
				BasedOn: f.text(), Inherits: f.list(), Legacy: f.list(), LinesMissing: f.flag(),
			}
		},
	}
}

func users() table[authz.User] {
	return table[authz.User]{
		"user", "name, trustee, email, username, division, state, last_token, last_login, manager, title, department, " +
			"employee_type, bpo, region, licences, cloned_from",
		[]authz.Kind{authz.KindUser, authz.KindTrusteeUser},
		func(r *row, v authz.User) {
			r.text(v.Name)
			r.ref(v.Org, authz.KindTrust, v.Trustee)
			r.text(v.Email, v.Username)
			r.ref(v.Org, authz.KindDivision, v.Division)
			r.text(v.State)
			r.time(v.LastToken)
			r.time(v.LastLogin)
			r.ref(v.Org, authz.KindUser, v.Manager)
			r.text(v.Title, v.Department, v.EmployeeType)
			r.tri(v.BPO)
			r.text(v.Region)
			r.list(v.Licences)
			r.text(v.ClonedFrom)
		},
		func(k authz.Key, f *fields) authz.User {
			return authz.User{
				Org: k.Org, ID: k.ID, Name: f.text(), Trustee: f.id(), Email: f.text(), Username: f.text(), Division: f.id(),
				State: f.text(), LastToken: f.time(), LastLogin: f.time(), Manager: f.id(), Title: f.text(),
				Department: f.text(), EmployeeType: f.text(), BPO: f.tri(), Region: f.text(), Licences: f.list(),
				ClonedFrom: f.text(),
			}
		},
	}
}

func groups() table[authz.Group] {
	return table[authz.Group]{
		"group_", "name, trustee, state, type, roles_enabled, include_owners, owners, dynamic",
		[]authz.Kind{authz.KindGroup, authz.KindTrusteeGroup},
		func(r *row, v authz.Group) {
			r.text(v.Name)
			r.ref(v.Org, authz.KindTrust, v.Trustee)
			r.text(v.State, v.Type)
			r.tri(v.RolesEnabled)
			r.tri(v.IncludeOwners)
			r.list(v.Owners)
			r.mention(v.Org, authz.KindSubject, v.Owners...)
			r.tri(v.Dynamic)
		},
		func(k authz.Key, f *fields) authz.Group {
			return authz.Group{
				Org: k.Org, ID: k.ID, Name: f.text(), Trustee: f.id(), State: f.text(), Type: f.text(),
				RolesEnabled: f.tri(), IncludeOwners: f.tri(), Owners: f.list(), Dynamic: f.tri(),
			}
		},
	}
}

func teams() table[authz.Team] {
	return table[authz.Team]{
		"team", "name, division",
		[]authz.Kind{authz.KindTeam},
		func(r *row, v authz.Team) {
			r.text(v.Name)
			r.ref(v.Org, authz.KindDivision, v.Division)
		},
		func(k authz.Key, f *fields) authz.Team {
			return authz.Team{Org: k.Org, ID: k.ID, Name: f.text(), Division: f.id()}
		},
	}
}

func clients() table[authz.Client] {
	return table[authz.Client]{
		"oauth_client", "name, grant_type, state, token_seconds, scopes, redirects, created, modified, created_by, modified_by",
		[]authz.Kind{authz.KindClient},
		func(r *row, v authz.Client) {
			r.text(v.Name, v.GrantType, v.State)
			r.number(int64(v.TokenSeconds))
			r.list(v.Scopes)
			r.list(v.Redirects)
			r.time(v.Created)
			r.time(v.Modified)
			r.ref(v.Org, authz.KindUser, v.CreatedBy)
			r.ref(v.Org, authz.KindUser, v.ModifiedBy)
		},
		func(k authz.Key, f *fields) authz.Client {
			return authz.Client{
				Org: k.Org, ID: k.ID, Name: f.text(), GrantType: f.text(), State: f.text(), TokenSeconds: int(f.number()),
				Scopes: f.list(), Redirects: f.list(), Created: f.time(), Modified: f.time(), CreatedBy: f.id(), ModifiedBy: f.id(),
			}
		},
	}
}

// A memberGroup is the form of an [authz.MemberGroup] in the file.
type memberGroup struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"`
}

func resources() table[authz.Resource] {
	return table[authz.Resource]{
		"resource", "name, type, division, member_groups",
		[]authz.Kind{authz.KindQueue, authz.KindFlow, authz.KindResource},
		writeResource,
		func(k authz.Key, f *fields) authz.Resource {
			v := authz.Resource{Org: k.Org, ID: k.ID, Kind: k.Kind, Name: f.text(), Type: f.text(), Division: f.id()}
			var list []memberGroup
			f.json(&list)
			for _, g := range list {
				v.MemberGroups = append(v.MemberGroups, authz.MemberGroup(g))
			}
			return v
		},
	}
}

func writeResource(r *row, v authz.Resource) {
	r.text(v.Name, v.Type)
	r.ref(v.Org, authz.KindDivision, v.Division)
	if len(v.MemberGroups) == 0 {
		r.optional("")
		return
	}
	list := make([]memberGroup, len(v.MemberGroups))
	for i, g := range v.MemberGroups {
		list[i] = memberGroup(g)
		switch g.Type {
		case "GROUP":
			r.mention(v.Org, authz.KindGroup, g.ID)
		case "TEAM":
			r.mention(v.Org, authz.KindTeam, g.ID)
		default:
			r.mention(v.Org, authz.KindSubject, g.ID)
		}
	}
	r.json(list)
}

func views() table[authz.View] {
	return table[authz.View]{
		"view", "name, queues, users",
		[]authz.Kind{authz.KindView},
		func(r *row, v authz.View) {
			r.text(v.Name)
			r.list(v.Queues)
			r.list(v.Users)
			r.mention(v.Org, authz.KindQueue, v.Queues...)
			r.mention(v.Org, authz.KindUser, v.Users...)
		},
		func(k authz.Key, f *fields) authz.View {
			return authz.View{Org: k.Org, ID: k.ID, Name: f.text(), Queues: f.list(), Users: f.list()}
		},
	}
}

func trusts() table[authz.Trust] {
	return table[authz.Trust]{
		"trust", "name, enabled, created, expires, full_access, default_role",
		[]authz.Kind{authz.KindTrust},
		func(r *row, v authz.Trust) {
			r.text(v.Name)
			r.tri(v.Enabled)
			r.time(v.Created)
			r.time(v.Expires)
			r.tri(v.FullAccess)
			r.tri(v.DefaultRole)
		},
		func(k authz.Key, f *fields) authz.Trust {
			return authz.Trust{
				Org: k.Org, ID: k.ID, Name: f.text(), Enabled: f.tri(), Created: f.time(), Expires: f.time(),
				FullAccess: f.tri(), DefaultRole: f.tri(),
			}
		},
	}
}

func accessPolicies() table[authz.AccessPolicy] {
	return table[authz.AccessPolicy]{
		"access_policy", "name, target, subject_type, subject_id, effect, active, clients, condition",
		[]authz.Kind{authz.KindAccessPolicy},
		func(r *row, v authz.AccessPolicy) {
			r.text(v.Name, v.Target, v.SubjectType, v.SubjectID, v.Effect)
			r.tri(v.Active)
			r.tri(v.Clients)
			r.text(v.Condition)
		},
		func(k authz.Key, f *fields) authz.AccessPolicy {
			return authz.AccessPolicy{
				Org: k.Org, ID: k.ID, Name: f.text(), Target: f.text(), SubjectType: f.text(), SubjectID: f.text(),
				Effect: f.text(), Active: f.tri(), Clients: f.tri(), Condition: f.text(),
			}
		},
	}
}

func others() table[authz.Other] {
	return table[authz.Other]{
		"other", "list, name",
		[]authz.Kind{authz.KindOther},
		func(r *row, v authz.Other) { r.text(string(v.List), v.Name) },
		func(k authz.Key, f *fields) authz.Other {
			list := f.text()
			return authz.Other{Org: k.Org, ID: strings.TrimPrefix(k.ID, list+"/"), List: authz.List(list), Name: f.text()}
		},
	}
}
