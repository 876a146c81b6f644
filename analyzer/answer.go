package analyzer

import (
	"time"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Head opens every document: which snapshot was asked, under which
// configuration, and what it lacks.
type Head struct {
	Schema       string         `json:"schema"`
	Snapshot     SnapshotRef    `json:"snapshot"`
	ConfigDigest string         `json:"config_digest"`
	Now          time.Time      `json:"now"`
	Coverage     CoverageRef    `json:"coverage"`
	Undetermined []Undetermined `json:"undetermined"`
	// Notes are sentences that a reader of the answer must know, such as that
	// no configuration was given and tenants were assumed.
	Notes []string `json:"notes"`
}

// A SnapshotRef names the snapshot.
type SnapshotRef struct {
	ID            string    `json:"id"`
	TakenAt       time.Time `json:"taken_at"`
	Seal          string    `json:"seal"`
	Organizations []Named   `json:"organizations"`
}

// Named is an id with the name that people know.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A CoverageRef says whether the snapshot has everything the question needs.
type CoverageRef struct {
	Complete bool  `json:"complete"`
	Gaps     []Gap `json:"gaps"`
}

// A Gap is something that the snapshot lacks.
type Gap struct {
	Org               string       `json:"org"`
	Kind              authz.List   `json:"kind"`
	Source            string       `json:"source"`
	Status            authz.Status `json:"status"`
	Reason            string       `json:"reason"`
	MissingPermission string       `json:"missing_permission"`
	// Touches are the questions whose answers it can change.
	Touches []string `json:"touches"`
}

// Undetermined is something that the snapshot does not say and that could
// change this answer.
type Undetermined struct {
	Subject  string `json:"subject"` // "kind:id", or empty
	Role     string `json:"role"`
	Division string `json:"division"`
	Why      string `json:"why"`
}

// A PrincipalRef is a principal as answers show it.
type PrincipalRef struct {
	Org      string     `json:"org"`
	Kind     authz.Kind `json:"kind"`
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Email    string     `json:"email"`
	Division Named      `json:"division"`
	Tenant   string     `json:"tenant"`
	External bool       `json:"external"`
	State    string     `json:"state"`
	Known    bool       `json:"known"`
}

// A TargetRef is what a question is about.
type TargetRef struct {
	Kind authz.Kind `json:"kind"`
	ID   string     `json:"id"`
	Name string     `json:"name"`
}

// A WhoAnswer lists the principals that have some access to a target.
type WhoAnswer struct {
	Head
	Question WhoQuestionRef `json:"question"`
	// Answers are sorted by organization, kind, name and id.
	Answers          []WhoRow           `json:"answers"`
	OrganizationWide []OrganizationWide `json:"organization_wide"`
	Delegated        []Delegated        `json:"delegated"`
	// Baseline are permissions that no division limits and that every live
	// principal holds; what the question means of them is in the answers all the same.
	Baseline []string `json:"baseline"`

	perms  map[string][]graph.Perm // what was asked for, by organization; those that no division limits last
	target Target
	could  map[string]couldAsked // by organization
	fill   *whoFiller
}

// WhoQuestionRef repeats the question.
type WhoQuestionRef struct {
	Mode   string    `json:"mode"` // can or could
	Verb   string    `json:"verb"` // a verb, or a permission
	Target TargetRef `json:"target"`
}

// A WhoRow is one principal of a [WhoAnswer].
type WhoRow struct {
	Principal PrincipalRef `json:"principal"`
	Reach     graph.Level  `json:"reach"`
	Hops      int          `json:"hops"`
	// Outside says that the principal belongs to another tenant than the target.
	Outside bool `json:"outside"`
	// Through is "divisions" if a permission that divisions limit reaches the
	// target, or one of which nobody knows; else "organization": only
	// permissions that no division limits do.
	Through string `json:"through"`
	// Dormant says that the principal is not live and has the access only once
	// it is again.
	Dormant     bool              `json:"dormant,omitempty"`
	Permissions []PermissionReach `json:"permissions,omitempty"`
	Reasons     []ExplainedReason `json:"reasons,omitempty"`
	number      uint32            // of the graph
	org         string            // whose permissions are meant
}

// A PermissionReach is one permission and how far it reaches over the target.
type PermissionReach struct {
	Permission string      `json:"permission"`
	Reach      graph.Level `json:"reach"`
	// Resources, Unresolved and Because say what is reached and why no more,
	// where the reach is not whole.
	Resources  []string `json:"resources,omitempty"`
	Unresolved bool     `json:"unresolved,omitempty"`
	Because    []string `json:"because,omitempty"`
}

// OrganizationWide is what a role gives to its holders without regard to
// divisions: told once for each role, not for each principal.
type OrganizationWide struct {
	Org         string   `json:"org"`
	Role        Named    `json:"role"`
	Permissions []string `json:"permissions"`
	Principals  int      `json:"principals"`
	// External is the number of its holders that belong to an external tenant.
	External int `json:"external"`
}

// Delegated is an OAuth client that acts as whoever signs in.
type Delegated struct {
	Client   PrincipalRef `json:"client"`
	Scopes   []string     `json:"scopes"`
	Enforced string       `json:"enforced"` // unknown or enforced
}

// An AccessAnswer is everything that one principal can do.
type AccessAnswer struct {
	Head
	Principal PrincipalRef `json:"principal"`
	// Dormant says that the principal is not live: what it would have.
	Dormant bool `json:"dormant"`
	// Delegated says that it is an OAuth client without access of its own.
	Delegated bool        `json:"delegated"`
	Access    []AccessRow `json:"access"`
	// Could is what the principal could become, where that was asked for.
	Could *CouldAnswer `json:"could,omitempty"`
}

// An AccessRow is a permission over a division, or over all of them.
type AccessRow struct {
	Permission string            `json:"permission"`
	Division   Named             `json:"division"`
	Reach      graph.Level       `json:"reach"`
	Resources  []string          `json:"resources"`
	Unresolved bool              `json:"unresolved"`
	Because    []string          `json:"because"`
	Reasons    int               `json:"reasons"`
	Explained  []ExplainedReason `json:"explained,omitempty"`
}

// An ExplainAnswer says why a principal has a permission over a target.
type ExplainAnswer struct {
	Head
	Principal      PrincipalRef      `json:"principal"`
	Permission     string            `json:"permission"`
	Target         TargetRef         `json:"target"`
	Holds          bool              `json:"holds"`
	Dormant        bool              `json:"dormant"`
	Delegated      bool              `json:"delegated"`
	Reach          graph.Level       `json:"reach"`
	Reasons        []ExplainedReason `json:"reasons"`
	Nearest        []Nearest         `json:"nearest"`
	NearestLeftOut int               `json:"nearest_left_out"`
}

// A Nearest is a derivation that fails in one step, with the change that would
// complete it.
type Nearest struct {
	Change string      `json:"change"`
	Kind   change.Kind `json:"kind"`
	Record TargetRef   `json:"record"`
	// ID names what is changed as a file of changes and cut do.
	ID     string `json:"id"`
	Steps  []Step `json:"steps"`
	change change.Change
}

// Made returns the change itself.
func (n Nearest) Made() change.Change { return n.change }

// An ExplainedReason is one derivation, step by step.
type ExplainedReason struct {
	Permission string      `json:"permission"`
	Reach      graph.Level `json:"reach"`
	// Resources are what is reached if the reach is limited: "kind:id".
	Resources []string `json:"resources,omitempty"`
	Because   []string `json:"because,omitempty"`
	Steps     []Step   `json:"steps"`
}

// A Step is one step of a derivation; it names the record that it rests on.
type Step struct {
	Kind   string    `json:"kind"` // member owner team grant inherits policy scope condition access_policy trust escalate
	Record TargetRef `json:"record"`
	// Role, Division and MadeAt describe a grant.
	Role     *Named     `json:"role,omitempty"`
	Division *Named     `json:"division,omitempty"`
	MadeAt   *time.Time `json:"made_at,omitempty"`
	// Permission is the pattern of a policy, as received.
	Permission string `json:"permission,omitempty"`
	Detail     string `json:"detail,omitempty"`
	// By, Escalation, Certainty, Gains and Over describe a step of escalation: who
	// takes it, by which escalation, documented or likely, whether a principal, a
	// group or everything is gained, and of how many it is one.
	By         *TargetRef  `json:"by,omitempty"`
	Escalation string      `json:"escalation,omitempty"`
	Certainty  string      `json:"certainty,omitempty"`
	Gains      string      `json:"gains,omitempty"` // principal, group or total
	Over       string      `json:"over,omitempty"`
	Extent     *StepExtent `json:"extent,omitempty"`
}

// A StepExtent says what a derivation reaches, and why.
type StepExtent struct {
	Divisions []Named      `json:"divisions"`
	Why       graph.Extent `json:"why"`
}

// A MatrixAnswer says who reaches whom, tenant by tenant.
type MatrixAnswer struct {
	Head
	// Tenants are the rows and columns, in the order of the configuration.
	Tenants []TenantRef  `json:"tenants"`
	Cells   []MatrixCell `json:"cells"`
	// Baseline are permissions that carry tenant data, that no division limits
	// and that every live principal of their organization holds: named once, and
	// left out of the counts of the cells.
	Baseline []string `json:"baseline"`
}

// A TenantRef is a tenant with what belongs to it.
type TenantRef struct {
	Name       string  `json:"name"`
	External   bool    `json:"external"`
	Divisions  []Named `json:"divisions"`
	Principals int     `json:"principals"` // live ones
	Owner      string  `json:"owner,omitempty"`
}

// A MatrixCell is the reach of the principals of one tenant over the divisions
// of another. Cells without any reach are left out; a tenant's reach over
// itself is not a cell.
type MatrixCell struct {
	From       string      `json:"from"`
	To         string      `json:"to"`
	Principals int         `json:"principals"`
	Widest     graph.Level `json:"widest"`
	// Permissions are those that reach through divisions, sorted.
	Permissions []string `json:"permissions"`
	// Allowed is the number of the principals whose whole reach an allow entry covers.
	Allowed int `json:"allowed"`
	// OrganizationWide is the number of principals that reach the tenant's data
	// by permissions that no division limits.
	OrganizationWide            int       `json:"organization_wide"`
	OrganizationWidePermissions []string  `json:"organization_wide_permissions"`
	who                         graph.Set // principals through divisions
	column                      *column
}
