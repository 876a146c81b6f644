package main

import (
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// via is one reason of an answer, in short.
type via struct {
	permission string
	text       string // role @ division, through group
}

// via finds a reason as wide as the answer. Only rows that are shown are looked at.
func (w whoTable) via(r analyzer.WhoRow) via {
	p, ok := w.m.Graph.FindPrincipal(authz.Key{Org: r.Principal.Org, Kind: r.Principal.Kind, ID: r.Principal.ID})
	if !ok {
		return via{}
	}
	divisions := w.m.Graph.DivisionsOf(r.Principal.Org)
	divisions.And(w.t.Divisions)
	var best via
	width := graph.None
	for _, perm := range w.meant[r.Principal.Org] {
		for d := range divisions.All() {
			for _, reason := range w.m.Reasons(p, perm, d, 1) {
				if reason.Reach > width {
					width, best = reason.Reach, via{perm.Name, viaText(reason)}
				}
			}
			if width >= r.Reach {
				return best
			}
		}
	}
	return best
}

// meantBy returns the permissions that a question is about, by organization.
func meantBy(m *analyzer.Model, o whoOptions) map[string][]graph.Perm {
	out := map[string][]graph.Perm{}
	for _, org := range m.Graph.Organizations() {
		if verb, ok := m.Lexicon.Verb(o.verb); ok {
			out[org.ID] = meantByVerb(m, org.ID, verb, o.data)
		} else if pattern, err := m.Pattern(o.verb); err == nil {
			out[org.ID] = meantByName(m, org.ID, pattern)
		}
	}
	return out
}

func meantByVerb(m *analyzer.Model, org string, verb lexicon.Verb, about string) []graph.Perm {
	data, narrowed := m.Lexicon.Data(about)
	var out []graph.Perm
	for _, p := range m.Graph.Universe(org) {
		if verb.Covers(p.Pattern) && m.Lexicon.Carries(p.Pattern, p.Aware) == lexicon.CarriesTenant && (!narrowed || data.Covers(p.Pattern)) {
			out = append(out, p)
		}
	}
	return out
}

func meantByName(m *analyzer.Model, org string, pattern authz.Pattern) []graph.Perm {
	if !pattern.IsWild() {
		return []graph.Perm{m.Graph.Perm(org, pattern)}
	}
	var out []graph.Perm
	for _, p := range m.Graph.Universe(org) {
		if pattern.Covers(p.Pattern) {
			out = append(out, p)
		}
	}
	return out
}

// viaText is a reason in short: role @ division, through group.
func viaText(r analyzer.ExplainedReason) string {
	var through []string
	for _, s := range r.Steps {
		switch s.Kind {
		case "member", "owner", "team":
			through = append(through, display(s.Record.Name, s.Record.ID))
		case "trust":
			return "trust of " + display(s.Record.Name, s.Record.ID)
		case "grant":
			text := display(s.Role.Name, s.Role.ID) + " @ " + shortDivision(*s.Division)
			if len(through) > 0 {
				text += ", through " + strings.Join(through, " > ")
			}
			return text
		}
	}
	return ""
}

func shortDivision(d analyzer.Named) string {
	if d.ID == authz.AllDivisions {
		return "all divisions"
	}
	return display(d.Name, d.ID)
}
