package reference

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// condition returns what a condition leaves (section 5): AND intersects,
// anything else unites; operands beside terms are one more term.
func (m *Model) condition(org string, c authz.Condition) left {
	if len(c.Operands) == 0 && len(c.Terms) == 0 {
		return all()
	}
	var parts []left
	if len(c.Operands) > 0 {
		parts = append(parts, m.leaf(org, c))
	}
	for _, t := range c.Terms {
		parts = append(parts, m.condition(org, t))
	}
	combine := unite
	if strings.EqualFold(strings.TrimSpace(c.Conjunction), "AND") {
		combine = intersect
	}
	out := parts[0]
	for _, p := range parts[1:] {
		out = combine(out, p)
	}
	return out
}

// leaf returns the queues and users that a comparison names.
func (m *Model) leaf(org string, c authz.Condition) left {
	op := strings.ToUpper(strings.TrimSpace(c.Operator))
	if op != "EQ" && op != "IN" {
		return lost()
	}
	out := left{resources: map[authz.Key]bool{}}
	for _, o := range c.Operands {
		if !m.operand(org, o, out.resources) {
			return lost()
		}
	}
	return out
}

// operand adds what an operand names. It reports false if that is not known.
func (m *Model) operand(org string, o authz.Operand, out map[authz.Key]bool) bool {
	switch strings.ToUpper(strings.TrimSpace(o.Type)) {
	case "QUEUE":
		k := authz.Key{Org: org, Kind: authz.KindQueue, ID: firstOf(o.Queue, o.Value)}
		_, ok := m.queue(k)
		out[k] = true
		return ok
	case "USER":
		k := authz.Key{Org: org, Kind: authz.KindUser, ID: firstOf(o.User, o.Value)}
		_, ok := m.user(k)
		out[k] = true
		return ok
	case "TEAM":
		k := authz.Key{Org: org, Kind: authz.KindTeam, ID: firstOf(o.Team, o.Value)}
		if !m.team(k) || !m.teamsComplete(org) || !m.queuesComplete(org) {
			return false
		}
		m.addTeam(out, k)
		return true
	default:
		return false
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
