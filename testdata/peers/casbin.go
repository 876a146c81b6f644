package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// A casbinPeer is casbin with roles in domains: divisions are domains, and one
// more stands for all of them. What a role gives wherever it is granted is a
// role of its own there. A group is in each domain in which it holds something.
type casbinPeer struct {
	o *organization
	e *casbin.Enforcer
}

const casbinModel = `
[request_definition]
r = sub, dom, obj
[policy_definition]
p = sub, obj
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && (g(r.sub, p.sub, r.dom) || g(r.sub, p.sub, "every"))
`

func domain(division int) string {
	if division == everywhere {
		return "every"
	}
	return "d" + strconv.Itoa(division)
}

func (s subject) name() string {
	if s.group {
		return "group" + strconv.Itoa(s.at)
	}
	return "u" + strconv.Itoa(s.at)
}

func (p *casbinPeer) Load(_ context.Context, o *organization) error {
	p.o = o
	m, err := model.NewModelFromString(casbinModel)
	if err != nil {
		return err
	}
	if p.e, err = casbin.NewEnforcer(m); err != nil {
		return err
	}
	if _, err := p.e.AddPolicies(p.policies()); err != nil {
		return err
	}
	_, err = p.e.AddGroupingPolicies(p.groupings())
	return err
}

// policies are the asked permissions of each role: rN gives where it is
// granted, wN everywhere.
func (p *casbinPeer) policies() [][]string {
	var list [][]string
	for i := range p.o.roles {
		for _, m := range p.o.asked {
			switch d, ok := p.o.reaches(cell{i, 0}, m); {
			case !ok:
			case d == everywhere:
				list = append(list, []string{"w" + strconv.Itoa(i), permType(m)})
			default:
				list = append(list, []string{"r" + strconv.Itoa(i), permType(m)})
			}
		}
	}
	return list
}

// groupings are the grants, and the memberships in each domain in which the
// group, or one that holds it, has a grant.
func (p *casbinPeer) groupings() [][]string {
	seen := map[[3]string]bool{}
	var list [][]string
	add := func(a, b, dom string) {
		if k := [3]string{a, b, dom}; !seen[k] {
			seen[k] = true
			list = append(list, []string{a, b, dom})
		}
	}
	domains := make([]map[string]bool, len(p.o.groups))
	for i := range domains {
		domains[i] = map[string]bool{}
	}
	for _, g := range p.o.grants {
		add(g.subject.name(), "r"+strconv.Itoa(g.role), domain(g.division))
		add(g.subject.name(), "w"+strconv.Itoa(g.role), "every")
		if g.subject.group {
			domains[g.subject.at][domain(g.division)], domains[g.subject.at]["every"] = true, true
		}
	}
	p.inherit(domains)
	for _, m := range p.o.members {
		for d := range domains[m.group] {
			add(m.member.name(), subject{group: true, at: m.group}.name(), d)
		}
	}
	return list
}

// inherit gives a group the domains of those that hold it, until none is new.
func (p *casbinPeer) inherit(domains []map[string]bool) {
	for again := true; again; {
		again = false
		for _, m := range p.o.members {
			if !m.member.group {
				continue
			}
			for d := range domains[m.group] {
				if !domains[m.member.at][d] {
					domains[m.member.at][d], again = true, true
				}
			}
		}
	}
}

func (p *casbinPeer) Check(_ context.Context, q question) (bool, error) {
	return p.e.Enforce("u"+strconv.Itoa(q.principal), domain(q.division), permType(q.permission))
}

// Who asks casbin's own enumeration, which checks every subject.
func (p *casbinPeer) Who(_ context.Context, q question) ([]int, error) {
	users, err := p.e.GetImplicitUsersForPermission(domain(q.division), permType(q.permission))
	if err != nil {
		return nil, err
	}
	var list []int
	for _, u := range users {
		if strings.HasPrefix(u, "group") { // of nobody
			continue
		}
		n, err := position(u, "u")
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// Where checks each division, for want of an enumeration.
func (p *casbinPeer) Where(ctx context.Context, q question) ([]int, error) {
	var list []int
	for d := range p.o.divisions {
		q.division = d
		ok, err := p.Check(ctx, q)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, d)
		}
	}
	return list, nil
}

func (p *casbinPeer) Close() error { return nil }
