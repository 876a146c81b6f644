package graph

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

type role struct {
	rec     authz.Role
	key     authz.Key
	org     *org
	known   bool
	own     []line
	closure []uint32 // the role itself first, then what it inherits, nearest first
	parent  []uint32 // by position in closure: the role that inherits it
	// Computed over the closure:
	admin  bool     // covers everything, everywhere
	absent []string // roles of the closure that were not read and may carry everything
	unread string   // why lines of a role of the closure are not known; empty if they are
	wide   Set      // permissions that a policy gives with nothing that narrows it
	narrow Set      // permissions that a narrowed policy gives
}

// A line is one policy of a role, or one of its legacy permissions.
type line struct {
	pattern  authz.Pattern
	policy   *authz.Policy // nil for a legacy permission
	narrowed Because       // what narrows it
	cond     part          // what its condition leaves
	name     string
}

// buildRoles reads the roles of all organizations, then their universes.
func (b *builder) buildRoles() error {
	var recs []authz.Role
	for r, err := range b.roleRecords() {
		if err != nil {
			return err
		}
		recs = append(recs, r)
	}
	slices.SortFunc(recs, func(x, y authz.Role) int { return x.Key().Compare(y.Key()) })
	recs = slices.CompactFunc(recs, func(x, y authz.Role) bool { return x.Key() == y.Key() })
	for _, r := range recs {
		b.addRole(r, true)
	}
	b.addMissing(b.missingRoles())
	catalogues, err := b.readCatalogues()
	if err != nil {
		return err
	}
	for _, o := range b.g.orgs {
		b.buildUniverse(o, catalogues[o.id])
	}
	for i := range b.g.roles {
		b.close(uint32(i))
	}
	return nil
}

func (b *builder) addRole(r authz.Role, known bool) {
	o := b.org(r.Org)
	n := uint32(len(b.g.roles))
	b.g.roles = append(b.g.roles, role{rec: r, key: r.Key(), org: o, known: known})
	b.g.roleIndex[r.Key()] = n
	if known {
		b.byName[roleName{r.Org, r.Name}] = append(b.byName[roleName{r.Org, r.Name}], n)
	}
	o.roles = append(o.roles, n)
}

// missingRoles returns the roles that only grants name, where the list of roles
// is not complete: such a role may carry everything.
func (b *builder) missingRoles() []authz.Key {
	if b.options.Image != nil {
		return b.options.Image.missing
	}
	seen := map[authz.Ref]bool{}
	var keys []authz.Key
	for _, row := range b.rows {
		if seen[row.Role] {
			continue
		}
		seen[row.Role] = true
		k := b.keys[row.Role]
		if _, ok := b.g.roleIndex[k]; !ok && !b.org(k.Org).complete[authz.ListRoles] {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, authz.Key.Compare)
	return keys
}

func (b *builder) addMissing(keys []authz.Key) {
	for _, k := range keys {
		b.addRole(authz.Role{Org: k.Org, ID: k.ID, Name: unknownName}, false)
	}
}

func (b *builder) readCatalogues() (map[string]*universeBuilder, error) {
	out := map[string]*universeBuilder{}
	for _, o := range b.g.orgs {
		out[o.id] = newUniverseBuilder(b.g.names)
	}
	for p, err := range b.src.Permissions() {
		if err != nil {
			return nil, err
		}
		o := b.org(p.Org)
		if out[o.id] == nil {
			out[o.id] = newUniverseBuilder(b.g.names)
		}
		out[o.id].list(p)
	}
	return out, nil
}

// buildUniverse turns the roles' policies into lines and collects what they
// name: the API's own fields first, since an alias never hides one of their names.
func (b *builder) buildUniverse(o *org, ub *universeBuilder) {
	o.noList = ub.noList
	var wild []authz.Pattern
	for _, n := range o.roles {
		for i := range b.g.roles[n].rec.Policies {
			p := &b.g.roles[n].rec.Policies[i]
			if p.Guide == "" {
				b.addLine(ub, n, authz.NewPattern(p.Domain, p.Entity, p.Action), p, &wild)
			}
		}
		for _, name := range b.g.roles[n].rec.Legacy {
			b.addLine(ub, n, authz.Legacy(name), nil, &wild)
		}
	}
	known := func(p authz.Pattern) bool { return ub.has(p) }
	for _, n := range o.roles {
		for i := range b.g.roles[n].rec.Policies {
			p := &b.g.roles[n].rec.Policies[i]
			if p.Guide == "" {
				continue
			}
			pattern, err := b.g.names.Resolve(p.Guide, known)
			if err != nil {
				b.g.roles[n].unread = "a line of this role, or of one that it inherits from, cannot be read: " + err.Error()
				continue
			}
			b.addLine(ub, n, pattern, p, &wild)
		}
	}
	slices.SortFunc(wild, func(x, y authz.Pattern) int { return cmpString(x.String(), y.String()) })
	o.uni = ub.build(slices.Compact(wild))
}

func (b *builder) addLine(ub *universeBuilder, n uint32, p authz.Pattern, policy *authz.Policy, wild *[]authz.Pattern) {
	l := line{pattern: p, policy: policy, name: p.String()}
	if policy != nil {
		if p != authz.Admin { // total control knows no scope
			l.narrowed = narrowing(policy)
		}
		if policy.Guide == "" {
			l.name = policy.Domain + ":" + policy.Entity + ":" + policy.Action
		}
	}
	b.g.roles[n].own = append(b.g.roles[n].own, l)
	if p.IsWild() && !ub.has(p) {
		*wild = append(*wild, p)
		return
	}
	ub.name(p, l.name)
}

// narrowing says what may stand between a policy and everything it names.
func narrowing(p *authz.Policy) Because {
	var b Because
	if scopeWord(p) != "" {
		b |= BecauseScope
	}
	if p.Condition != nil && (len(p.Condition.Operands) > 0 || len(p.Condition.Terms) > 0) {
		b |= BecauseCondition
	}
	return b
}

// buildConditions works out what each policy's condition leaves, once: it does
// not depend on the principal.
func (b *builder) buildConditions() error {
	for i := range b.g.roles {
		r := &b.g.roles[i]
		for j := range r.own {
			if l := &r.own[j]; l.policy != nil {
				l.cond = b.g.condition(r.org, l.policy.Condition)
			}
		}
	}
	return nil
}

// close computes a role's inheritance closure and what it covers.
func (b *builder) close(n uint32) {
	r := &b.g.roles[n]
	r.closure, r.parent = []uint32{n}, []uint32{n}
	seen := map[uint32]bool{n: true}
	for i := 0; i < len(r.closure); i++ {
		from := r.closure[i]
		if !b.g.roles[from].known {
			r.lack(b.g.roles[from].key.ID)
		}
		if b.g.roles[from].rec.LinesMissing {
			b.g.roles[from].unread = "the lines of this role, or of one that it inherits from, were not read"
		}
		if r.unread == "" {
			r.unread = b.g.roles[from].unread
		}
		for _, name := range b.g.roles[from].rec.Inherits {
			heirs := b.inherited(r.key.Org, name)
			if len(heirs) == 0 && !r.org.complete[authz.ListRoles] {
				r.lack(name)
			}
			for _, h := range heirs {
				if !seen[h] {
					seen[h] = true
					r.closure, r.parent = append(r.closure, h), append(r.parent, from)
				}
			}
		}
	}
	b.cover(r)
}

func (r *role) lack(idOrName string) {
	if !slices.Contains(r.absent, idOrName) {
		r.absent = append(r.absent, idOrName)
	}
}

// maybe reports whether a role that was not read may make this one carry everything.
func (r *role) maybe() bool { return len(r.absent) > 0 }

func (b *builder) inherited(orgID, idOrName string) []uint32 {
	if n, ok := b.g.roleIndex[authz.Key{Org: orgID, Kind: authz.KindRole, ID: idOrName}]; ok {
		return []uint32{n}
	}
	return b.byName[roleName{orgID, idOrName}]
}

func (b *builder) cover(r *role) {
	r.wide, r.narrow = NewSet(len(r.org.uni.perms)), NewSet(len(r.org.uni.perms))
	for _, q := range r.closure {
		for _, l := range b.g.roles[q].own {
			if l.pattern == authz.Admin {
				r.admin = true
			}
			if l.narrowed == 0 {
				r.wide.Or(r.org.uni.covered(l.pattern))
			} else {
				r.narrow.Or(r.org.uni.covered(l.pattern))
			}
		}
	}
}

// A Role is a role as the graph sees it.
type Role struct {
	Key    authz.Key
	Record authz.Role
	Known  bool
	// Admin reports whether the role, or one it inherits from, carries total control.
	Admin bool
	// Inherited are the roles that it inherits from, nearest first.
	Inherited []uint32
	// Permissions are those that the role gives, by number in the universe of
	// its organization: whole, and narrowed by a scope or condition.
	Permissions, Narrowed Set
}

// Roles returns the number of roles, those that only grants name included.
func (g *Graph) Roles() int { return len(g.roles) }

// Role returns role n. Roles are sorted by organization and id, those that are
// only named behind the others.
func (g *Graph) Role(n uint32) Role {
	r := &g.roles[n]
	return Role{
		Key: r.key, Record: r.rec, Known: r.known, Admin: r.admin,
		Inherited: r.closure[1:], Permissions: r.wide, Narrowed: r.narrow,
	}
}

// FindRole returns the number of the role with a key.
func (g *Graph) FindRole(k authz.Key) (uint32, bool) {
	n, ok := g.roleIndex[k]
	return n, ok
}
