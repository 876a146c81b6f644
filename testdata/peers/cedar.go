package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/batch"
)

// A cedarPeer is a set of Cedar policies: one for each cell, that permits the
// role's permissions in the cell's division, and one that permits what the role
// gives everywhere. Principals are in the cells that they hold, permissions in
// the roles that give them.
type cedarPeer struct {
	o        *organization
	policies *cedar.PolicySet
	entities types.EntityMap
	// Values of the batches.
	users, divisions []types.Value
}

func uid(kind string, n int) types.EntityUID {
	return types.NewEntityUID(types.EntityType(kind), types.String(strconv.Itoa(n)))
}

func (s subject) uid() types.EntityUID {
	if s.group {
		return uid("Group", s.at)
	}
	return uid("User", s.at)
}

func (p *cedarPeer) Load(_ context.Context, o *organization) error {
	p.o, p.policies, p.entities = o, cedar.NewPolicySet(), types.EntityMap{}
	for i := range o.principals {
		p.users = append(p.users, uid("User", i))
	}
	for i := range o.divisions {
		p.divisions = append(p.divisions, uid("Division", i))
		p.put(uid("Division", i), nil)
	}
	parents := map[types.EntityUID][]types.EntityUID{}
	for _, m := range o.members {
		parents[m.member.uid()] = append(parents[m.member.uid()], uid("Group", m.group))
	}
	c := cellsOf(o)
	for i, list := range c.holders {
		for _, s := range list {
			parents[s.uid()] = append(parents[s.uid()], uid("Cell", i))
		}
		p.permit(i, c.list[i])
	}
	for child, list := range parents {
		p.put(child, list)
	}
	p.actions()
	return nil
}

func (p *cedarPeer) put(id types.EntityUID, parents []types.EntityUID) {
	p.entities[id] = types.Entity{UID: id, Parents: types.NewEntityUIDSet(parents...)}
}

// permit adds the policies of a cell, as far as asked permissions need them.
func (p *cedarPeer) permit(at int, c cell) {
	var within, wide bool
	for _, m := range p.o.asked {
		d, ok := p.o.reaches(cell{c.role, 0}, m)
		within, wide = within || (ok && d != everywhere), wide || (ok && d == everywhere)
	}
	if within {
		policy := ast.Permit().PrincipalIn(uid("Cell", at)).ActionIn(uid("Role", c.role))
		if c.division != everywhere {
			policy = policy.ResourceEq(uid("Division", c.division))
		}
		p.policies.Add(cedar.PolicyID(fmt.Sprintf("within%d", at)), cedar.NewPolicyFromAST(policy))
	}
	if wide {
		policy := ast.Permit().PrincipalIn(uid("Cell", at)).ActionIn(uid("Wide", c.role))
		p.policies.Add(cedar.PolicyID(fmt.Sprintf("wide%d", at)), cedar.NewPolicyFromAST(policy))
	}
}

// actions puts each permission in the roles that give it.
func (p *cedarPeer) actions() {
	for _, m := range p.o.asked {
		var in []types.EntityUID
		for i := range p.o.roles {
			switch d, ok := p.o.reaches(cell{i, 0}, m); {
			case !ok:
			case d == everywhere:
				in = append(in, uid("Wide", i))
			default:
				in = append(in, uid("Role", i))
			}
		}
		p.put(uid("Action", m), in)
	}
}

func (p *cedarPeer) Check(_ context.Context, q question) (bool, error) {
	decision, said := cedar.Authorize(p.policies, p.entities, cedar.Request{
		Principal: uid("User", q.principal), Action: uid("Action", q.permission), Resource: uid("Division", q.division),
	})
	if len(said.Errors) > 0 {
		return false, fmt.Errorf("policy %s: %s", said.Errors[0].PolicyID, said.Errors[0].Message)
	}
	return decision == cedar.Allow, nil
}

func (p *cedarPeer) Who(ctx context.Context, q question) ([]int, error) {
	return p.batch(ctx, batch.Request{
		Principal: batch.Variable("x"), Action: uid("Action", q.permission), Resource: uid("Division", q.division), Context: types.Record{},
		Variables: batch.Variables{"x": p.users},
	})
}

func (p *cedarPeer) Where(ctx context.Context, q question) ([]int, error) {
	return p.batch(ctx, batch.Request{
		Principal: uid("User", q.principal), Action: uid("Action", q.permission), Resource: batch.Variable("x"), Context: types.Record{},
		Variables: batch.Variables{"x": p.divisions},
	})
}

// batch returns the values of the request's variable with which it is allowed.
func (p *cedarPeer) batch(ctx context.Context, r batch.Request) ([]int, error) {
	var list []int
	err := batch.Authorize(ctx, p.policies, p.entities, r, func(res batch.Result) error {
		if res.Decision != cedar.Allow {
			return nil
		}
		n, err := strconv.Atoi(string(res.Values["x"].(types.EntityUID).ID))
		list = append(list, n)
		return err
	})
	return list, err
}

func (p *cedarPeer) Close() error { return nil }
