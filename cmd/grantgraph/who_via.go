package main

import (
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// via is one reason of an answer, in short.
type via struct {
	permission string
	text       string // role @ division, through group
}

// via finds a reason as wide as the answer. Only rows that are shown are looked at.
func (w whoTable) via(r analyzer.WhoRow) via {
	p, reason, ok := w.m.Via(w.a, r)
	if !ok {
		return via{}
	}
	text := viaText(reason)
	if p.Aware == authz.False && r.Through == analyzer.ThroughOrganization {
		text += " (no division limits it)"
	}
	return via{p.Name, text}
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
