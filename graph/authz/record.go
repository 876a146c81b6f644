package authz

import (
	"encoding/json"
	"time"
)

// A Record is anything that a source tells and a snapshot keeps: each type of
// this file that has a Key method.
type Record interface {
	// Key names the record within its snapshot.
	Key() Key
}

// An Organization is one customer of the platform, in which everything else lives.
type Organization struct {
	ID       string
	Name     string
	Platform string // "genesys-cloud" or "genesys-engage"; empty is genesys-cloud
	Region   string
	// GrantDivisionAware is the setting authorizationGrantDivisionAware: whether
	// the right to grant roles is limited to the divisions it was granted in.
	GrantDivisionAware Tri
	// Backfill is the setting backfillEnabled: whether the platform adds new
	// permissions to default roles by itself.
	Backfill Tri
}

// A Division is the boundary within which most permissions reach.
type Division struct {
	Org, ID, Name string
	Home          bool // exactly one of an organization
}

// A User is a person's account, of the organization itself or of a trustee.
type User struct {
	Org, ID, Name string
	// Trustee is the id of the trustee organization whose user this is. It is
	// empty for the organization's own users.
	Trustee   string
	Email     string
	Username  string
	Division  string // id; empty, "*" or "all": in every division
	State     string // active, inactive, deleted; empty is active
	LastToken time.Time
	LastLogin time.Time // password sign-in only: single sign-on leaves it empty
	Manager   string    // id of a user
	Title     string
	// Department and EmployeeType are what attributes of the configuration are
	// computed from; the platform has no field for outsourced staff.
	Department   string
	EmployeeType string
	BPO          Tri      // guides' field bpoUser
	Region       string   // guides' field
	Licences     []string // guides' field
	ClonedFrom   string   // id of the organization that the account was cloned from
}

// A Group is a set of members that roles can be granted to.
type Group struct {
	Org, ID, Name string
	Trustee       string // as in User
	State         string // active, inactive, deleted; empty is active
	Type          string // official or social
	RolesEnabled  Tri    // unknown is true
	IncludeOwners Tri    // unknown is true
	Owners        []string
	Dynamic       Tri // whether rules, not people, decide who is in it
}

// A Team is a set of users with a division.
type Team struct{ Org, ID, Name, Division string }

// A MemberList is the members of one group, team or queue, as far as they were
// read. A container without one was not read.
type MemberList struct {
	Container Key // a group, team, queue or trustee group
	// Members are keys of kind user where the source says so, else of kind
	// subject: any record with that id.
	Members []Key
	// Partial is set if the source could not give all members.
	Partial bool
}

// A Client is an OAuth client. Its role-divisions are grants ([Grant.Source]).
type Client struct {
	Org, ID, Name string
	GrantType     string // CLIENT-CREDENTIALS, CODE, TOKEN, SAML2-BEARER, PASSWORD; empty counts as the first
	State         string // active, disabled, inactive; empty is active
	TokenSeconds  int    // lifetime of an access token; 0 is unknown
	Scopes        []string
	Redirects     []string
	Created       time.Time
	Modified      time.Time
	CreatedBy     string // id of a user
	ModifiedBy    string
}

// A Usage is one line of what an OAuth client called.
type Usage struct {
	Org, Client      string
	Template, Method string
	Requests         int64
	Date             time.Time
}

// A Role is a named list of policies.
type Role struct {
	Org, ID, Name string
	Description   string
	Default       bool   // built into the platform
	Base          bool   // the platform's mark "base"
	BasedOn       string // the platform's name of the built-in role it is or was made from
	// Inherits are ids, or else names, of roles whose policies this one has too.
	Inherits []string
	Legacy   []string // permissions of one part, as received
	Policies []Policy
	// LinesMissing is set if the source named the role without saying what is in it.
	LinesMissing bool
}

// A Policy is one line of a role: one permission pattern, and what narrows it.
type Policy struct {
	// Domain, Entity and Action are the API's own fields, as received; each may
	// be "*". A line with several actions is several policies.
	Domain, Entity, Action string
	// Guide is the name that a guide's form of role gave instead of the fields
	// ("Routing > Queue > View", "telephony_queues:edit"). Aliases apply to it.
	Guide string
	// Scope is as received: empty, all, organization, group, team, view,
	// assigned, self, or a word that the model does not know.
	Scope       string
	ScopeGroups []string
	ScopeTeams  []string
	ScopeViews  []string
	Condition   *Condition // nil: none
}

// A Condition narrows a policy to things with certain attributes.
type Condition struct {
	Variable    string      `json:"variableName,omitempty"`
	Operator    string      `json:"operator,omitempty"`
	Operands    []Operand   `json:"operands,omitempty"`
	Conjunction string      `json:"conjunction,omitempty"`
	Terms       []Condition `json:"terms,omitempty"`
}

// An Operand is a value that a condition compares with.
type Operand struct {
	Type  string `json:"type,omitempty"` // SCALAR, VARIABLE, USER, TEAM, QUEUE
	Value string `json:"value,omitempty"`
	Queue string `json:"queue,omitempty"` // id
	User  string `json:"user,omitempty"`  // id
	Team  string `json:"team,omitempty"`  // id
}

// A Permission is an entry of the platform's catalogue.
type Permission struct {
	Org                    string
	Domain, Entity, Action string // as received
	Label                  string
	DivisionAware          Tri
	AllowsConditions       Tri
}

// A Grant is a role given to a subject in a division. Access is computed, a
// grant is recorded.
type Grant struct {
	Org      string
	Subject  Key    // of kind subject where the source does not say the type
	Role     string // id
	Division string // id or [AllDivisions]
	MadeAt   time.Time
	MadeBy   string
	// Source says where it was told: "grants", or "client" for a client's own
	// role-divisions. The same grant told twice is one grant with both.
	Source string
}

// A GrantRow is a [Grant] with its parties by number.
type GrantRow struct {
	Subject, Role, Division Ref
	MadeAt                  int64 // milliseconds since 1970; 0 is unknown
}

// A MemberRow is one member of a [MemberList], by number.
type MemberRow struct{ Container, Member Ref }

// A Resource is an object that lies in a division.
type Resource struct {
	Org, ID, Name string
	Kind          Kind   // queue, flow or resource
	Type          string // of a flow or other object, as received
	Division      string // id; empty, "*" or "all": in every division
	// MemberGroups are the groups and teams that a queue lists.
	MemberGroups []MemberGroup
}

// A MemberGroup is a group that a queue lists as member.
type MemberGroup struct {
	ID   string
	Type string // GROUP, TEAM, SKILLGROUP; empty: a group or a team
}

// A View is a named set of queues and users, for scope view.
type View struct {
	Org, ID, Name string
	Queues, Users []string
}

// A Trust lets another organization in.
type Trust struct {
	Org  string
	ID   string // of the trustee organization
	Name string // of the trustee organization

	Enabled          Tri // unknown is true
	Created, Expires time.Time
	FullAccess       Tri
	DefaultRole      Tri
}

// An AccessPolicy is an attribute-based rule beside the roles.
type AccessPolicy struct {
	Org, ID, Name string
	Target        string // permission, as received
	SubjectType   string // ALL, USER, GROUP, TEAM, CLIENT
	SubjectID     string
	Effect        string // ALLOW or DENY
	Active        Tri    // unknown is false
	Clients       Tri    // applyToClients
	Condition     string // JSON as received, without white space; empty: none
}

// An Other is a record that the model keeps and does not interpret yet:
// identity providers, integrations, audit events, reports, products, unused roles.
type Other struct {
	Org, ID, Name string
	List          List
}

// An OtherRecord is an [Other] with the JSON it came from; nil where none was kept.
type OtherRecord struct {
	Other
	JSON json.RawMessage
}

// Key implements [Record].
func (r Organization) Key() Key { return Key{r.ID, KindOrganization, r.ID} }

// Key implements [Record].
func (r Division) Key() Key { return Key{r.Org, KindDivision, r.ID} }

// Key implements [Record].
func (r User) Key() Key {
	if r.Trustee != "" {
		return Key{r.Org, KindTrusteeUser, r.ID}
	}
	return Key{r.Org, KindUser, r.ID}
}

// Key implements [Record].
func (r Group) Key() Key {
	if r.Trustee != "" {
		return Key{r.Org, KindTrusteeGroup, r.ID}
	}
	return Key{r.Org, KindGroup, r.ID}
}

// Key implements [Record].
func (r Team) Key() Key { return Key{r.Org, KindTeam, r.ID} }

// Key implements [Record]: the key of the container.
func (r MemberList) Key() Key { return r.Container }

// Key implements [Record].
func (r Client) Key() Key { return Key{r.Org, KindClient, r.ID} }

// Key implements [Record]: the key of the client.
func (r Usage) Key() Key { return Key{r.Org, KindClient, r.Client} }

// Key implements [Record].
func (r Role) Key() Key { return Key{r.Org, KindRole, r.ID} }

// Key implements [Record]: the id is the folded permission.
func (r Permission) Key() Key { return Key{r.Org, KindPermission, r.Pattern().String()} }

// Pattern returns the permission in the form in which it is compared.
func (r Permission) Pattern() Pattern { return NewPattern(r.Domain, r.Entity, r.Action) }

// Key implements [Record]: the id is "SUBJECT/ROLE/DIVISION".
func (r Grant) Key() Key {
	return Key{r.Org, KindGrant, r.Subject.ID + "/" + r.Role + "/" + r.Division}
}

// Key implements [Record].
func (r Resource) Key() Key { return Key{r.Org, r.Kind, r.ID} }

// Key implements [Record].
func (r View) Key() Key { return Key{r.Org, KindView, r.ID} }

// Key implements [Record].
func (r Trust) Key() Key { return Key{r.Org, KindTrust, r.ID} }

// Key implements [Record].
func (r AccessPolicy) Key() Key { return Key{r.Org, KindAccessPolicy, r.ID} }

// Key implements [Record]: the id is prefixed by the list.
func (r Other) Key() Key { return Key{r.Org, KindOther, string(r.List) + "/" + r.ID} }
