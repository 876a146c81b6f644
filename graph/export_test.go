package graph

import "github.com/grantgraph/grantgraph/graph/authz"

// CutCouldJointly is [Graph.CutCould] as it is where very much is had today.
func (g *Graph) CutCouldJointly(q CutQuery, ways []authz.Escalation, sure bool) Cut {
	return g.cutCould(q, ways, sure, -1)
}
