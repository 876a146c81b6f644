package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// printReason prints a derivation as an indented chain of sentences.
func printReason(t *term.Printer, p analyzer.PrincipalRef, r analyzer.ExplainedReason, n int) {
	t.Line()
	t.Line(fmt.Sprintf("%3d. ", n), t.Paint(reachStyle(r.Reach), r.Reach.String()), ": ", permissionText(r.Permission))
	t.Line("     ", term.Fit(whoText(p), 80))
	printSteps(t, r.Steps)
	if len(r.Resources) > 0 {
		t.Line("       of that, ", term.Fit(few(r.Resources, 6), 120))
	}
	for _, b := range r.Because {
		t.Line("       but ", term.Clean(b))
	}
}

func printSteps(t *term.Printer, steps []analyzer.Step) {
	for i, s := range steps {
		t.Line(strings.Repeat(" ", 7+2*min(i, 8)), stepText(s))
		if s.Extent != nil {
			t.Line(strings.Repeat(" ", 9+2*min(i, 8)), extentLine(*s.Extent))
		}
	}
}

// stepText says one step in a sentence that goes on from the one before.
func stepText(s analyzer.Step) string {
	name := term.Fit(display(s.Record.Name, s.Record.ID), 80)
	switch s.Kind {
	case "member":
		if s.Detail != "" {
			return "is by then a member of the " + kindWord(s.Record.Kind) + " " + name
		}
		return "is a member of the " + kindWord(s.Record.Kind) + " " + name
	case "owner":
		return "owns the group " + name + ", whose owners count as members"
	case "team":
		return "is in the team " + name
	case "grant":
		return grantText(s)
	case "inherits":
		return "which inherits from the role " + name
	case "policy":
		return "which gives " + policyText(s)
	case "scope":
		return "within the scope " + term.Clean(s.Detail)
	case "condition":
		return "under the condition " + term.Clean(s.Detail)
	case "access_policy":
		return "and the access policy " + name + " (" + term.Clean(s.Detail) + ") speaks of it"
	case "trust":
		return "is let in by the trust of the organization " + name
	case "escalate":
		return escalateText(s)
	default:
		return term.Clean(s.Kind) + " " + name
	}
}

// escalateText says what a step gains, of how many, and how sure that is.
func escalateText(s analyzer.Step) string {
	name := term.Fit(display(s.Record.Name, s.Record.ID), 80)
	text := "so it becomes the " + kindWord(s.Record.Kind) + " " + name
	switch s.Gains {
	case "group":
		text = "so it joins the group " + name
	case "total":
		text = "so everything in " + name + " is open to it"
	}
	if s.Over != "" && s.Gains != "total" {
		text += " (or any of " + term.Fit(s.Over, 80) + ")"
	}
	return text + ": " + term.Clean(s.Escalation) + ", " + term.Clean(s.Certainty) + ": " + term.Clean(s.Detail)
}

func grantText(s analyzer.Step) string {
	if s.Role == nil || s.Division == nil {
		return "has a role assignment " + term.Clean(s.Record.ID)
	}
	text := fmt.Sprintf("has the role %s in %s", term.Fit(display(s.Role.Name, s.Role.ID), 80), term.Fit(divisionText(*s.Division), 80))
	if s.MadeAt == nil {
		return text + ", assigned at an unknown time"
	}
	return text + ", assigned " + s.MadeAt.UTC().Format(time.DateOnly)
}

func policyText(s analyzer.Step) string {
	text := "everything that was not read"
	if s.Permission != "" {
		text = permissionText(s.Permission)
	}
	if s.Detail != "" {
		text += ", " + term.Clean(s.Detail)
	}
	return text
}

func extentLine(e analyzer.StepExtent) string {
	names := make([]string, 0, len(e.Divisions))
	for _, d := range e.Divisions {
		names = append(names, term.Fit(divisionText(d), 60))
	}
	return "reaches " + few(names, 6) + ": " + extentText(e.Why)
}

// titleOf is a permission for a heading.
func titleOf(name string) string { return term.Clean(authz.Title(name)) }
