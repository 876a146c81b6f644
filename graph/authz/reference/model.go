package reference

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Options are what the records do not say.
type Options struct {
	// Aware tells whether a permission is limited by divisions where the
	// organization's own catalogue does not. Nil knows only that permissions of
	// one part are organization-wide.
	Aware func(authz.Pattern) authz.Tri
	// Resolve reads the name that a guide's form of a role gives to a permission.
	// It is told which permissions the organization has. Nil is
	// [authz.ParsePattern].
	Resolve func(name string, inUniverse func(authz.Pattern) bool) (authz.Pattern, error)
	// EnforceDeny makes an unconditional deny of an access policy remove the
	// permission instead of marking it.
	EnforceDeny bool
	// IncludeDormant answers as if principals that are not live were.
	IncludeDormant bool
}

// A Model answers questions about the records it was made from. It does not
// change after [New], so that it may be asked from several goroutines.
type Model struct {
	r       *authz.Records
	o       Options
	orgs    []string
	nodes   map[authz.Key]bool                // subjects that exist, see node.go
	listed  map[authz.Key][]authz.Key         // group or team: nodes that it holds directly
	acts    map[authz.Key][]membership        // node: subjects whose grants it has
	holders map[authz.Key][]membership        // node: groups and teams that hold it, in any state
	grants  []grant                           // read and without duplicates
	roles   map[authz.Key][]line              // role: lines of its closure
	absent  map[authz.Key][]string            // role: names in its closure that no role has
	unread  map[authz.Key]bool                // role: a line of its closure was not read
	perms   map[string]map[authz.Pattern]bool // organization: universe
	// policyHolders and policyActs are holders and acts as access policies see
	// them; nil: as everybody does.
	policyHolders, policyActs map[authz.Key][]membership
}

// New reads the records, which must not be changed afterwards.
func New(r *authz.Records, o Options) *Model {
	if o.Aware == nil {
		o.Aware = func(authz.Pattern) authz.Tri { return authz.Unknown }
	}
	if o.Resolve == nil {
		o.Resolve = func(name string, _ func(authz.Pattern) bool) (authz.Pattern, error) {
			return authz.ParsePattern(name)
		}
	}
	m := &Model{r: r, o: o}
	m.orgs = organizations(r)
	m.readNodes()
	m.readMembers()
	m.readActs()
	m.readRoles()
	m.readGrants()
	return m
}

// organizations returns every organization that a record lies in, sorted.
func organizations(r *authz.Records) []string {
	seen := map[string]bool{}
	for _, v := range r.Organization {
		seen[v.ID] = true
	}
	for _, v := range r.Division {
		seen[v.Org] = true
	}
	for _, v := range r.Permission {
		seen[v.Org] = true
	}
	for _, v := range r.Role {
		seen[v.Org] = true
	}
	for _, v := range r.User {
		seen[v.Org] = true
	}
	for _, v := range r.Group {
		seen[v.Org] = true
	}
	for _, v := range r.Team {
		seen[v.Org] = true
	}
	for _, v := range r.Member {
		seen[v.Container.Org] = true
	}
	for _, v := range r.Client {
		seen[v.Org] = true
	}
	for _, v := range r.Grant {
		seen[v.Org] = true
	}
	for _, v := range r.Resource {
		seen[v.Org] = true
	}
	for _, v := range r.Trust {
		seen[v.Org] = true
	}
	delete(seen, "")
	return sortedStrings(seen)
}

func sortedStrings(set map[string]bool) []string {
	var out []string
	for s := range set {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func sortedKeys(set map[authz.Key]bool) []authz.Key {
	var out []authz.Key
	for k := range set {
		out = append(out, k)
	}
	slices.SortFunc(out, authz.Key.Compare)
	return out
}
