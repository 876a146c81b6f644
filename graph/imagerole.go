package graph

import (
	"encoding/json"
	"iter"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// What a role's row says beside its strings.
const (
	roleDefault = 1 << iota
	roleBase
	roleLinesMissing
)

// policyRow is how many numbers a policy takes.
const policyRow = 12

// list writes a list of strings: how many, and all of them as one.
func (e *encoder) list(list []string) {
	e.put(uint32(len(list)))
	e.str(joinList(list))
}

// roles are the records of the roles that there are.
func (e *encoder) roles(g *Graph) ([]uint32, error) {
	for i := range g.roles {
		if !g.roles[i].known {
			continue
		}
		r := &g.roles[i].rec
		e.str(r.Org, r.ID, r.Name, r.Description, r.BasedOn)
		e.put(bit(r.Default, roleDefault) | bit(r.Base, roleBase) | bit(r.LinesMissing, roleLinesMissing))
		e.list(r.Inherits)
		e.list(r.Legacy)
		e.put(uint32(len(r.Policies)))
		for j := range r.Policies {
			if err := e.policy(&r.Policies[j]); err != nil {
				return nil, err
			}
		}
	}
	return e.take(), nil
}

func (e *encoder) policy(p *authz.Policy) error {
	e.str(p.Domain, p.Entity, p.Action, p.Guide, p.Scope)
	e.list(p.ScopeGroups)
	e.list(p.ScopeTeams)
	e.list(p.ScopeViews)
	var text []byte
	if p.Condition != nil {
		var err error
		if text, err = json.Marshal(p.Condition); err != nil {
			return err
		}
	}
	e.str(string(text))
	return nil
}

func (d *decoder) list() []string {
	n := int(d.num())
	return d.splitList(d.str(), n)
}

// readRoles reads the records of roles.
func (im *Image) readRoles(x *imageReader) error {
	in, err := read[uint32](x, secRoles)
	if err != nil {
		return err
	}
	d := &decoder{in: in, strings: im.strings}
	for len(d.in) > 0 && !d.bad {
		r := authz.Role{Org: d.str(), ID: d.str(), Name: d.str(), Description: d.str(), BasedOn: d.str()}
		f := d.num()
		r.Default, r.Base, r.LinesMissing = f&roleDefault != 0, f&roleBase != 0, f&roleLinesMissing != 0
		r.Inherits, r.Legacy = d.list(), d.list()
		r.Policies = make([]authz.Policy, d.count(policyRow))
		for i := range r.Policies {
			d.policy(&r.Policies[i])
		}
		im.roles = append(im.roles, r)
	}
	return d.end("roles")
}

func (d *decoder) policy(p *authz.Policy) {
	p.Domain, p.Entity, p.Action, p.Guide, p.Scope = d.str(), d.str(), d.str(), d.str(), d.str()
	p.ScopeGroups, p.ScopeTeams, p.ScopeViews = d.list(), d.list(), d.list()
	if text := d.str(); text != "" {
		p.Condition = &authz.Condition{}
		d.bad = d.bad || json.Unmarshal([]byte(text), p.Condition) != nil
	}
}

// roleRecords yields the roles: those of the image, if there is one.
func (b *builder) roleRecords() iter.Seq2[authz.Role, error] {
	if b.options.Image == nil {
		return b.src.Roles()
	}
	return func(yield func(authz.Role, error) bool) {
		for _, r := range b.options.Image.roles {
			if !yield(r, nil) {
				return
			}
		}
	}
}
