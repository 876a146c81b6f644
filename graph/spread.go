package graph

// A RoleSpread is who holds one role over some divisions. Only live principals
// that act are in the sets.
type RoleSpread struct {
	Role uint32
	// In hold it by a grant in one of the divisions or in all; Out hold it by a
	// grant elsewhere. The two may overlap.
	In, Out Set
	// DoubtIn and DoubtOut hold it only through a group that is not
	// role-enabled: what they have of it is conditional.
	DoubtIn, DoubtOut Set
}

// Spread returns, for each role of an organization that anybody holds, who
// holds it over some divisions, sorted by role.
func (g *Graph) Spread(orgID string, divs Set) []RoleSpread {
	o := g.orgOf(orgID)
	if o == nil {
		return nil
	}
	var out []RoleSpread
	for i := 0; i < len(g.cells); {
		role := g.cells[i].role
		end := i
		for end < len(g.cells) && g.cells[end].role == role {
			end++
		}
		if g.roles[role].org == o {
			out = append(out, g.spreadRole(role, g.cells[i:end], divs))
		}
		i = end
	}
	return out
}

func (g *Graph) spreadRole(role uint32, cells []cell, divs Set) RoleSpread {
	n := len(g.principals)
	s := RoleSpread{Role: role, In: NewSet(n), Out: NewSet(n), DoubtIn: NewSet(n), DoubtOut: NewSet(n)}
	for _, c := range cells {
		sure, doubt := s.Out, s.DoubtOut
		if c.div == AnyDivision || divs.Has(c.div) {
			sure, doubt = s.In, s.DoubtIn
		}
		for _, node := range g.posting[c.from:c.to] {
			if int(node) < n {
				sure.Add(node)
			}
			for _, p := range g.actors.of(node) {
				if p&mark != 0 {
					doubt.Add(p &^ mark)
				} else {
					sure.Add(p)
				}
			}
		}
	}
	for _, set := range []Set{s.In, s.Out, s.DoubtIn, s.DoubtOut} {
		set.And(g.acting)
	}
	s.DoubtIn.AndNot(s.In)
	s.DoubtOut.AndNot(s.Out)
	return s
}

// RoleSpan returns how far a role carries any of some permissions (numbers of
// its organization's universe): over the divisions that it is granted in, and
// over the others. Policies that a scope or condition narrows are left out (see
// [Graph.EachNarrowed]), and access policies are not looked at.
func (g *Graph) RoleSpan(role uint32, want Set) (in, out Level) {
	r := &g.roles[role]
	free, open := want.Clone(), want.Clone()
	free.And(r.org.uni.free)
	open.And(r.org.uni.unknown)
	s := r.span(want, free, open)
	return s.in, s.out
}

// RolePermissions returns the permissions that a role gives with nothing that
// narrows them, of those wanted: all of them for total control or a role that
// was not read.
func (g *Graph) RolePermissions(role uint32, want Set) Set {
	r := &g.roles[role]
	s := want.Clone()
	if !r.admin && !r.maybe() {
		s.And(r.wide)
	}
	return s
}

// PolicyMarked returns the permissions of an organization that an active access
// policy speaks of.
func (g *Graph) PolicyMarked(orgID string) Set {
	o := g.orgOf(orgID)
	if o == nil {
		return nil
	}
	s := NewSet(len(o.uni.perms))
	for _, a := range o.policies {
		s.Or(a.perms)
	}
	return s
}
