package graph

import (
	"cmp"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Options say how a graph is built. The zero value is useful.
type Options struct {
	// Names resolves aliases and knows permissions that the catalogue lacks.
	// Nil knows none.
	Names Names
	// EnforceDeny says that the organization is known to enforce access
	// policies: an unconditional deny removes the permission. Otherwise a policy
	// only ever marks access as conditional.
	EnforceDeny bool
	// Image, if not nil, is that of the same records: what is in it is not worked
	// out again. The graph is the same.
	Image *Image
}

// A Graph is one snapshot's permission graph. It is immutable.
//
// Principals, groups and teams are nodes: the principals are nodes 0 to
// [Graph.Principals]-1, sorted by organization, kind, name and id, which is the
// order of every answer. Divisions and roles have numbers of their own.
type Graph struct {
	info       authz.Info
	names      Names
	enforce    bool // as the options had it
	orgs       []*org
	orgIndex   map[string]int
	divisions  []Division
	divIndex   map[authz.Key]uint32
	roles      []role
	roleIndex  map[authz.Key]uint32
	principals []Principal
	nodes      []node // groups and teams, at node number len(principals)+i
	index      index
	resources  []authz.Resource
	resIndex   map[authz.Key]int
	views      []authz.View
	things     things

	up       csr      // member node → containers; the value's high bit marks an owner's edge
	acts     csr      // principal → nodes it acts as; the value's high bit marks "conditional"
	actors   csr      // node → other principals that act as it, marked likewise
	acted    []uint32 // the nodes that somebody else acts as
	actedFor Set      // the same

	grants  []holding // sorted by node, role, division
	byNode  []uint32
	cells   []cell   // sorted by role, division
	posting []uint32 // grants' nodes by cell

	trusts       map[authz.Key]authz.Trust
	acting       Set // live principals that act
	dormant      Set // principals that would act if they were live
	dangling     []Dangling
	undetermined []Undetermined
	// idle are the roles that were not read wholly and that nobody holds who can act:
	// somebody could come to hold them.
	idle     []Undetermined
	coverage []authz.Coverage
}

type subjectID struct{ org, id string }

// A Principal is somebody or something that can hold access.
type Principal struct {
	Key   authz.Key
	Name  string
	Email string
	// Division is the number of the division that the principal lies in, or
	// [NoDivision].
	Division uint32
	State    string
	// Live says whether the principal can act today.
	Live bool
	// Acts is false for OAuth clients that have no access of their own.
	Acts bool
	// Known is false for a principal that only a grant or membership names.
	Known bool
	// Trustee is the organization of a trustee's principal; empty if nobody
	// knows it, and for the organization's own.
	Trustee string
	// AtHome says that only the principal's own organization, in the same
	// snapshot, tells of it: its record and state are changed there.
	AtHome bool
	// Group and Client are the records that the principal comes from, as
	// [Principal.User] is; at most one is set.
	Group  *authz.Group
	Client *authz.Client
	record *authz.User
	users  *userTable // of an image, in place of record
	user   uint32     // in users
}

// User returns the record of a user, nil for other principals. The caller must
// not change it.
func (p *Principal) User() *authz.User {
	if p.users == nil {
		return p.record
	}
	return p.users.at(p.user)
}

// LastSeen returns the latest sign of the principal's activity, the zero time
// if none is known.
func (p *Principal) LastSeen() time.Time {
	u := p.User()
	if u == nil {
		return time.Time{}
	}
	if u.LastToken.After(u.LastLogin) {
		return u.LastToken
	}
	return u.LastLogin
}

// NoDivision is the number of no division.
const NoDivision = ^uint32(0)

// A Division is a division that a record describes or that something names.
type Division struct {
	Key   authz.Key
	Name  string
	Home  bool
	Known bool // whether the list of divisions has it
}

// AnyDivision is what stands for a grant's division "*".
const AnyDivision = ^uint32(0) - 1

type node struct {
	key     authz.Key
	name    string
	active  bool
	enabled bool // roles reach its members for sure
	known   bool
	read    bool // its members were read, all of them
	group   *authz.Group
}

type org struct {
	rec      authz.Organization
	id       string
	uni      *universe
	complete map[authz.List]bool
	noList   bool // the catalogue is missing or empty
	policies []accessPolicy
	divs     Set
	roles    []uint32
	totals   []uint32 // trustee organizations that a trust lets in as a whole
}

// A holding is a grant without its subject. It has no pointers and no holes, so
// that an [Image] holds millions of them as they are.
type holding struct {
	role, div uint32 // div may be AnyDivision
	madeAt    int64
}

type grant struct {
	node uint32
	holding
}

// A cell is the grants of one role in one division.
type cell struct {
	role, div uint32
	from, to  uint32 // in Graph.posting
}

// A Dangling grant names something that no longer exists.
type Dangling struct {
	Subject        authz.Key
	Role, Division string
	RoleName       string
	MadeAt         int64
	// Missing says what does not exist.
	MissingSubject, MissingRole, MissingDivision bool
}

// An Undetermined entry is something that the snapshot does not say and that
// could change an answer.
type Undetermined struct {
	Org            string
	Subject        authz.Key // zero: any
	SubjectName    string
	Role, Division string // ids; empty: any
	Why            string
	// Scopes says that it matters only to policies whose scope rests on the
	// members of queues.
	Scopes    bool
	role, div uint32
	anyRole   bool
	anyDiv    bool
}

// csr is an adjacency list in two flat slices.
type csr struct {
	off []uint32
	val []uint32
}

const mark = 1 << 31

func (c csr) of(i uint32) []uint32 {
	if int(i)+1 >= len(c.off) {
		return nil
	}
	return c.val[c.off[i]:c.off[i+1]]
}

// newCSR builds lists from pairs, keeping the order of the pairs within a list.
func newCSR(n int, pairs [][2]uint32) csr {
	c := csr{off: make([]uint32, n+1), val: make([]uint32, len(pairs))}
	for _, p := range pairs {
		c.off[p[0]+1]++
	}
	for i := range n {
		c.off[i+1] += c.off[i]
	}
	next := append([]uint32(nil), c.off[:n]...)
	for _, p := range pairs {
		c.val[next[p[0]]] = p[1]
		next[p[0]]++
	}
	return c
}

// Info returns what the snapshot says of itself.
func (g *Graph) Info() authz.Info { return g.info }

// Organizations returns the organizations, sorted by id.
func (g *Graph) Organizations() []authz.Organization {
	out := make([]authz.Organization, len(g.orgs))
	for i, o := range g.orgs {
		out[i] = o.rec
	}
	return out
}

// Principals returns the number of principals.
func (g *Graph) Principals() int { return len(g.principals) }

// Principal returns principal p.
func (g *Graph) Principal(p uint32) *Principal { return &g.principals[p] }

// FindPrincipal returns the number of the principal with a key.
func (g *Graph) FindPrincipal(k authz.Key) (uint32, bool) {
	n, ok := g.find(k)
	if !ok || int(n) >= len(g.principals) {
		return 0, false
	}
	return n, true
}

// Acting returns the live principals that act: what answers list. The caller
// must not change it.
func (g *Graph) Acting() Set { return g.acting }

// DormantPrincipals returns the principals that are not live but would act.
func (g *Graph) DormantPrincipals() Set { return g.dormant }

// Divisions returns every division, known or only named, sorted by
// organization and id; a division's number is its index.
func (g *Graph) Divisions() []Division { return g.divisions }

// DivisionsOf returns the divisions of an organization.
func (g *Graph) DivisionsOf(orgID string) Set {
	if i, ok := g.orgIndex[orgID]; ok {
		return g.orgs[i].divs.Clone()
	}
	return nil
}

// FindDivision returns the number of the division with a key.
func (g *Graph) FindDivision(k authz.Key) (uint32, bool) {
	d, ok := g.divIndex[k]
	return d, ok
}

// DivisionKey returns the key of a division's number, [AnyDivision] included.
func (g *Graph) DivisionKey(orgID string, d uint32) authz.Key {
	if d >= uint32(len(g.divisions)) {
		return authz.Key{Org: orgID, Kind: authz.KindDivision, ID: authz.AllDivisions}
	}
	return g.divisions[d].Key
}

// Resources returns queues, flows and other objects, sorted by organization,
// kind, name and id.
func (g *Graph) Resources() []authz.Resource { return g.resources }

// Groups yields the groups and teams of the graph: key, name and record (nil
// for teams and for groups that are only named).
func (g *Graph) Groups() []Group {
	out := make([]Group, len(g.nodes))
	for i, n := range g.nodes {
		out[i] = Group{
			Key: n.key, Name: n.name, Active: n.active, RolesEnabled: n.enabled, Known: n.known,
			MembersRead: n.read, Record: n.group, Node: uint32(len(g.principals) + i),
		}
	}
	return out
}

// A Group is a group or a team as the graph sees it.
type Group struct {
	Key                                      authz.Key
	Name                                     string
	Active, RolesEnabled, Known, MembersRead bool
	Record                                   *authz.Group
	Node                                     uint32
}

// Dangling returns the grants that name something that no longer exists.
func (g *Graph) Dangling() []Dangling { return g.dangling }

// Coverage returns the snapshot's ledger.
func (g *Graph) Coverage() []authz.Coverage { return g.coverage }

// Complete reports whether an organization's list was read completely.
func (g *Graph) Complete(orgID string, l authz.List) bool {
	i, ok := g.orgIndex[orgID]
	return ok && g.orgs[i].complete[l]
}

// Nodes returns the number of nodes: principals, then groups and teams.
func (g *Graph) Nodes() int { return len(g.principals) + len(g.nodes) }

// NodeKey returns the key of a node: a principal, group or team.
func (g *Graph) NodeKey(n uint32) authz.Key {
	if int(n) < len(g.principals) {
		return g.principals[n].Key
	}
	return g.nodes[int(n)-len(g.principals)].key
}

// NodeName returns the name of a node.
func (g *Graph) NodeName(n uint32) string {
	if int(n) < len(g.principals) {
		return g.principals[n].Name
	}
	return g.nodes[int(n)-len(g.principals)].name
}

// FindNode returns the node with a key.
func (g *Graph) FindNode(k authz.Key) (uint32, bool) {
	return g.find(k)
}

func (g *Graph) orgOf(id string) *org {
	if i, ok := g.orgIndex[id]; ok {
		return g.orgs[i]
	}
	return nil
}

// TrusteeName returns the name of a trustee organization, as the trust gives it,
// else its own record; empty if the snapshot does not know it.
func (g *Graph) TrusteeName(orgID, trustee string) string {
	if name := g.trusts[authz.Key{Org: orgID, Kind: authz.KindTrust, ID: trustee}].Name; name != "" {
		return name
	}
	if o := g.orgOf(trustee); o != nil {
		return cmp.Or(o.rec.Name, trustee)
	}
	return ""
}

// Trusts returns the organizations that are let in, sorted.
func (g *Graph) Trusts() []authz.Trust {
	out := make([]authz.Trust, 0, len(g.trusts))
	for _, t := range g.trusts {
		out = append(out, t)
	}
	slices.SortFunc(out, func(x, y authz.Trust) int { return x.Key().Compare(y.Key()) })
	return out
}

// TrusteeOrganizations returns the ids of the organizations whose users or
// groups are principals of an organization, or that a trust of it names, sorted.
func (g *Graph) TrusteeOrganizations(orgID string) []string {
	var out []string
	for _, t := range g.Trusts() {
		if t.Org == orgID {
			out = append(out, t.ID)
		}
	}
	for i := range g.principals {
		switch p := &g.principals[i]; {
		case p.Key.Org != orgID, p.Key.Kind == authz.KindUser:
		case p.User() != nil && p.User().Trustee != "":
			out = append(out, p.User().Trustee)
		case p.Group != nil:
			out = append(out, p.Group.Trustee)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
