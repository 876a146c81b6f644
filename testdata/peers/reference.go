package main

import (
	"context"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// A referencePeer is the access model written down plainly: slow, and the judge
// of the others where it can be waited for.
type referencePeer struct {
	o  *organization
	m  *reference.Model
	at map[authz.Key]int
}

func (p *referencePeer) Load(_ context.Context, o *organization) error {
	p.o, p.m, p.at = o, reference.New(o.records, reference.Options{}), map[authz.Key]int{}
	for i, k := range o.principals {
		p.at[k] = i
	}
	return nil
}

func (p *referencePeer) reaches(q question) bool {
	return p.m.Reach(p.o.principals[q.principal], p.o.permissions[q.permission], p.o.divisions[q.division]).Level != reference.None
}

func (p *referencePeer) Check(_ context.Context, q question) (bool, error) { return p.reaches(q), nil }

func (p *referencePeer) Who(_ context.Context, q question) ([]int, error) {
	var list []int
	for k, r := range p.m.Who(p.o.id, p.o.permissions[q.permission], p.o.divisions[q.division]) {
		if r.Level != reference.None {
			list = append(list, p.at[k])
		}
	}
	return list, nil
}

func (p *referencePeer) Where(_ context.Context, q question) ([]int, error) {
	var list []int
	for d := range p.o.divisions {
		if q.division = d; p.reaches(q) {
			list = append(list, d)
		}
	}
	return list, nil
}

func (p *referencePeer) Close() error { return nil }
