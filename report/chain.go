package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// holderName says whose derivation a fact's reasons are: the principal that its
// fields name, or the finding's only one, or how many share it.
func holderName(fields []rules.Field, of *Finding) string {
	for _, f := range fields {
		switch f.Name {
		case "principal", "subject_name", "holder":
			if f.Value != "" {
				return f.Value
			}
		}
	}
	if len(of.Principals) == 0 {
		return "a principal"
	}
	first := nameOr(of.Principals[0].Name, of.Principals[0].ID)
	if of.Count == 1 {
		return first
	}
	return fmt.Sprintf("%s, and %d more", first, of.Count-1)
}

// chain turns a derivation into links: the holder, each step, what is reached.
func chain(holder string, r *analyzer.ExplainedReason) Chain {
	c := Chain{Reach: r.Reach, Because: r.Because, Links: []Link{{Kind: "principal", Label: "principal", Name: holder}}}
	var extent *analyzer.StepExtent
	for i := range r.Steps {
		c.Links = append(c.Links, link(&r.Steps[i])...)
		if e := r.Steps[i].Extent; e != nil {
			extent = e
		}
	}
	return withReach(c, r.Permission, extent)
}

func withReach(c Chain, permission string, e *analyzer.StepExtent) Chain {
	end := Link{Kind: "reach", Label: "reaches (" + c.Reach.String() + ")", Name: permission}
	if e != nil {
		var names []string
		for _, d := range e.Divisions {
			names = append(names, nameOr(d.Name, d.ID))
		}
		end.Name += " @ " + strings.Join(names, ", ")
		end.Detail = extentText(e.Why)
	}
	c.Links = append(c.Links, end)
	return c
}

func extentText(e graph.Extent) string {
	switch e {
	case graph.ExtentDivision:
		return "assigned in this division"
	case graph.ExtentAllDivisions:
		return "assigned in all divisions"
	case graph.ExtentNotAware:
		return "not division aware: no division limits this permission"
	case graph.ExtentAdmin:
		return "General > Admin: total control"
	case graph.ExtentUnknown:
		return "how far it reaches cannot be known from the snapshot"
	default:
		return string(e)
	}
}

func link(s *analyzer.Step) []Link {
	name := nameOr(s.Record.Name, s.Record.ID)
	switch s.Kind {
	case "member":
		return []Link{{Kind: s.Kind, Label: "member of group", Name: name}}
	case "owner":
		return []Link{{Kind: s.Kind, Label: "owner of group", Name: name}}
	case "team":
		return []Link{{Kind: s.Kind, Label: "member of team", Name: name}}
	case "grant":
		return grantLinks(s, name)
	case "inherits":
		return []Link{{Kind: s.Kind, Label: "inherits from role", Name: name}}
	case "policy":
		return []Link{{Kind: s.Kind, Label: "permission", Name: permissionText(s.Permission), Detail: policyDetail(s)}}
	case "scope":
		return []Link{{Kind: s.Kind, Label: "narrowed by scope", Name: s.Detail}}
	case "condition":
		return []Link{{Kind: s.Kind, Label: "narrowed by condition", Name: s.Detail}}
	case "access_policy":
		return []Link{{Kind: s.Kind, Label: "access policy", Name: name, Detail: s.Detail}}
	case "trust":
		return []Link{{Kind: s.Kind, Label: "trust with organization", Name: name}}
	default:
		return []Link{{Kind: s.Kind, Label: strings.ReplaceAll(s.Kind, "_", " "), Name: name, Detail: s.Detail}}
	}
}

// grantLinks tells a role assignment: the role, and where it is assigned.
func grantLinks(s *analyzer.Step, name string) []Link {
	l := Link{Kind: "grant", Label: "role assignment", Name: name, Detail: s.Detail}
	if s.Role != nil {
		l.Name = nameOr(s.Role.Name, s.Role.ID)
		if s.Division != nil {
			l.Name += " in " + nameOr(s.Division.Name, s.Division.ID)
		}
	}
	if s.MadeAt != nil {
		l.Detail = strings.TrimPrefix(l.Detail+"; made "+s.MadeAt.UTC().Format(time.DateOnly), "; ")
	}
	return []Link{l}
}

func permissionText(id string) string {
	if id == "" {
		return "unknown"
	}
	return id
}

// policyDetail is the permission as the platform's pages write it, and what
// else there is to say of the line.
func policyDetail(s *analyzer.Step) string {
	switch {
	case s.Permission == "":
		return s.Detail
	case s.Detail == "":
		return authz.Title(s.Permission)
	default:
		return authz.Title(s.Permission) + "; " + s.Detail
	}
}

// Text is the chain on one line.
func (c Chain) Text() string {
	parts := make([]string, len(c.Links))
	for i, l := range c.Links {
		parts[i] = l.Name
		if l.Kind != "principal" {
			parts[i] = l.Label + " " + l.Name
		}
		if l.Detail != "" {
			parts[i] += " (" + l.Detail + ")"
		}
	}
	return strings.Join(parts, " → ")
}
