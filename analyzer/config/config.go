package config

import (
	"fmt"
	"regexp"
	"time"

	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// Version is the version of the format that this package reads.
const Version = 1

// Internal is the tenant that is not external unless the file says so, and the
// one that the Home division belongs to where no file says anything.
const Internal = "Internal"

// Unassigned is the row and column of what belongs to no tenant. No tenant may
// have this name.
const Unassigned = "Unassigned"

// A Pos is a place in a configuration file. The zero Pos is no place.
type Pos struct {
	File         string
	Line, Column int // from 1
}

// String returns "file:line:column".
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// A Config is a configuration that was read and found sound. It is not to be
// written to.
type Config struct {
	// File is the name it was read from; empty for [Default].
	File    string
	Version int
	Tenants []Tenant
	Shared  []Shared
	Allow   []Allow
	Accept  []Accept
	Assert  []Assertion
	// Attributes are CEL expressions for what the platform has no field for.
	Attributes map[string]Expression
	// AccessPolicies is PoliciesAnnotate or PoliciesEnforceDeny.
	AccessPolicies string
	// OAuthScopes is ScopesUnknown or ScopesEnforced.
	OAuthScopes string
	Naming      Naming
	Personas    []Persona // by name
	// Extension is what the file changes of the shipped data about permissions.
	Extension lexicon.Extension
	Owners    map[string]string // tenant → who owns it
	Reviewers map[string]string // tenant or "default" → who reviews it
	Weights   map[string]int    // kind of change → its price in a cut
	Packs     Packs
	// AuditArchive says that audit events older than the platform keeps are kept elsewhere.
	AuditArchive Attestation
	// Notes are doubts that are no errors, to be shown to the user: a name of a
	// tenant that the file does not have, since the tenants of a trustee's
	// organization and of later snapshots are not known here.
	Notes []Note
}

// A Note is a doubt about one place of the file.
type Note struct {
	Pos  Pos
	Text string
}

// String returns "file:line:column: text".
func (n Note) String() string { return n.Pos.String() + ": " + n.Text }

// The values of access_policies and oauth_scopes. The first of each is the default.
const (
	PoliciesAnnotate    = "annotate"
	PoliciesEnforceDeny = "enforce-deny"
	ScopesUnknown       = "unknown"
	ScopesEnforced      = "enforced"
)

// A Tenant is a unit inside the organization that is to be kept apart.
type Tenant struct {
	Name string
	// Divisions are names or ids; DivisionPos says where each stands.
	Divisions     []string
	DivisionPos   []Pos
	EmailDomains  []string
	Groups        []string // globs of names, for [Match]
	Clients       []string // globs of names, for [Match]
	Principals    []string // "kind:value" or a value
	Organizations []string // trustee organizations, by id or name
	Region        string
	// External is never nil in a Config that was read: it is true unless the file
	// says otherwise or the tenant is named [Internal].
	External *bool
	Owner    string
	Pos      Pos
}

// IsExternal reports whether the tenant is an outside party.
func (t Tenant) IsExternal() bool {
	if t.External != nil {
		return *t.External
	}
	return !fold(t.Name, Internal)
}

// A Shared entry names a division that belongs to no tenant, and what anyone may
// hold there.
type Shared struct {
	Division    string
	Permissions []string // as written
	Pos         Pos
}

// An Allow is cross-tenant access that is meant.
type Allow struct {
	From        string   // tenant
	Principals  []string // empty: any of the tenant
	AtMost      int      // 0: no number was given
	To          []string // tenants
	Permissions []string // as written
	Reason      string
	ApprovedBy  string
	Until       time.Time // the last moment of the last day, UTC; zero: none was given
	Pos         Pos
}

// An Accept is a finding that is known and accepted for a while.
type Accept struct {
	Finding    string // fingerprint, or its beginning and "…"
	Principals []string
	AtMost     int // 0: no number was given
	Reason     string
	ApprovedBy string
	Until      time.Time // the last moment of the last day, UTC; zero: none was given
	Pos        Pos
}

// An Assertion is a statement of isolation that is to hold.
type Assertion struct {
	Statement string
	Pos       Pos
	// TextPos is where the text begins, behind a quotation mark.
	TextPos Pos
}

// An Expression is text in another language, to be compiled by those who know it.
type Expression struct {
	Text string
	Pos  Pos
}

// Naming are the conventions of names. A nil expression is no convention. The
// group "tenant" of an expression, if it has one, is the tenant that the name tells.
type Naming struct {
	Roles, Clients, Resources *regexp.Regexp
}

// A Persona is a kind of work, the roles that belong to it and what it needs.
type Persona struct {
	Name        string
	Roles       []string // globs of names, for [Match]
	Baseline    string   // the kind of work that ships and that it takes its permissions from; empty: none
	Permissions []string // its baseline, with those of Baseline: more is a finding
	Needed      []string // less is a finding
	Pos         Pos
}

// An Attestation is a statement of somebody about what no snapshot can show.
// The zero Attestation is none.
type Attestation struct {
	Owner string
	Date  time.Time // of the statement
	Pos   Pos
}

// Packs says which rules run, and how.
type Packs struct {
	Use     []string                  // packs that ship; nil: all of them
	Files   []string                  // files of the user's own packs
	Disable []string                  // ids of rules
	Params  map[string]map[string]any // rule → parameter → value
	// At is where a pack, file, rule or parameter stands: "use/tenant-isolation",
	// "files/ours.yaml", "disable/TI-025", "params/SE-001/max_age".
	At map[string]Pos
}

// Default returns what holds where there is no file: no tenant is named, so that
// every division other than Home is one.
func Default() *Config {
	return &Config{Version: Version, AccessPolicies: PoliciesAnnotate, OAuthScopes: ScopesUnknown}
}

// Lexicon returns base with what the configuration changes of it.
func (c *Config) Lexicon(base *lexicon.Lexicon) (*lexicon.Lexicon, error) {
	return base.Extend(c.Extension)
}

// Tenant returns the tenant of that name; case does not matter.
func (c *Config) Tenant(name string) (Tenant, bool) {
	for _, t := range c.Tenants {
		if fold(t.Name, name) {
			return t, true
		}
	}
	return Tenant{}, false
}
