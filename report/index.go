package report

import (
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// orgIndex is what the steps need to know of one organization's permissions.
type orgIndex struct {
	id   string
	divs graph.Set
	see  graph.Set // permissions of the verb "see" that carry tenant data
	thru graph.Set // permissions that carry tenant data and that divisions limit
	out  graph.Set // permissions that reach beyond the granted division
	elev graph.Set
	// seePerms and thruPerms are the same as lists: what questions are asked with.
	seePerms, thruPerms []graph.Perm
}

// index classifies the permissions and names the roles, once.
func (b *builder) index() {
	see, hasSee := b.m.Lexicon.Verb("see")
	for _, o := range b.g.Organizations() {
		uni := b.g.Universe(o.ID)
		x := orgIndex{
			id: o.ID, divs: b.g.DivisionsOf(o.ID), see: graph.NewSet(len(uni)), thru: graph.NewSet(len(uni)),
			out: graph.NewSet(len(uni)), elev: graph.NewSet(len(uni)),
		}
		for _, p := range uni {
			if _, ok := b.m.Lexicon.Elevated(p.Pattern); ok {
				x.elev.Add(p.ID)
			}
			if p.Aware != authz.True {
				x.out.Add(p.ID)
			}
			if b.m.Lexicon.Carries(p.Pattern, p.Aware) != lexicon.CarriesTenant {
				continue
			}
			if hasSee && see.Covers(p.Pattern) {
				x.see.Add(p.ID)
				x.seePerms = append(x.seePerms, p)
			}
			if p.Aware != authz.False && p.Pattern != authz.Admin {
				x.thru.Add(p.ID)
				x.thruPerms = append(x.thruPerms, p)
			}
		}
		b.orgs = append(b.orgs, x)
	}
	b.roleName = make([]string, b.g.Roles())
	b.elevated = make([]graph.Set, b.g.Roles())
	for n := range b.roleName {
		r := b.g.Role(uint32(n))
		b.roleName[n] = nameOr(r.Record.Name, r.Key.ID)
		if x := b.org(r.Key.Org); x != nil {
			b.elevated[n] = given(r, x.elev)
		}
	}
	b.texts = map[string]string{}
	b.addSubjects()
}

func (b *builder) org(id string) *orgIndex {
	for i := range b.orgs {
		if b.orgs[i].id == id {
			return &b.orgs[i]
		}
	}
	return nil
}

// given returns which of some permissions a role gives, narrowed or not.
func given(r graph.Role, of graph.Set) graph.Set {
	if r.Admin {
		return of
	}
	s := r.Permissions.Clone()
	s.Or(r.Narrowed)
	s.And(of)
	return s
}

func nameOr(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// addSubjects keeps the grants of groups and teams, which are asked for by each member.
func (b *builder) addSubjects() {
	b.subjects = map[uint32][]graph.Grant{}
	for i := range b.g.Cells() {
		for _, n := range b.g.Cell(i).Nodes {
			if int(n) >= b.g.Principals() && b.subjects[n] == nil {
				b.subjects[n] = b.g.GrantsOf(n)
			}
		}
	}
}

// grantsOf returns a node's own grants. It may be called from several goroutines.
func (b *builder) grantsOf(n uint32) []graph.Grant {
	if int(n) < b.g.Principals() {
		return b.g.GrantsOf(n)
	}
	return b.subjects[n]
}

// intern returns one copy of equal texts.
func (b *builder) intern(s string) string {
	if t, ok := b.texts[s]; ok {
		return t
	}
	b.texts[s] = s
	return s
}
