package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// everywhere stands for every division, in a grant.
const everywhere = -1

// A subject is a principal or a group, by its position.
type subject struct {
	group bool
	at    int
}

// A grant gives a role to a subject in a division, or everywhere.
type grant struct {
	subject  subject
	role     int
	division int
}

// A membership is a subject in a group.
type membership struct {
	group  int
	member subject
}

// A role is the permissions that it gives, by position: in the divisions that it
// is granted in, and everywhere wherever it is granted.
type role struct{ within, wide []int }

// An organization is what all peers are loaded with: the records, and the same
// as plain facts, worked out here without the help of grantgraph's graph, so
// that a mistake of one does not reach the others.
type organization struct {
	records     *authz.Records
	id          string
	divisions   []string // ids
	permissions []authz.Pattern
	principals  []authz.Key // live ones that act
	groups      []authz.Key // active groups and teams
	roles       []role
	grants      []grant
	members     []membership
	// asked are the permissions that questions are about.
	asked []int
}

// keep is a sink that keeps all records.
type keep struct{ records *authz.Records }

func (k keep) Put(rec authz.Record, raw json.RawMessage) error { return k.records.Keep(rec, raw) }

func (k keep) Cover(line authz.Coverage) error {
	k.records.CoverageLedger = append(k.records.CoverageLedger, line)
	return nil
}

// generate draws an organization and works out its facts.
func generate(ctx context.Context, size simulator.Size, shape simulator.Shape, seed uint64) (*organization, error) {
	r := &authz.Records{}
	if _, err := simulator.Generate(ctx, simulator.Options{Size: size, Shape: shape, Seed: seed}, keep{r}, nil); err != nil {
		return nil, err
	}
	return newOrganization(r, seed)
}

// newOrganization works out the facts of records. It refuses what the peers'
// models have no place for.
func newOrganization(r *authz.Records, seed uint64) (*organization, error) {
	if len(r.Organization) != 1 || len(r.Trust) > 0 || len(r.AccessPolicy) > 0 {
		return nil, fmt.Errorf("several organizations, trusts and access policies are not modelled")
	}
	o := &organization{records: r, id: r.Organization[0].ID}
	f := facts{o: o, subjects: map[authz.Key]subject{}, divisions: map[string]int{}, roles: map[string]int{}}
	f.addDivisions()
	f.addSubjects()
	f.addMembers()
	if err := f.addRoles(); err != nil {
		return nil, err
	}
	f.addGrants()
	o.asked = f.choose(seed)
	return o, nil
}

// facts finds things by their ids while an organization is made.
type facts struct {
	o         *organization
	subjects  map[authz.Key]subject
	divisions map[string]int
	roles     map[string]int
}

func (f *facts) addDivisions() {
	for _, d := range f.o.records.Division {
		f.divisions[d.ID] = len(f.o.divisions)
		f.o.divisions = append(f.o.divisions, d.ID)
	}
}

func active(state string) bool { return state == "" || strings.EqualFold(state, "active") }

func (f *facts) addSubjects() {
	for _, u := range f.o.records.User {
		if active(u.State) {
			f.addPrincipal(u.Key())
		}
	}
	for _, c := range f.o.records.Client {
		if active(c.State) && (c.GrantType == "" || strings.EqualFold(c.GrantType, "CLIENT-CREDENTIALS")) {
			f.addPrincipal(c.Key())
		}
	}
	for _, g := range f.o.records.Group {
		if active(g.State) {
			f.addGroup(g.Key())
		}
	}
	for _, t := range f.o.records.Team {
		f.addGroup(t.Key())
	}
}

func (f *facts) addPrincipal(k authz.Key) {
	f.subjects[k] = subject{at: len(f.o.principals)}
	f.o.principals = append(f.o.principals, k)
}

func (f *facts) addGroup(k authz.Key) {
	f.subjects[k] = subject{group: true, at: len(f.o.groups)}
	f.o.groups = append(f.o.groups, k)
}

// addMembers keeps who is in which group; owners are members unless it is said
// that they are not.
func (f *facts) addMembers() {
	add := func(container, member authz.Key) {
		g, ok := f.subjects[container]
		s, live := f.subjects[member]
		if ok && live && g != s { // a group that lists itself adds nobody
			f.o.members = append(f.o.members, membership{group: g.at, member: s})
		}
	}
	for _, m := range f.o.records.Member {
		for _, k := range m.Members {
			add(m.Container, k)
		}
	}
	for _, g := range f.o.records.Group {
		for _, owner := range g.Owners {
			if g.IncludeOwners.OrTrue() {
				add(g.Key(), authz.Key{Org: g.Org, Kind: authz.KindUser, ID: owner})
			}
		}
	}
	slices.SortFunc(f.o.members, func(a, b membership) int {
		if a.group != b.group {
			return a.group - b.group
		}
		return f.number(a.member) - f.number(b.member)
	})
	f.o.members = slices.Compact(f.o.members)
}

// number is a subject's number among principals, then groups.
func (f *facts) number(s subject) int { return f.o.number(s) }

func (o *organization) number(s subject) int {
	if s.group {
		return len(o.principals) + s.at
	}
	return s.at
}

// addRoles works out what each role gives, inherited roles included.
func (f *facts) addRoles() error {
	r := f.o.records
	aware := make([]bool, len(r.Permission))
	for i, p := range r.Permission {
		if p.DivisionAware == authz.Unknown {
			return fmt.Errorf("permission %s: whether divisions limit it is not known, which is not modelled", p.Pattern())
		}
		f.o.permissions = append(f.o.permissions, p.Pattern())
		aware[i] = p.DivisionAware == authz.True
	}
	for i, q := range r.Role {
		f.roles[q.ID] = i
	}
	for i := range r.Role {
		lines, err := f.linesOf(i, map[int]bool{})
		if err != nil {
			return err
		}
		f.o.roles = append(f.o.roles, f.gives(lines, aware))
	}
	return nil
}

// linesOf collects the patterns of a role and of those that it inherits.
func (f *facts) linesOf(at int, seen map[int]bool) ([]authz.Pattern, error) {
	if seen[at] {
		return nil, nil
	}
	seen[at] = true
	q := f.o.records.Role[at]
	var list []authz.Pattern
	for _, name := range q.Legacy {
		list = append(list, authz.Legacy(name))
	}
	for _, p := range q.Policies {
		if p.Guide != "" || p.Condition != nil || (p.Scope != "" && !strings.EqualFold(p.Scope, "all")) {
			return nil, fmt.Errorf("role %s: guides' names, scopes and conditions are not modelled", q.Name)
		}
		list = append(list, authz.NewPattern(p.Domain, p.Entity, p.Action))
	}
	for _, id := range q.Inherits {
		heir, ok := f.roles[id]
		if !ok {
			return nil, fmt.Errorf("role %s inherits %s, which there is not", q.Name, id)
		}
		more, err := f.linesOf(heir, seen)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// gives spells out what lines cover. Total control, and what divisions do not
// limit, is everywhere.
func (f *facts) gives(lines []authz.Pattern, aware []bool) role {
	var r role
	total := slices.Contains(lines, authz.Admin)
	for i, p := range f.o.permissions {
		switch {
		case !slices.ContainsFunc(lines, func(l authz.Pattern) bool { return l.Covers(p) }):
		case total || !aware[i]:
			r.wide = append(r.wide, i)
		default:
			r.within = append(r.within, i)
		}
	}
	return r
}

func (f *facts) addGrants() {
	seen := make(map[grant]bool, len(f.o.records.Grant))
	for _, g := range f.o.records.Grant {
		s, live := f.subjects[g.Subject]
		at, known := f.roles[g.Role]
		div, ok := f.divisions[g.Division]
		if g.Division == authz.AllDivisions {
			div, ok = everywhere, true
		}
		one := grant{subject: s, role: at, division: div}
		if live && known && ok && !seen[one] {
			seen[one] = true
			f.o.grants = append(f.o.grants, one)
		}
	}
}

// describe is the line that tells what was loaded.
func (o *organization) describe(s settings) string {
	return fmt.Sprintf("size %s, shape %s, seed %d: %d live principals, %d groups and teams, %d roles, %d divisions, %d permissions, %d grants, %d memberships",
		s.size, s.shape, s.seed, len(o.principals), len(o.groups), len(o.roles), len(o.divisions), len(o.permissions), len(o.grants), len(o.members))
}
