package rules

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A persona is a kind of work of the configuration, resolved.
type persona struct {
	config.Persona
	roles    []bool // by role: whether it belongs to the persona
	baseline []authz.Pattern
	needed   []authz.Pattern
	all      graph.Set // principals that hold one of its roles
	direct   graph.Set // those that hold one themselves, not through a group
}

// personas resolves the personas of the configuration once.
func (x *index) personas() []persona {
	if x.kinds != nil {
		return x.kinds
	}
	x.kinds = []persona{}
	for _, c := range x.m.Config.Personas {
		p := persona{
			Persona: c, roles: make([]bool, len(x.roles)), baseline: x.patterns(c.Permissions), needed: x.patterns(c.Needed),
			all: graph.NewSet(x.g.Principals()), direct: graph.NewSet(x.g.Principals()),
		}
		for n := range x.roles {
			name := x.roleName(uint32(n))
			if !slices.ContainsFunc(c.Roles, func(glob string) bool { return config.Match(glob, name) }) {
				continue
			}
			p.roles[n] = true
			p.all.Or(x.roleSet(uint32(n)))
			for _, cell := range x.cells[n] {
				for _, node := range cell.Nodes {
					if int(node) < x.g.Principals() {
						p.direct.Add(node)
					}
				}
			}
		}
		x.kinds = append(x.kinds, p)
	}
	return x.kinds
}

// personasOf names the personas of a principal.
func (x *index) personasOf(p uint32) []string {
	var out []string
	for _, k := range x.personas() {
		if k.all.Has(p) {
			out = append(out, k.Name)
		}
	}
	return out
}

// ownPersonas names the personas that a principal has by roles assigned to itself.
func (x *index) ownPersonas(p uint32) []string {
	var out []string
	for _, k := range x.personas() {
		if k.direct.Has(p) {
			out = append(out, k.Name)
		}
	}
	return out
}

// rolePersonas names the personas that a role belongs to.
func (x *index) rolePersonas(role uint32) []string {
	var out []string
	for _, k := range x.personas() {
		if role != noRole && k.roles[role] {
			out = append(out, k.Name)
		}
	}
	return out
}

// beyondPersona returns what a principal holds beyond the baselines of its
// personas; nothing where one of them states none.
func (x *index) beyondPersona(p uint32) []string {
	var baseline []authz.Pattern
	found := false
	for _, k := range x.personas() {
		if !k.all.Has(p) {
			continue
		}
		if len(k.baseline) == 0 {
			return nil
		}
		found, baseline = true, append(baseline, k.baseline...)
	}
	if !found {
		return nil
	}
	var out []string
	seen := map[uint32]bool{}
	for _, n := range x.g.Acts(p) {
		for _, g := range x.g.GrantsOf(n) {
			if seen[g.Role] {
				continue
			}
			seen[g.Role] = true
			out = append(out, x.outside(g.Role, baseline)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// outside returns what a role gives beyond some patterns.
func (x *index) outside(role uint32, patterns []authz.Pattern) []string {
	r := &x.roles[role]
	var out []string
	if r.rec.Admin {
		out = append(out, "admin")
	}
	for id := range r.perms.All() {
		m := r.org.perms[id]
		if !slices.ContainsFunc(patterns, func(c authz.Pattern) bool { return c.Covers(m.Pattern) }) {
			out = append(out, m.Name)
		}
	}
	return out
}
