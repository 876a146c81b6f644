package report

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// A Document is everything that a report says, in the order in which it is
// said. Lists are never nil. It does not change: its sequences may be run from
// several goroutines.
type Document struct {
	analyzer.Head
	// Tool names the program and its version.
	Tool string
	// Digest is the content digest of the snapshot, Source what it was read from.
	Digest, Source string
	// Assumed says that no configuration named the tenants.
	Assumed bool

	Verdicts []Verdict
	Matrix   Matrix
	// Findings are worst first; the accepted ones stand apart.
	Findings []Finding
	Accepted []Accepted
	// Baseline names the earlier snapshot that the findings were held against, empty
	// if there was none; Fixed are those that it had and this one has not.
	Baseline string
	Fixed    []Finding
	Totals   rules.Totals
	Rules    []RuleCount
	Statuses []Count // of the findings

	// Principals are all that the graph knows, in its order: an index of this
	// list is how other lists name a principal.
	Principals []Principal
	Roles      []Role
	Clients    []Client
	// Classes are the live principals with roles, by equal access.
	Classes []Class
	// Stale are the live principals with roles that show no sign of use.
	Stale []Stale
	// Escalation are the ways by which principals could come to hold everything.
	Escalation Escalation
	Coverage   []Coverage
	Dangling   []Dangling
	Exceptions []Exception
	Packs      []rules.PackRef
	Deviations []rules.Deviation

	// Grants yields every grant, by subject, role and division; GrantCells count
	// them by role and division.
	Grants     iter.Seq[Grant]
	GrantCells []GrantCell
	// WhoCanSee yields a row for each live principal and division that it can
	// see; SeeCells count them by tenant and division.
	WhoCanSee iter.Seq[SeeRow]
	SeeCells  []SeeCell
	// SeeAlike yields the same by classes of equal access: 100,000 principals see
	// five million divisions, in fewer ways than there are principals.
	SeeAlike iter.Seq[SeeAlike]

	Counts Counts

	holds   func(class int) []ClassHolding
	rolesOf func(class int) []int
}

// Counts are the numbers of rows: what each list holds, and how long the
// sequences are.
type Counts struct {
	Principals int `json:"principals"`
	Live       int `json:"live"`
	External   int `json:"external"`
	Grants     int `json:"grants"`
	WhoCanSee  int `json:"who_can_see"`
	Divisions  int `json:"divisions"`
	Roles      int `json:"roles"`
	Clients    int `json:"clients"`
	Gaps       int `json:"gaps"`
	// ClassRoles is the number of roles of all classes together.
	ClassRoles int `json:"class_roles"`
}

// A Count is how often a word occurs.
type Count struct {
	Name  string
	Count int
}

// A RuleCount is how many findings a rule has.
type RuleCount struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	// Severity is that of the worst of them.
	Severity rules.Severity `json:"severity"`
	Findings int            `json:"findings"`
	// Principals is the sum over the findings: one who is in two counts twice.
	Principals int `json:"principals"`
}

// A Standing says in a word what is known about a tenant's isolation.
type Standing string

// The standings, worst first.
const (
	StandingReached  Standing = "reached"  // somebody from outside reaches it without an agreement
	StandingWide     Standing = "shared"   // only through permissions that no division limits
	StandingUnknown  Standing = "unknown"  // nobody was found, and something is not known
	StandingAgreed   Standing = "agreed"   // all who reach it are allowed to
	StandingIsolated Standing = "isolated" // nobody reaches it, and nothing is missing
)

// A Verdict says who reaches a tenant from outside.
type Verdict struct {
	Tenant   string `json:"tenant"`
	External bool   `json:"external"`
	Owner    string `json:"owner,omitempty"`
	// Divisions and Members are the tenant's own; Members are live.
	Divisions int      `json:"divisions"`
	Members   int      `json:"members"`
	Standing  Standing `json:"standing"`
	// Sentence says it to a person.
	Sentence string `json:"sentence"`
	// Outside is the number of principals of other tenants that reach it through
	// divisions, Allowed of them those whose whole reach is allowed.
	Outside int `json:"outside"`
	Allowed int `json:"allowed"`
	// FromExternal is the part of Outside that belongs to external tenants.
	FromExternal int         `json:"from_external"`
	Widest       graph.Level `json:"widest"`
	// OrganizationWide is the number of principals of other tenants that reach
	// its data by permissions that no division limits.
	OrganizationWide int `json:"organization_wide"`
	// Worst is the worst severity among the findings about reach into it, zero
	// if there are none; WorstFinding is the first such finding's fingerprint.
	Worst        rules.Severity `json:"worst,omitzero"`
	WorstFinding string         `json:"worst_finding,omitempty"`
	Findings     int            `json:"findings"`
	// Named is the number of findings that name the tenant in any part.
	Named int `json:"named"`
	// Unknown are the things that are not known and could change the verdict.
	Unknown []string `json:"unknown"`
}

// A Matrix is who reaches whom, tenant by tenant.
type Matrix struct {
	// Tenants are the rows and the columns.
	Tenants []analyzer.TenantRef
	// Cells are in the order of the rows, then of the columns; where nobody
	// reaches anything there is none.
	Cells []Cell
}

// A Cell is the reach of one tenant's principals over another's divisions.
type Cell struct {
	analyzer.MatrixCell
	// Row and Column are indexes of the tenants.
	Row, Column int
	// Through are the role assignments that give the reach, the most used first.
	Through []Through
	Holders []Holder
}

// A Holder is a principal with reach over a tenant.
type Holder struct {
	// Principal is an index of [Document.Principals].
	Principal int
	Reach     graph.Level
	// Permissions is how many permissions reach; 0 where nobody can tell since
	// a role was not read.
	Permissions int
	Via         Via
}

// A Via is one way in which access comes about: a role assignment, and the
// group or team that it was made to.
type Via struct {
	Role, Division string
	// Group is empty if the role is assigned to the principal itself.
	Group string
	// Others is the number of further role assignments that give access too.
	Others int
}

// A Through counts the holders of a cell for whom a role assignment is the
// first way in.
type Through struct {
	Role       string `json:"role"`
	Division   string `json:"division"`
	Group      string `json:"group,omitempty"`
	Principals int    `json:"principals"`
}

// Listed is the most principals that a finding lists with their names; an audit for
// a report need not list more.
const Listed = 200

// A Finding is a finding with what a reader needs to place it.
type Finding struct {
	// Finding lists at most [Listed] principals; Count is how many there are.
	rules.Finding
	// Tenants are all tenants concerned, Targets those whose data is.
	Tenants, Targets []string
	// People are all principals by index of [Document.Principals]; -1 is one that
	// the graph does not have, of a fixed finding.
	People []int
	Facts  []Fact
	// CutNote says what [rules.Finding.Cut] is good for, or why it is not there.
	CutNote string
	// Picture is the first reason, from the principal to what it reaches; empty
	// if the finding has none.
	Picture []Link
}

// A Fact is one thing that made a finding.
type Fact struct {
	Kind   string
	Fields []rules.Field
	Chains []Chain
}

// A Chain is a derivation of access as a reader follows it.
type Chain struct {
	Links   []Link
	Reach   graph.Level
	Because []string
}

// A Link is one step of a chain.
type Link struct {
	// Kind is principal, member, owner, team, grant, inherits, policy, scope,
	// condition, access_policy, trust, escalate or reach.
	Kind string
	// Label is what the step is, such as "member of"; Name is the record's name.
	Label, Name string
	// Detail is what else there is to say: when, where, why.
	Detail string
}

// Accepted is a finding that the configuration accepts.
type Accepted struct {
	Finding
	Reason, ApprovedBy, Until string
}

// A Principal is somebody or something that can hold access.
type Principal struct {
	analyzer.PrincipalRef
	// Live says that it can act today, Acts that it has access of its own.
	Live, Acts bool
	LastSeen   time.Time // zero: not known
	// TenantBy says by what it was placed; Disputed that facts name different tenants.
	TenantBy string
	Disputed bool
	// Assignments are its first role assignments, groups' included, such as
	// "Supervisor in BPO_A"; MoreAssignments is how many it has beyond them.
	Assignments     []string
	MoreAssignments int
	// RoleCount is how many different roles it has.
	RoleCount int
	// Elevated is the number of elevated permissions that it holds anywhere.
	Elevated int
	// Class is the number of its class, the place in [Document.Classes] counted
	// from 1; 0 is none: it has no access today.
	Class int
}

// Roles returns the role assignments in short, as one text.
func (p *Principal) Roles() string {
	s := strings.Join(p.Assignments, "; ")
	if p.MoreAssignments > 0 {
		s += fmt.Sprintf("; %d more", p.MoreAssignments)
	}
	return s
}

// A Role is a role with what it gives, and to how many.
type Role struct {
	Org     string `json:"org"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Known   bool   `json:"known"`
	BuiltIn bool   `json:"built_in"`
	BasedOn string `json:"based_on,omitempty"`
	Admin   bool   `json:"admin"`
	// Holders are live principals that act, External those of external tenants.
	Holders  int `json:"holders"`
	External int `json:"external_holders"`
	// Tenants are those of the holders, sorted.
	Tenants []string `json:"tenants"`
	Grants  int      `json:"grants"`
	// Divisions is how many divisions it is granted in; Everywhere says that all
	// divisions is one of them.
	Divisions   int  `json:"divisions"`
	Everywhere  bool `json:"everywhere"`
	Permissions int  `json:"permissions"`
	// Narrowed is how many of them are given only with a scope or condition.
	Narrowed  int      `json:"narrowed"`
	Elevated  int      `json:"elevated"`
	Wildcards []string `json:"wildcards"`
	Inherits  []string `json:"inherits"`
	// Gives are the permissions that it gives; nil where it gives everything.
	Gives []RolePermission `json:"gives"`
}

// A RolePermission is a permission that a role gives.
type RolePermission struct {
	Permission string `json:"permission"`
	Narrowed   bool   `json:"narrowed,omitempty"`
	Elevated   bool   `json:"elevated,omitempty"` // given only with a scope or condition; elevated
}

// A Client is an OAuth client.
type Client struct {
	// Principal is its index in [Document.Principals].
	Principal    int       `json:"principal"`
	GrantType    string    `json:"grant_type"`
	TokenSeconds int       `json:"token_seconds"`
	Created      time.Time `json:"created,omitzero"`
	Modified     time.Time `json:"modified,omitzero"`
	CreatedBy    string    `json:"created_by,omitempty"`
	Scopes       []string  `json:"scopes"`
	Redirects    []string  `json:"redirects"`
	// Delegated says that it acts as whoever signs in.
	Delegated bool `json:"delegated"`
}

// A Grant is a role assignment.
type Grant struct {
	Org         string
	SubjectKind authz.Kind
	SubjectID   string
	SubjectName string
	// Tenant is the subject's; empty for groups and teams.
	Tenant string
	// Members is how many principals have the grant: 1, or the members of the
	// group or team.
	Members            int
	Role, RoleID       string
	Division           string
	DivisionID         string
	DivisionTenant     string
	MadeAt             time.Time // zero: not known
	Dormant, Delegated bool
}

// A GrantCell counts the grants of a role in a division.
type GrantCell struct {
	Org                  string
	Role, RoleID         string
	Division, DivisionID string
	DivisionTenant       string
	Grants               int
	// Groups is how many of the grants are to groups and teams.
	Groups int
	// Principals are those that have it, live or not.
	Principals int
}

// A SeeRow says that a principal can see a division.
type SeeRow struct {
	// Principal is an index of [Document.Principals].
	Principal    int
	Division     analyzer.Named
	TargetTenant string
	Shared       bool
	Reach        graph.Level
	Outside      bool
	// Permissions is how many permissions that show data reach the division; 0
	// where nobody can tell since a role was not read.
	Permissions int
	Via         Via
}

// A SeeCell counts the principals of a tenant that can see a division.
type SeeCell struct {
	Tenant       string
	External     bool
	Division     analyzer.Named
	TargetTenant string
	Outside      bool
	// Whole, Conditional and Limited count the principals by reach.
	Whole, Conditional, Limited int
}

// Coverage is a line of the snapshot's ledger.
type Coverage struct {
	authz.Coverage
	Gap, Reading bool
	// Touches are the questions that a gap can change the answer of.
	Touches []string
}

// A Dangling is a grant that names something that no longer exists.
type Dangling struct {
	Org      string    `json:"org"`
	Subject  string    `json:"subject"`
	Role     string    `json:"role"`
	RoleID   string    `json:"role_id"`
	Division string    `json:"division"`
	Missing  string    `json:"missing"` // "subject", "role, division" …
	MadeAt   time.Time `json:"made_at,omitzero"`
}

// An Exception is cross-tenant access that the configuration allows.
type Exception struct {
	From        string    `json:"from"`
	Principals  []string  `json:"principals"`
	To          []string  `json:"to"`
	Permissions []string  `json:"permissions"`
	AtMost      int       `json:"at_most"` // 0: no number was given
	Used        int       `json:"used"`
	Reason      string    `json:"reason"`
	ApprovedBy  string    `json:"approved_by"`
	Until       time.Time `json:"until,omitzero"` // zero: none was given
	// State is "in force", or "expired" or "outgrown": then it allows nothing.
	State string `json:"state"`
	Place string `json:"place"` // in the configuration
}
