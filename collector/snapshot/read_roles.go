package snapshot

import (
	"fmt"
	"iter"

	"github.com/grantgraph/grantgraph/graph/authz"
)

const queryPolicies = "SELECT role, line, domain, entity, action, guide, scope, scope_groups, scope_teams, scope_views, condition " +
	"FROM policy ORDER BY role, line"

// numberedRoles joins roles and their lines, which both come by number.
func (r *Reader) numberedRoles() iter.Seq2[numbered[authz.Role], error] {
	return func(yield func(numbered[authz.Role], error) bool) {
		lines, err := r.policies()
		if err != nil {
			yield(numbered[authz.Role]{}, err)
			return
		}
		for n, err := range numberedRows(r, roles()) {
			if err != nil {
				yield(n, err)
				return
			}
			n.record.Policies = lines[n.ref]
			delete(lines, n.ref)
			if !yield(n, nil) {
				return
			}
		}
		if len(lines) > 0 {
			yield(numbered[authz.Role]{}, r.wrap("policy", fmt.Errorf("%w: lines of %d roles that are not there", ErrDamaged, len(lines))))
		}
	}
}

// policies returns the lines of every role.
func (r *Reader) policies() (map[authz.Ref][]authz.Policy, error) {
	if err := r.loadKeys(); err != nil {
		return nil, err
	}
	lines := map[authz.Ref][]authz.Policy{}
	var order ladder
	for f, err := range r.rows(queryPolicies) {
		if err != nil {
			return nil, r.wrap("policy", err)
		}
		role := f.number32()
		order.step(f, int64(role), f.number())
		p := authz.Policy{
			Domain: f.text(), Entity: f.text(), Action: f.text(), Guide: f.text(), Scope: f.text(),
			ScopeGroups: f.list(), ScopeTeams: f.list(), ScopeViews: f.list(),
		}
		if f.values[f.at] != nil {
			p.Condition = &authz.Condition{}
			f.json(p.Condition)
		}
		if f.err != nil {
			return nil, r.wrap("policy", f.err)
		}
		lines[role] = append(lines[role], p)
	}
	return lines, nil
}
