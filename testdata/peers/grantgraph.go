package main

import (
	"context"
	"fmt"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A grantgraphPeer is the permission graph, built from the records.
type grantgraphPeer struct {
	g *graph.Graph
	// Numbers of the graph by positions of the organization, and back.
	principals []uint32
	positions  []int
	divisions  []uint32
	places     []int
	perms      []graph.Perm
	org        string
}

func (p *grantgraphPeer) Load(_ context.Context, o *organization) error {
	var err error
	if p.g, err = graph.Build(o.records, graph.Options{Names: lexicon.Default()}); err != nil {
		return err
	}
	p.org = o.id
	p.positions = make([]int, p.g.Principals())
	for i, k := range o.principals {
		n, ok := p.g.FindPrincipal(k)
		if !ok {
			return fmt.Errorf("%s is not in the graph", k)
		}
		p.principals, p.positions[n] = append(p.principals, n), i
	}
	p.places = make([]int, len(p.g.Divisions()))
	for i, id := range o.divisions {
		n, ok := p.g.FindDivision(authz.Key{Org: o.id, Kind: authz.KindDivision, ID: id})
		if !ok {
			return fmt.Errorf("division %s is not in the graph", id)
		}
		p.divisions, p.places[n] = append(p.divisions, n), i
	}
	for _, m := range o.permissions {
		p.perms = append(p.perms, p.g.Perm(o.id, m))
	}
	return nil
}

func (p *grantgraphPeer) Check(_ context.Context, q question) (bool, error) {
	return p.g.Reach(p.principals[q.principal], p.perms[q.permission], p.divisions[q.division]) != graph.None, nil
}

func (p *grantgraphPeer) Who(_ context.Context, q question) ([]int, error) {
	divs := graph.NewSet(len(p.g.Divisions()))
	divs.Add(p.divisions[q.division])
	all := p.g.Who(graph.Query{Org: p.org, Permissions: p.perms[q.permission : q.permission+1], Divisions: divs}).All()
	list := make([]int, 0, all.Len())
	for n := range all.All() {
		list = append(list, p.positions[n])
	}
	return list, nil
}

func (p *grantgraphPeer) Where(_ context.Context, q question) ([]int, error) {
	var list []int
	for d := range p.g.Where(p.principals[q.principal], p.perms[q.permission]).All() {
		list = append(list, p.places[d])
	}
	return list, nil
}

func (p *grantgraphPeer) Close() error { return nil }
