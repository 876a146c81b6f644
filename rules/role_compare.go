package rules

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// roles is a list of names of roles; their ids stand in fingerprints.
func roles(name, doc string, get func(x *index, r *roleRow) []uint32) field {
	each := func(name func(x *index, n uint32) string) func(x *index, r *roleRow) []string {
		return func(x *index, r *roleRow) []string {
			var out []string
			for _, n := range get(x, r) {
				out = append(out, name(x, n))
			}
			slices.Sort(out)
			return out
		}
	}
	ids := each((*index).roleID)
	f := texts(name, doc, each((*index).roleName))
	f.id = func(x *index, r any) string { return strings.Join(ids(x, r.(*roleRow)), ",") }
	return f
}

func (x *index) inheritsBuiltin(n uint32) bool {
	return slices.ContainsFunc(x.roles[n].rec.Inherited, func(q uint32) bool { return x.roles[q].builtin })
}

// depth is the length of the longest chain of inheritance; loops end.
func (x *index) depth(n uint32, on map[uint32]bool) int {
	if on[n] {
		return 0
	}
	on[n] = true
	defer delete(on, n)
	most := 0
	for _, idOrName := range x.roles[n].rec.Record.Inherits {
		for _, q := range x.roles[n].rec.Inherited {
			if x.roleID(q) == idOrName || x.roleName(q) == idOrName {
				most = max(most, 1+x.depth(q, on))
			}
		}
	}
	return most
}

func (x *index) permissionNames(n uint32) []string {
	r := &x.roles[n]
	out := make([]string, 0, r.perms.Len())
	for id := range r.perms.All() {
		out = append(out, r.org.perms[id].Name)
	}
	slices.Sort(out)
	return out
}

// wildElevated reports whether a wildcard of a role is elevated.
func (x *index) wildElevated(n uint32) bool {
	return slices.ContainsFunc(x.wildcards(n), func(w string) bool {
		p, err := authz.ParsePattern(w)
		if err != nil {
			return false
		}
		_, elevated := x.m.Lexicon.Elevated(p)
		return elevated
	})
}

// directUsers returns the live users to whom a role is assigned directly.
func (x *index) directUsers(n uint32) []uint32 {
	if x.direct.known && x.direct.role == n {
		return x.direct.users
	}
	var out []uint32
	for _, c := range x.cells[n] {
		for _, node := range c.Nodes {
			if int(node) < x.g.Principals() && x.g.Acting().Has(node) && x.g.Principal(node).Key.Kind == authz.KindUser {
				out = append(out, node)
			}
		}
	}
	slices.Sort(out)
	x.direct.known, x.direct.role, x.direct.users = true, n, slices.Compact(out)
	return x.direct.users
}

// same reports whether two roles give the same, wholly and narrowed alike.
func (x *index) same(a, b uint32) bool {
	p, q := &x.roles[a], &x.roles[b]
	return p.org == q.org && p.rec.Admin == q.rec.Admin && p.rec.Narrowed.Empty() && q.rec.Narrowed.Empty() &&
		!p.maybe && !q.maybe && !p.perms.Empty() && slices.Equal(p.rec.Permissions, q.rec.Permissions)
}

func (x *index) equalRoles(n uint32) []uint32 {
	var out []uint32
	for q := range x.roles {
		if uint32(q) != n && x.same(n, uint32(q)) {
			out = append(out, uint32(q))
		}
	}
	return out
}

// containing returns the roles that give all that a role gives and more, and
// that each of its subjects holds wherever it holds this one.
func (x *index) containing(n uint32) []uint32 {
	r := &x.roles[n]
	if r.maybe || r.perms.Empty() || len(x.cells[n]) == 0 {
		return nil
	}
	var out []uint32
	for q := range x.roles {
		o := &x.roles[q]
		if uint32(q) == n || o.org != r.org || len(x.cells[q]) == 0 || x.same(n, uint32(q)) {
			continue
		}
		left := r.perms.Clone()
		left.AndNot(o.rec.Permissions)
		if (left.Empty() || o.rec.Admin) && x.heldWith(n, uint32(q)) {
			out = append(out, uint32(q))
		}
	}
	return out
}

// heldWith reports whether every subject that is granted one role is granted
// another in the same division or in all.
func (x *index) heldWith(n, q uint32) bool {
	at := map[uint32][]uint32{}
	for _, c := range x.cells[q] {
		at[c.Division] = c.Nodes
	}
	for _, c := range x.cells[n] {
		for _, node := range c.Nodes {
			if !has(at[c.Division], node) && !has(at[graph.AnyDivision], node) {
				return false
			}
		}
	}
	return true
}

// has reports whether a sorted list has a number.
func has(list []uint32, n uint32) bool {
	_, ok := slices.BinarySearch(list, n)
	return ok
}

// roleChange returns what a role gives since the earlier snapshot, and what it
// gives no more. Both are empty where the earlier snapshot lacks the role.
func (x *index) roleChange(n uint32) (added, gone []string) {
	if x.before == nil {
		return nil, nil
	}
	was := x.before.Model.Graph
	q, ok := was.FindRole(x.roles[n].rec.Key)
	if !ok || !was.Role(q).Known || !x.roles[n].rec.Known {
		return nil, nil
	}
	then, now := lines(was.Role(q).Record), lines(x.roles[n].rec.Record)
	for line := range now {
		if !then[line] {
			added = append(added, line)
		}
	}
	for line := range then {
		if !now[line] {
			gone = append(gone, line)
		}
	}
	slices.Sort(added)
	slices.Sort(gone)
	return added, gone
}

func (x *index) changedRole(n uint32) bool {
	added, gone := x.roleChange(n)
	return len(added)+len(gone) > 0
}

// lines are a role's own lines, written so that equal ones are equal.
func lines(r authz.Role) map[string]bool {
	out := map[string]bool{}
	for _, p := range r.Policies {
		name := p.Guide
		if name == "" {
			name = authz.NewPattern(p.Domain, p.Entity, p.Action).String()
		}
		if p.Scope != "" {
			name += " (scope " + strings.ToLower(p.Scope) + ")"
		}
		if p.Condition != nil {
			name += " (with a condition)"
		}
		out[name] = true
	}
	for _, l := range r.Legacy {
		out[l] = true
	}
	return out
}

func (x *index) products(org string) []string {
	if x.extra == nil {
		return nil
	}
	return sorted(x.extra.products[org])
}
