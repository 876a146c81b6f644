package analyzer

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

// Unassigned is the name of the row and column of everything in no tenant.
const Unassigned = config.Unassigned

// A Tenant is a BPO or unit inside the organization.
type Tenant struct {
	Name     string
	External bool
	Owner    string
	Region   string
	// Divisions are numbers of the graph's divisions.
	Divisions graph.Set
	// Principals are all that belong to it, live or not.
	Principals graph.Set
	// Trustee is the organization of a tenant that stands for a trustee.
	Trustee string
}

// A Membership says which tenant a principal belongs to, and by what.
type Membership struct {
	Tenant int // index in [Tenancy.Tenants]
	// By is what decided: name, group, email, division, convention, grants,
	// organization, or none.
	By string
	// Facts are all facts that name a tenant, in the order in which they decide.
	Facts []TenantFact
}

// A TenantFact is one fact that speaks for a tenant.
type TenantFact struct {
	By     string
	Tenant int
}

// Disputed reports whether two facts name different tenants.
func (m Membership) Disputed() bool {
	for _, f := range m.Facts {
		if f.Tenant != m.Facts[0].Tenant {
			return true
		}
	}
	return false
}

// A Tenancy says which tenant divisions and principals belong to.
type Tenancy struct {
	Tenants  []Tenant
	none     int // index of Unassigned
	division []int
	shared   map[uint32][]authz.Pattern
	members  []Membership
	byName   map[string]int // folded
}

// OfDivision returns the tenant of a division: the index of Unassigned if it is
// in none.
func (t *Tenancy) OfDivision(d uint32) int { return t.division[d] }

// Shared returns what anyone may hold in a shared division, and whether the
// division is shared.
func (t *Tenancy) Shared(d uint32) ([]authz.Pattern, bool) {
	p, ok := t.shared[d]
	return p, ok
}

// Of returns the membership of a principal.
func (t *Tenancy) Of(p uint32) Membership { return t.members[p] }

// Unassigned returns the index of the tenant of everything that is in none.
func (t *Tenancy) Unassigned() int { return t.none }

// Find returns the index of the tenant with a name, in any case.
func (t *Tenancy) Find(name string) (int, bool) {
	i, ok := t.byName[strings.ToLower(name)]
	return i, ok
}

// tenancyBuilder computes a Tenancy.
type tenancyBuilder struct {
	m        *Model
	g        *graph.Graph
	c        *config.Config
	lex      *lexicon.Lexicon
	t        *Tenancy
	problems []error
	groups   [][]string // patterns by tenant
	clients  [][]string
	domains  map[string]int
	named    map[uint32][]int        // principal: tenants that name it
	orgs     map[string][]int        // id of a trustee organization: its tenants
	facts    []TenantFact            // of one principal; a worker's own, as told
	told     map[string][]TenantFact // by what they say: many principals have the same
}

// newTenancy places the divisions and principals of a model that has no tenants
// yet. What the configuration names and the snapshot lacks is a problem if it is
// a division, and a note of the model if it is a principal.
func newTenancy(m *Model) (*Tenancy, []error) {
	g := m.Graph
	b := &tenancyBuilder{
		m: m, g: g, c: m.Config, lex: m.Lexicon, domains: map[string]int{}, named: map[uint32][]int{}, orgs: map[string][]int{},
		t: &Tenancy{byName: map[string]int{}, shared: map[uint32][]authz.Pattern{}, division: make([]int, len(g.Divisions()))},
	}
	for d := range b.t.division {
		b.t.division[d] = -1
	}
	if m.Assumed {
		b.share()
		b.assume()
	} else {
		b.configured()
		b.share()
	}
	b.addTrustees()
	b.t.none = b.addTenant(Tenant{Name: Unassigned})
	for d := range b.t.division {
		if b.t.division[d] >= 0 {
			continue
		}
		b.t.division[d] = b.t.none
		if _, shared := b.t.shared[uint32(d)]; !shared {
			b.t.Tenants[b.t.none].Divisions.Add(uint32(d))
		}
	}
	b.placeAll()
	return b.t, b.problems
}

func (b *tenancyBuilder) addTenant(t Tenant) int {
	t.Divisions, t.Principals = graph.NewSet(len(b.g.Divisions())), graph.NewSet(b.g.Principals())
	i := len(b.t.Tenants)
	b.t.Tenants = append(b.t.Tenants, t)
	b.t.byName[strings.ToLower(t.Name)] = i
	b.groups, b.clients = append(b.groups, nil), append(b.clients, nil)
	return i
}

func (b *tenancyBuilder) own(d uint32, tenant int) {
	b.t.division[d] = tenant
	b.t.Tenants[tenant].Divisions.Add(d)
}

// assume makes a tenant of every division other than Home, which is Internal. A
// division of the same name in another organization is the same tenant, for no
// reach crosses from one to the other; two of one organization never are.
func (b *tenancyBuilder) assume() {
	internal := b.addTenant(Tenant{Name: config.Internal})
	for d, div := range b.g.Divisions() {
		i, found := b.t.Find(b.divisionName(div))
		_, shared := b.t.shared[uint32(d)]
		switch {
		case shared: // of no tenant
		case div.Home:
			b.own(uint32(d), internal)
		case found && i != internal && !b.hasOneOf(i, div.Key.Org):
			b.own(uint32(d), i)
		default:
			name := b.divisionName(div)
			if _, taken := b.t.Find(name); taken || strings.EqualFold(name, Unassigned) {
				name += " (" + div.Key.ID + ")"
			}
			b.own(uint32(d), b.addTenant(Tenant{Name: name, External: true}))
		}
	}
}

// divisionName is the id of a division of which only grants, users or resources tell.
func (b *tenancyBuilder) divisionName(d graph.Division) string {
	if !d.Known || d.Name == "" {
		return d.Key.ID
	}
	return d.Name
}

func (b *tenancyBuilder) hasOneOf(tenant int, org string) bool {
	return b.t.Tenants[tenant].Divisions.Meets(b.g.DivisionsOf(org))
}

func (b *tenancyBuilder) configured() {
	names := b.m.principalCandidates()
	for i := range b.c.Tenants {
		ct := &b.c.Tenants[i]
		n := b.addTenant(Tenant{Name: ct.Name, External: ct.IsExternal(), Owner: ct.Owner, Region: ct.Region})
		for i, ref := range ct.Divisions {
			at := ct.Pos
			if i < len(ct.DivisionPos) {
				at = ct.DivisionPos[i]
			}
			for _, d := range b.findDivision(ref, at) {
				b.own(d, n)
			}
		}
		b.groups[n], b.clients[n] = ct.Groups, ct.Clients
		for _, m := range ct.EmailDomains {
			b.domains[strings.ToLower(strings.TrimPrefix(m, "@"))] = n
		}
		b.addNamed(n, ct, names)
	}
}

// share notes what anyone may hold in the shared divisions.
func (b *tenancyBuilder) share() {
	for _, s := range b.c.Shared {
		var patterns []authz.Pattern
		for _, name := range s.Permissions {
			p, err := b.lex.Resolve(name, nil)
			if err != nil {
				b.problems = append(b.problems, fmt.Errorf("%s: %w", s.Pos, err))
				continue
			}
			patterns = append(patterns, p)
		}
		for _, d := range b.findDivision(s.Division, s.Pos) {
			b.t.shared[d] = append(b.t.shared[d], patterns...)
		}
	}
}

// addNamed notes the principals that a tenant names.
func (b *tenancyBuilder) addNamed(tenant int, ct *config.Tenant, names candidates) {
	for _, ref := range ct.Principals {
		found, err := b.m.principalsOf(ref, names)
		if err != nil {
			b.m.Notes = append(b.m.Notes, fmt.Sprintf("%s: %v", ct.Pos, err))
		}
		for p := range found.All() {
			if !slices.Contains(b.named[p], tenant) {
				b.named[p] = append(b.named[p], tenant)
			}
		}
	}
}

// findDivision returns the divisions that a reference of the configuration
// names, by id, else by exact name, else by name in any case.
func (b *tenancyBuilder) findDivision(ref string, at config.Pos) []uint32 {
	org, rest, qualified := strings.Cut(ref, "/")
	matches := func(same func(graph.Division) bool) []uint32 {
		var out []uint32
		for d, div := range b.g.Divisions() {
			if same(div) {
				out = append(out, uint32(d))
			}
		}
		return out
	}
	for _, same := range []func(graph.Division) bool{
		func(d graph.Division) bool { return d.Key.ID == ref },
		func(d graph.Division) bool { return d.Name == ref && d.Known },
		func(d graph.Division) bool { return strings.EqualFold(d.Name, ref) && d.Known },
		func(d graph.Division) bool {
			return qualified && d.Key.Org == org && (d.Key.ID == rest || strings.EqualFold(d.Name, rest))
		},
	} {
		if out := matches(same); len(out) > 0 {
			if b.ambiguous(out) {
				b.problems = append(b.problems, fmt.Errorf("%s: division %q is the name of several divisions: name it by its id", at, ref))
			}
			return out
		}
	}
	b.problems = append(b.problems, &UnknownDivisionError{Pos: at, Division: ref, Nearest: nearest(ref, b.divisionNames())})
	return nil
}

func (b *tenancyBuilder) ambiguous(divs []uint32) bool {
	seen := map[string]bool{}
	for _, d := range divs {
		org := b.g.Divisions()[d].Key.Org
		if seen[org] {
			return true
		}
		seen[org] = true
	}
	return false
}

func (b *tenancyBuilder) divisionNames() []string {
	var out []string
	for _, d := range b.g.Divisions() {
		if d.Known {
			out = append(out, d.Name)
		}
	}
	return out
}

// An UnknownDivisionError says that the configuration names a division that the
// snapshot lacks: wrong for the newest snapshot, natural for an older one.
type UnknownDivisionError struct {
	Pos      config.Pos
	Division string
	Nearest  []string
}

// Error implements error.
func (e *UnknownDivisionError) Error() string {
	msg := fmt.Sprintf("%s: no division %q in the snapshot", e.Pos, e.Division)
	if len(e.Nearest) > 0 {
		msg += fmt.Sprintf("; nearest: %s", quoted(e.Nearest))
	}
	return msg
}

// addTrustees finds the tenants of each trustee organization: those that name
// it, else an external one of its own.
func (b *tenancyBuilder) addTrustees() {
	for p := range b.g.Principals() {
		id, name := b.trustee(b.g.Principal(uint32(p)))
		if id == "" {
			continue
		}
		for i, ct := range b.c.Tenants {
			names := func(o string) bool { return o == id || (name != "" && strings.EqualFold(o, name)) }
			if slices.ContainsFunc(ct.Organizations, names) && !slices.Contains(b.orgs[id], i) {
				b.orgs[id] = append(b.orgs[id], i)
			}
		}
		if len(b.orgs[id]) > 0 {
			continue
		}
		if _, taken := b.t.Find(name); taken || name == "" {
			name = "trustee " + id
		}
		b.orgs[id] = []int{b.addTenant(Tenant{Name: name, External: true, Trustee: id})}
	}
	for _, tenants := range b.orgs {
		slices.Sort(tenants)
	}
}

// unknownTrustee stands for the organization of a trustee's principal that the
// snapshot does not describe.
const unknownTrustee = "(unknown trustee organization)"

func (b *tenancyBuilder) trustee(p *graph.Principal) (id, name string) {
	switch p.Key.Kind {
	case authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindTrusteeOrganization:
		if p.Trustee == "" {
			return unknownTrustee, unknownTrustee
		}
		return p.Trustee, b.g.TrusteeName(p.Key.Org, p.Trustee)
	default:
		return "", ""
	}
}

func (b *tenancyBuilder) placeAll() {
	b.t.members = make([]Membership, b.g.Principals())
	inGroups := b.tenantsByGroup()
	parallel.Blocks(len(b.t.members), placeBlock, func(from, to int) {
		own := *b // what is told of others is read only
		own.facts, own.told = nil, map[string][]TenantFact{}
		for p := from; p < to; p++ {
			b.t.members[p] = own.place(uint32(p), inGroups)
		}
	})
	for p := range b.t.members {
		b.t.Tenants[b.t.members[p].Tenant].Principals.Add(uint32(p))
	}
}

// placeBlock is how many principals a worker places at a time.
const placeBlock = 8192

// tenantsByGroup returns, for each principal in a group that a tenant's pattern
// matches, the tenants in their order: the first of the configuration decides.
func (b *tenancyBuilder) tenantsByGroup() [][]int {
	out := make([][]int, b.g.Principals())
	for _, gr := range b.g.Groups() {
		if gr.Key.Kind != authz.KindGroup {
			continue
		}
		var tenants []int
		for t, patterns := range b.groups {
			if slices.ContainsFunc(patterns, func(glob string) bool { return gr.Known && config.Match(glob, gr.Name) || glob == gr.Key.ID }) {
				tenants = append(tenants, t)
			}
		}
		if len(tenants) == 0 {
			continue
		}
		for _, p := range b.g.Members(gr.Node) {
			if len(out[p]) == 0 {
				out[p] = tenants[:len(tenants):len(tenants)]
			} else if !slices.Equal(out[p], tenants) {
				out[p] = append(out[p], tenants...)
				slices.Sort(out[p])
			}
		}
	}
	return out
}

func (b *tenancyBuilder) place(p uint32, inGroups [][]int) Membership {
	pr := b.g.Principal(p)
	var m Membership
	b.facts = b.facts[:0]
	add := func(by string, tenant int) {
		f := TenantFact{By: by, Tenant: tenant}
		if !slices.Contains(b.facts, f) {
			b.facts = append(b.facts, f)
		}
	}
	for _, n := range b.named[p] {
		add("name", n)
	}
	if id, _ := b.trustee(pr); id != "" {
		for _, n := range b.orgs[id] {
			add("organization", n)
		}
	}
	if pr.Key.Kind == authz.KindClient {
		b.placeClient(p, pr, add)
	} else {
		b.placeUser(pr, inGroups[p], add)
	}
	m.Facts = b.once()
	m.Tenant, m.By = b.t.none, "none"
	if len(m.Facts) > 0 {
		m.Tenant, m.By = m.Facts[0].Tenant, m.Facts[0].By
	}
	return m
}

// once returns the facts of a principal: one list for all of whom the same is said.
func (b *tenancyBuilder) once() []TenantFact {
	if len(b.facts) == 0 {
		return nil
	}
	var key [64]byte
	said := key[:0]
	for _, f := range b.facts {
		said = append(said, f.By...)
		said = binary.AppendUvarint(append(said, ' '), uint64(f.Tenant))
	}
	list, ok := b.told[string(said)]
	if !ok {
		list = slices.Clone(b.facts)
		b.told[string(said)] = list
	}
	return list
}

func (b *tenancyBuilder) placeUser(pr *graph.Principal, tenants []int, add func(string, int)) {
	for _, t := range tenants {
		add("group", t)
	}
	if at := strings.LastIndexByte(pr.Email, '@'); at >= 0 {
		if n, ok := b.domains[strings.ToLower(pr.Email[at+1:])]; ok {
			add("email", n)
		}
	}
	if pr.Division != graph.NoDivision {
		if n := b.t.division[pr.Division]; n != b.t.none && n >= 0 {
			add("division", n)
		}
	}
}

// placeClient follows a client's name, then the naming convention, then the one
// tenant of all its grants.
func (b *tenancyBuilder) placeClient(p uint32, pr *graph.Principal, add func(string, int)) {
	for t, patterns := range b.clients {
		if slices.ContainsFunc(patterns, func(glob string) bool { return config.Match(glob, pr.Name) }) {
			add("name", t)
		}
	}
	if re := b.c.Naming.Clients; re != nil {
		m, i := re.FindStringSubmatch(pr.Name), re.SubexpIndex("tenant")
		if m != nil && i >= 0 && m[i] != "" {
			b.byConvention(m[i], add)
		}
	}
	if t, ok := b.tenantOfGrants(p); ok {
		add("grants", t)
	}
}

// byConvention finds the tenant that a part of a client's name stands for: its
// name, or a name that ends with it (Acme stands for Partner_Acme).
func (b *tenancyBuilder) byConvention(part string, add func(string, int)) {
	if n, ok := b.t.Find(part); ok {
		if n != b.t.none {
			add("convention", n)
		}
		return
	}
	found := -1
	for i, t := range b.t.Tenants {
		if strings.HasSuffix(strings.ToLower(t.Name), "_"+strings.ToLower(part)) {
			if found >= 0 {
				return
			}
			found = i
		}
	}
	if found >= 0 {
		add("convention", found)
	}
}

func (b *tenancyBuilder) tenantOfGrants(p uint32) (int, bool) {
	one := -1
	for _, n := range b.g.Acts(p) {
		for _, gr := range b.g.GrantsOf(n) {
			if gr.Division == graph.AnyDivision {
				return 0, false
			}
			if _, shared := b.t.shared[gr.Division]; shared {
				continue
			}
			t := b.t.division[gr.Division]
			if one >= 0 && one != t {
				return 0, false
			}
			one = t
		}
	}
	return one, one >= 0 && one != b.t.none
}
