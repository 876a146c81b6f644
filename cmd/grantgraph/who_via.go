package main

import (
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
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
	if way, ok := w.m.CouldReason(w.a, r); ok {
		return via{text: wayText(way.Steps)}
	}
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

// wayText is a way to access in short: its steps, then the reason of the access.
func wayText(steps []analyzer.Step) string {
	var parts []string
	from := 0
	for i, s := range steps {
		if s.Kind == "escalate" {
			parts = append(parts, shortStep(s))
			from = i + 1
		}
	}
	if last := viaText(analyzer.ExplainedReason{Steps: steps[from:]}); last != "" {
		parts = append(parts, last)
	}
	return strings.Join(parts, "; then ")
}

// shortStep is a step of escalation in a few words.
func shortStep(s analyzer.Step) string {
	text := s.Escalation + " " + display(s.Record.Name, s.Record.ID)
	if s.Gains == "total" {
		text = s.Escalation + ": everything"
	}
	if s.Certainty == lexicon.Likely {
		text += " (likely)"
	}
	return text
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
