package graph

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Perm is a permission of one organization's universe: what its catalogue
// lists, and what its roles name. Wildcard patterns that expand to nothing are
// kept as they are, so that a missing catalogue never makes a role empty.
type Perm struct {
	Pattern authz.Pattern
	Name    string // as received
	Label   string
	Aware   authz.Tri
	// InCatalogue says whether the platform's catalogue lists it.
	InCatalogue bool
	// Kept marks a wildcard pattern that expands to nothing.
	Kept bool
	// ID is the number in the organization's universe, or [OutsideUniverse].
	ID uint32
}

// OutsideUniverse is the ID of a permission that the universe does not hold.
const OutsideUniverse = ^uint32(0)

type universe struct {
	perms   []Perm
	index   map[authz.Pattern]uint32
	free    Set // not limited by divisions
	unknown Set
	covers  map[authz.Pattern]Set
}

type universeBuilder struct {
	names     Names
	noList    bool
	catalogue map[authz.Pattern]authz.Permission
	named     map[authz.Pattern]string
}

func newUniverseBuilder(names Names) *universeBuilder {
	return &universeBuilder{
		names: names, noList: true,
		catalogue: map[authz.Pattern]authz.Permission{}, named: map[authz.Pattern]string{},
	}
}

func (b *universeBuilder) list(p authz.Permission) {
	b.noList = false
	k := p.Pattern()
	if old, ok := b.catalogue[k]; ok {
		p = widerEntry(old, p)
	}
	b.catalogue[k] = p
}

// widerEntry merges two catalogue entries for one permission: what they say
// differently about divisions is not known.
func widerEntry(a, b authz.Permission) authz.Permission {
	if a.DivisionAware != b.DivisionAware {
		if a.DivisionAware == authz.Unknown {
			return b
		}
		if b.DivisionAware != authz.Unknown {
			a.DivisionAware = authz.False // one says that no division limits it: the wider reading
		}
	}
	return a
}

// name adds a concrete permission that a role names.
func (b *universeBuilder) name(p authz.Pattern, as string) {
	if old, ok := b.named[p]; !ok || as < old {
		b.named[p] = as
	}
}

func (b *universeBuilder) has(p authz.Pattern) bool {
	if _, ok := b.catalogue[p]; ok {
		return true
	}
	_, ok := b.named[p]
	return ok
}

// build numbers the permissions. Kept are the wildcard patterns of roles; those
// that cover nothing of the universe become entries of their own.
func (b *universeBuilder) build(wild []authz.Pattern) *universe {
	u := &universe{index: map[authz.Pattern]uint32{}, covers: map[authz.Pattern]Set{}}
	for k, e := range b.catalogue {
		u.perms = append(u.perms, Perm{
			Pattern: k, Name: e.Domain + ":" + e.Entity + ":" + e.Action, Label: e.Label,
			Aware: e.DivisionAware, InCatalogue: true,
		})
	}
	for k, as := range b.named {
		if _, ok := b.catalogue[k]; !ok {
			u.perms = append(u.perms, Perm{Pattern: k, Name: as})
		}
	}
	u.keep(wild)
	for i := range u.perms {
		u.perms[i].Aware = b.awareness(u.perms[i])
	}
	u.number()
	return u
}

func (u *universe) keep(wild []authz.Pattern) {
	concrete := len(u.perms)
	for _, w := range wild {
		if !slices.ContainsFunc(u.perms[:concrete], func(p Perm) bool { return w.Covers(p.Pattern) && !p.Pattern.IsLegacy() }) {
			u.perms = append(u.perms, Perm{Pattern: w, Name: w.String(), Kept: true})
		}
	}
}

// awareness says how far a permission reaches: the catalogue decides, then
// shipped data; without any catalogue an unknown one counts as division-aware.
func (b *universeBuilder) awareness(p Perm) authz.Tri {
	if p.Pattern.IsLegacy() {
		return authz.False
	}
	if p.Aware != authz.Unknown {
		return p.Aware
	}
	if a := b.names.Aware(p.Pattern); a != authz.Unknown {
		return a
	}
	if b.noList {
		return authz.True
	}
	return authz.Unknown
}

func (u *universe) number() {
	slices.SortFunc(u.perms, func(a, b Perm) int { return cmp.Compare(a.Pattern.String(), b.Pattern.String()) })
	n := len(u.perms)
	u.free, u.unknown = NewSet(n), NewSet(n)
	for i := range u.perms {
		p := &u.perms[i]
		p.ID = uint32(i)
		u.index[p.Pattern] = p.ID
		switch p.Aware {
		case authz.True:
		case authz.False:
			u.free.Add(p.ID)
		default:
			u.unknown.Add(p.ID)
		}
	}
}

// covered returns the permissions of the universe that a pattern covers. It is
// used while building only.
func (u *universe) covered(p authz.Pattern) Set {
	if s, ok := u.covers[p]; ok {
		return s
	}
	s := NewSet(len(u.perms))
	if !p.IsWild() && p != authz.Admin {
		if id, ok := u.index[p]; ok {
			s.Add(id)
		}
	} else {
		for i := range u.perms {
			if p.Covers(u.perms[i].Pattern) {
				s.Add(uint32(i))
			}
		}
	}
	u.covers[p] = s
	return s
}

// Universe returns the permissions of an organization, sorted by name; a
// permission's ID is its index. The caller must not change it.
func (g *Graph) Universe(orgID string) []Perm {
	if o := g.orgOf(orgID); o != nil {
		return o.uni.perms
	}
	return nil
}

// Perm returns a permission of an organization, whether its universe holds it or not.
func (g *Graph) Perm(orgID string, p authz.Pattern) Perm {
	o := g.orgOf(orgID)
	if o == nil {
		return Perm{Pattern: p, Name: p.String(), ID: OutsideUniverse}
	}
	if id, ok := o.uni.index[p]; ok {
		return o.uni.perms[id]
	}
	b := universeBuilder{names: g.names, noList: o.noList}
	out := Perm{Pattern: p, Name: p.String(), ID: OutsideUniverse, Kept: p.IsWild()}
	out.Aware = b.awareness(out)
	return out
}
