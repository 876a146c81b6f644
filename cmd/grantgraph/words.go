package main

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// timeText is how tables show a moment, always in UTC.
const timeText = "2006-01-02 15:04 UTC"

// count says how many of something there are: "1 principal", "7 principals".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if strings.HasSuffix(one, "y") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(one, "y"))
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// kindWord is what people call a kind.
func kindWord(k authz.Kind) string {
	switch k {
	case authz.KindClient:
		return "OAuth client"
	case authz.KindTrusteeUser:
		return "authorized user"
	case authz.KindTrusteeGroup:
		return "authorized group"
	case authz.KindTrusteeOrganization, authz.KindTrust:
		return "authorized organization"
	case authz.KindAccessPolicy:
		return "access policy"
	default:
		return k.String()
	}
}

// display is the name of a record for people: its id where it has no name.
func display(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// whoText is a principal on one line.
func whoText(r analyzer.PrincipalRef) string {
	name := display(r.Name, r.ID)
	switch {
	case !r.Known:
		return "unknown " + kindWord(r.Kind) + " " + r.ID
	case r.Email != "" && r.Email != name:
		return name + " <" + r.Email + ">"
	default:
		return name
	}
}

// refArg names a principal on a command line, so that it means this one.
func refArg(r analyzer.PrincipalRef) string {
	kind := r.Kind.String()
	if r.Kind == authz.KindClient {
		kind = "client"
	}
	if r.Kind == authz.KindUser && r.Email != "" {
		return shellQuote(kind + ":" + r.Email)
	}
	return shellQuote(kind + ":" + r.ID)
}

// shellQuote returns a word as a shell takes it.
func shellQuote(s string) string {
	s = term.Clean(s)
	plain := func(r rune) bool {
		return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9') || strings.ContainsRune("_-.:@/,+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// divisionText is a division for people.
func divisionText(d analyzer.Named) string {
	if d.ID == authz.AllDivisions {
		return "all divisions (now and future)"
	}
	return display(d.Name, d.ID)
}

// extentText says why a role assignment reaches a division.
func extentText(e graph.Extent) string {
	switch e {
	case graph.ExtentDivision:
		return "assigned in that division"
	case graph.ExtentAllDivisions:
		return "assigned in all divisions (now and future)"
	case graph.ExtentNotAware:
		return "not division aware: no division limits it"
	case graph.ExtentAdmin:
		return "General > Admin: total control"
	default:
		return "nobody can tell from the snapshot whether divisions limit it"
	}
}

// reachStyle colours a reach by how far it goes.
func reachStyle(l graph.Level) term.Style {
	switch l {
	case graph.Whole:
		return term.Red
	case graph.Conditional:
		return term.Yellow
	default:
		return ""
	}
}

// counted returns a number of things whose plural is given.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
