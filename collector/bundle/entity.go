package bundle

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Entity returns a record as the JSON entity that the API gives for it, in the
// form in which this package reads it again. What the API has no field for is
// in fields of the guides, or in further fields (source and grantMadeBy of a
// grant, subjectType of a member). Of a [authz.MemberList] it is the list of
// members, of a [authz.Permission] one permission of a domain; a client has no
// roleDivisions, since those are grants.
func Entity(rec authz.Record) (json.RawMessage, error) {
	if rec == nil {
		return nil, errors.New("entity: no record")
	}
	e := &encoder{}
	e.entity(rec)
	if e.err != nil {
		return nil, fmt.Errorf("entity of %s: %w", quote(rec.Key().String()), e.err)
	}
	return e.b, nil
}

// entity appends the entity of a record.
func (e *encoder) entity(rec authz.Record) {
	if m, ok := rec.(authz.MemberList); ok {
		e.members(m)
		return
	}
	e.open('{')
	e.fields(rec)
	e.close('}')
}

func (e *encoder) fields(rec authz.Record) {
	switch r := rec.(type) {
	case authz.Organization:
		e.organization(r)
	case authz.Division:
		e.named(r.ID, r.Name)
		e.yes("homeDivision", r.Home)
	case authz.Permission:
		e.permission(r)
	case authz.Role:
		e.role(r)
	case authz.User:
		e.user(r)
	case authz.Group:
		e.group(r)
	case authz.Team:
		e.named(r.ID, r.Name)
		e.ref("division", r.Division)
	case authz.Client:
		e.client(r, nil)
	case authz.Usage:
		e.usage(r)
	case authz.Grant:
		e.grant(r)
	case authz.Resource:
		e.resource(r)
	case authz.View:
		e.named(r.ID, r.Name)
		e.refs("queues", r.Queues)
		e.refs("users", r.Users)
	case authz.Trust:
		e.trust(r)
	case authz.AccessPolicy:
		e.accessPolicy(r)
	case authz.Other:
		e.named(r.ID, r.Name)
	default:
		e.fail(fmt.Errorf("unknown type %T", rec))
	}
}

// named appends what most entities begin with.
func (e *encoder) named(id, name string) {
	e.id(id)
	e.text("name", name)
}

func (e *encoder) id(id string) {
	if id == "" {
		e.fail(errors.New("the id is empty"))
	}
	e.must("id", id)
}

func (e *encoder) organization(r authz.Organization) {
	e.named(r.ID, r.Name)
	e.text("platform", r.Platform)
	e.text("region", r.Region)
}

func (e *encoder) settings(r authz.Organization) {
	e.tri("authorizationGrantDivisionAware", r.GrantDivisionAware)
	e.tri("backfillEnabled", r.Backfill)
}

func (e *encoder) permission(r authz.Permission) {
	if r.Domain == "" || r.Entity == "" || r.Action == "" {
		e.fail(errors.New("a part of the permission is empty"))
	}
	e.must("domain", r.Domain)
	e.must("entityType", r.Entity)
	e.must("action", r.Action)
	e.text("label", r.Label)
	e.tri("allowsConditions", r.AllowsConditions)
	e.tri("divisionAware", r.DivisionAware)
}

func (e *encoder) user(r authz.User) {
	e.named(r.ID, r.Name)
	e.text("email", r.Email)
	e.text("username", r.Username)
	e.text("state", r.State)
	e.ref("division", r.Division)
	e.text("department", r.Department)
	e.text("title", r.Title)
	e.ref("manager", r.Manager)
	e.date("dateLastLogin", r.LastLogin)
	if !r.LastToken.IsZero() {
		e.key("lastTokenIssued")
		e.open('{')
		e.date("dateIssued", r.LastToken)
		e.close('}')
	}
	if r.EmployeeType != "" {
		e.key("employerInfo")
		e.open('{')
		e.text("employeeType", r.EmployeeType)
		e.close('}')
	}
	e.tri("bpoUser", r.BPO)
	e.text("region", r.Region)
	e.texts("licenses", r.Licences)
	e.ref("trustor", r.ClonedFrom)
}

func (e *encoder) group(r authz.Group) {
	e.named(r.ID, r.Name)
	e.text("state", r.State)
	e.text("type", r.Type)
	e.tri("rolesEnabled", r.RolesEnabled)
	e.tri("includeOwners", r.IncludeOwners)
	e.refs("owners", r.Owners)
	e.tri("dynamic", r.Dynamic)
}

// client appends a client with the role-divisions that are its grants.
func (e *encoder) client(r authz.Client, grants []authz.Grant) {
	e.named(r.ID, r.Name)
	e.text("authorizedGrantType", r.GrantType)
	e.text("state", r.State)
	if r.TokenSeconds != 0 {
		e.whole("accessTokenValiditySeconds", int64(r.TokenSeconds))
	}
	e.texts("scope", r.Scopes)
	e.texts("registeredRedirectUri", r.Redirects)
	e.list("roleDivisions", len(grants), func(i int) {
		e.open('{')
		e.must("roleId", grants[i].Role)
		e.must("divisionId", grants[i].Division)
		e.close('}')
	})
	e.date("dateCreated", r.Created)
	e.date("dateModified", r.Modified)
	e.ref("createdBy", r.CreatedBy)
	e.ref("modifiedBy", r.ModifiedBy)
}

func (e *encoder) usage(r authz.Usage) {
	e.text("clientId", r.Client)
	e.text("templateUri", r.Template)
	e.text("httpMethod", r.Method)
	e.whole("requests", r.Requests)
	e.date("date", r.Date)
}

func (e *encoder) resource(r authz.Resource) {
	e.named(r.ID, r.Name)
	e.text("type", r.Type)
	e.ref("division", r.Division)
	e.list("memberGroups", len(r.MemberGroups), func(i int) {
		e.open('{')
		e.id(r.MemberGroups[i].ID)
		e.text("type", r.MemberGroups[i].Type)
		e.close('}')
	})
}

func (e *encoder) trust(r authz.Trust) {
	e.id(r.ID)
	e.key("organization")
	e.open('{')
	e.named(r.ID, r.Name)
	e.close('}')
	e.tri("enabled", r.Enabled)
	e.date("dateCreated", r.Created)
	e.date("dateExpired", r.Expires)
	e.tri("hasFullAccess", r.FullAccess)
	e.tri("usesDefaultRole", r.DefaultRole)
}

func (e *encoder) accessPolicy(r authz.AccessPolicy) {
	e.named(r.ID, r.Name)
	e.text("targetResource", r.Target)
	if r.SubjectType != "" || r.SubjectID != "" {
		e.key("subject")
		e.open('{')
		e.text("type", r.SubjectType)
		e.text("id", r.SubjectID)
		e.close('}')
	}
	e.text("effect", r.Effect)
	e.tri("active", r.Active)
	e.tri("applyToClients", r.Clients)
	if r.Condition == "" {
		return
	}
	if !json.Valid([]byte(r.Condition)) {
		e.fail(errors.New("the condition is not JSON"))
		return
	}
	e.key("condition")
	e.b = append(e.b, r.Condition...)
}
