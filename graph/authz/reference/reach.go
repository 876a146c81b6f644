package reference

import (
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Level says how far access to one permission over one division goes. A
// greater one is wider.
type Level int

// The levels (section 5).
const (
	None Level = iota
	// Limited is certain resources only.
	Limited
	// Conditional is everything, narrowed by an unknown amount.
	Conditional
	// Whole is everything.
	Whole
)

// String returns the level's name in outputs.
func (l Level) String() string {
	switch l {
	case None:
		return "none"
	case Limited:
		return "limited"
	case Conditional:
		return "conditional"
	case Whole:
		return "whole"
	default:
		return fmt.Sprintf("level(%d)", int(l))
	}
}

// A Reach is access to one permission over one division.
type Reach struct {
	Level Level
	// Resources are the queues and users of a limited reach; nil for others.
	Resources map[authz.Key]bool
	// Unresolved is the mark that something narrows the reach by an unknown
	// amount, or may take it away. It is set for every conditional reach.
	Unresolved bool
}

// A Reason is one derivation (section 4): a subject that the principal acts
// as, a grant, and a policy of the granted role's closure.
type Reason struct {
	Reach
	Subject        authz.Key
	Role, Division string // of the grant
	PolicyRole     string // id of the role in which the policy stands, or of one that is missing
	PolicyIndex    int    // in Role.Policies; a legacy permission's is -1-index; or NoPolicy
	Hops           int    // memberships between the principal and the subject
}

// A grant is a grant as it was read, for one subject that it names.
type grant struct {
	subject authz.Key
	role    authz.Key
	// division is an id or [authz.AllDivisions].
	division string
}

// readGrants resolves the subjects of grants. The same grant told twice is one.
func (m *Model) readGrants() {
	seen := map[grant]bool{}
	for _, g := range m.r.Grant {
		division := g.Division
		if everywhere(division) {
			division = authz.AllDivisions
		}
		for _, s := range m.named(subject(g)) {
			v := grant{s, authz.Key{Org: g.Org, Kind: authz.KindRole, ID: g.Role}, division}
			if !seen[v] {
				seen[v] = true
				m.grants = append(m.grants, v)
			}
		}
	}
}

// Reach returns what a principal may do with a permission over a division: the
// widest of its reasons, limited ones united (section 5). The division may be
// [authz.AllDivisions]: what holds for every division there is and will be.
func (m *Model) Reach(p authz.Key, perm authz.Pattern, division string) Reach {
	var out Reach
	for _, r := range m.Reasons(p, perm, division) {
		out = widest(out, r.Reach)
	}
	return out
}

func widest(a, b Reach) Reach {
	switch {
	case a.Level > b.Level:
		return a
	case b.Level > a.Level:
		return b
	case a.Level != Limited:
		return a
	}
	out := Reach{Level: Limited, Resources: map[authz.Key]bool{}, Unresolved: a.Unresolved || b.Unresolved}
	for k := range a.Resources {
		out.Resources[k] = true
	}
	for k := range b.Resources {
		out.Resources[k] = true
	}
	return out
}

// Reasons returns every derivation that reaches the division, one for each
// (subject, grant, policy), in the order of the records (section 4). One that a
// deny takes away is not there.
func (m *Model) Reasons(p authz.Key, perm authz.Pattern, division string) []Reason {
	if !m.isPrincipal(p) || (!m.live(p) && !m.o.IncludeDormant) {
		return nil
	}
	if everywhere(division) {
		division = authz.AllDivisions
	}
	marked, denied := m.accessPolicies(p, perm)
	if denied {
		return nil
	}
	var out []Reason
	for _, r := range append(m.trustReasons(p), m.grantReasons(p, perm, division)...) {
		if marked {
			r.Reach = unresolved(r.Reach)
		}
		out = append(out, r)
	}
	return out
}

// unresolved marks a reach.
func unresolved(r Reach) Reach {
	if r.Level == Whole {
		r.Level = Conditional
	}
	r.Unresolved = r.Level != None
	return r
}

// trustReasons is what a trust with full access gives the trustee organization:
// every permission, every division, conditional (section 4).
func (m *Model) trustReasons(p authz.Key) []Reason {
	for _, t := range m.r.Trust {
		if p.Kind == authz.KindTrusteeOrganization && t.Org == p.Org && t.ID == p.ID && fullAccess(t) {
			return []Reason{{
				Reach: Reach{Level: Conditional, Unresolved: true}, Subject: p,
				Division: authz.AllDivisions, PolicyIndex: NoPolicy,
			}}
		}
	}
	return nil
}

func (m *Model) grantReasons(p authz.Key, perm authz.Pattern, division string) []Reason {
	var out []Reason
	for _, as := range m.acts[p] {
		for _, g := range m.grants {
			if g.subject == as.subject {
				out = append(out, m.reasonsOf(p, as, g, perm, division)...)
			}
		}
	}
	return out
}

func (m *Model) reasonsOf(p authz.Key, as membership, g grant, perm authz.Pattern, division string) []Reason {
	var out []Reason
	reason := func(role string, index int, r Reach) {
		if !as.certain {
			r = unresolved(r) // section 3: only through a group that is not role-enabled
		}
		if r.Level != None {
			out = append(out, Reason{r, g.subject, g.role.ID, g.division, role, index, as.hops})
		}
	}
	for _, name := range m.missingRoles(g.role) { // section 3: it may carry admin
		reason(name, NoPolicy, Reach{Level: Conditional, Unresolved: true})
	}
	for _, l := range m.roles[g.role] {
		if !l.pattern.Covers(perm) {
			continue
		}
		reached, certain := m.reaches(g.role.Org, l.pattern, perm, g.division, division)
		if !reached {
			continue
		}
		r := m.narrowed(p, l, perm, division)
		if !certain {
			r = unresolved(r) // section 2: nobody knows whether divisions limit it
		}
		reason(l.role, l.index, r)
	}
	return out
}

// Who returns the principals of an organization that act and have the
// permission over the division.
func (m *Model) Who(org string, perm authz.Pattern, division string) map[authz.Key]Reach {
	out := map[authz.Key]Reach{}
	candidates := m.Principals()
	if m.o.IncludeDormant {
		candidates = append(candidates, m.Dormant()...)
	}
	for _, p := range candidates {
		if p.Org != org {
			continue
		}
		if r := m.Reach(p, perm, division); r.Level != None {
			out[p] = r
		}
	}
	return out
}
