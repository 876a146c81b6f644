package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A law is one rule of the access model: a small organization in the language
// of authztest, and what follows from it. The statements are
//
//	WHO PERMISSION DIVISION = REACH          none, limited with what, conditional or whole; "?" is unresolved
//	WHO PERMISSION DIVISION because WORD…    why the widest reasons are no wider
//	WHO PERMISSION DIVISION by PATH, PATH    every reason: groups from the inside out, role@division, inherited roles
//	WHO PERMISSION DIVISION marked ID…       the access policies that its reasons name
//	undetermined PERMISSION DIVISION = SUBJECT ROLE@DIVISION, …
//	dangling = SUBJECT ROLE@DIVISION without WHAT, …
//	acting = …   dormant = …   delegated = …   divisions = …   gaps = …
//	classes = ID+ID ID                        which principals are equal
type law struct {
	name    string
	org     string
	options askedOptions
	says    []string
}

func uphold(t *testing.T, laws []law) {
	t.Helper()
	seen := map[string]bool{}
	for _, l := range laws {
		if seen[l.name] {
			t.Errorf("two laws are called %q", l.name)
		}
		seen[l.name] = true
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			a := mustAsk(t, l.org, l.options)
			for _, s := range l.says {
				a.uphold(t, s)
			}
			a.agree(t)
		})
	}
}

// agree compares everything else that both evaluators say of the organization:
// who, reasons and rows for each permission and division, and the classes.
func (a *asked) agree(t *testing.T) {
	t.Helper()
	both := &agreement{g: a.g, ref: a.ref}
	both.principals()
	both.classes()
	both.organization(a.org)
	for _, d := range both.out {
		t.Error(d)
	}
}

func (a *asked) uphold(t *testing.T, statement string) {
	t.Helper()
	if what, want, found := strings.Cut(statement, "= "); found || strings.HasSuffix(statement, "=") {
		what = strings.TrimSpace(strings.TrimSuffix(what, "="))
		if got, general := a.general(t, what); general {
			if got != want {
				t.Errorf("%s = %s; want %s", what, got, want)
			}
			return
		}
		for _, wrong := range a.check(a.mustRead(t, what), want) {
			t.Errorf("%s: %s", what, wrong)
		}
		return
	}
	for word, say := range map[string]func(question) string{" because ": a.because, " by ": a.by, " marked ": a.marked} {
		if what, want, found := strings.Cut(statement, word); found {
			if got := say(a.mustRead(t, what)); got != want {
				t.Errorf("%s%s%s; want %s", what, word, got, want)
			}
			return
		}
	}
	t.Errorf("statement %q cannot be read", statement)
}

func (a *asked) mustRead(t *testing.T, text string) question {
	t.Helper()
	q, err := a.question(text)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// general answers what is not about one principal.
func (a *asked) general(t *testing.T, what string) (string, bool) {
	t.Helper()
	words := strings.Fields(what)
	switch words[0] {
	case "acting":
		return a.listed(a.g.Acting().Has), true
	case "dormant":
		return a.listed(a.g.DormantPrincipals().Has), true
	case "delegated":
		return a.listed(func(p uint32) bool { return !a.g.Principal(p).Acts }), true
	case "divisions":
		return a.divisionList(), true
	case "dangling":
		return a.dangling(), true
	case "classes":
		return a.classes(), true
	case "gaps":
		return a.gaps(), true
	case "undetermined":
		q := a.mustRead(t, "user:anybody "+strings.Join(words[1:], " "))
		return a.undetermined(q), true
	default:
		return "", false
	}
}

func (a *asked) listed(has func(uint32) bool) string {
	var out []string
	for p := range a.g.Principals() {
		if k := a.g.Principal(uint32(p)).Key; k.Org == a.org && has(uint32(p)) {
			out = append(out, k.String())
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (a *asked) divisionList() string {
	var out []string
	for d := range a.g.DivisionsOf(a.org).All() {
		out = append(out, a.g.Divisions()[d].Key.ID)
	}
	return strings.Join(out, " ")
}

func (a *asked) classes() string {
	var out []string
	for _, c := range a.g.Classes(nil) {
		var ids []string
		for _, p := range c.Members {
			ids = append(ids, a.g.Principal(p).Key.ID)
		}
		slices.Sort(ids)
		out = append(out, strings.Join(ids, "+"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (a *asked) gaps() string {
	var out []string
	for _, c := range a.g.Coverage() {
		if c.IsGap() {
			out = append(out, fmt.Sprintf("%s %s", c.List, c.Status))
		}
	}
	return strings.Join(out, ", ")
}

func (a *asked) dangling() string {
	var out []string
	for _, d := range a.g.Dangling() {
		text := fmt.Sprintf("%s %s@%s without", d.Subject, d.Role, d.Division)
		for _, lacks := range []struct {
			missing bool
			what    string
		}{{d.MissingSubject, " subject"}, {d.MissingRole, " role"}, {d.MissingDivision, " division"}} {
			if lacks.missing {
				text += lacks.what
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (a *asked) undetermined(q question) string {
	var out []string
	for _, u := range a.g.Undetermined(graph.Query{Org: a.org, Permissions: []graph.Perm{a.g.Perm(a.org, q.perm)}, Divisions: a.divisions(q.division)}) {
		subject := "any"
		if u.Subject != (authz.Key{}) {
			subject = u.Subject.String()
		}
		if u.Role != "" {
			subject += " " + u.Role + "@" + u.Division
		}
		out = append(out, subject)
	}
	return strings.Join(out, ", ")
}

// because unites why the widest reasons are no wider.
func (a *asked) because(q question) string {
	var level graph.Level
	var why graph.Because
	for _, r := range a.reasons(q) {
		if r.Level > level {
			level, why = r.Level, 0
		}
		if r.Level == level {
			why |= r.Because
		}
	}
	var out []string
	for _, w := range []struct {
		bit  graph.Because
		word string
	}{
		{graph.BecauseUnknownAwareness, "awareness"},
		{graph.BecauseGroupNotEnabled, "group"},
		{graph.BecauseScope, "scope"},
		{graph.BecauseCondition, "condition"},
		{graph.BecauseAccessPolicy, "policy"},
		{graph.BecauseRoleMissing, "role"},
		{graph.BecauseTrust, "trust"},
	} {
		if why&w.bit != 0 {
			out = append(out, w.word)
		}
	}
	return strings.Join(out, " ")
}

// by tells every reason, in the order in which people see them.
func (a *asked) by(q question) string {
	var out []string
	for _, r := range a.reasons(q) {
		out = append(out, a.path(r))
	}
	return strings.Join(out, ", ")
}

func (a *asked) path(r graph.Reason) string {
	if r.Trust != "" {
		return "trust " + r.Trust
	}
	var steps []string
	for _, h := range r.Path {
		step := a.g.NodeKey(h.Into).ID
		if h.Owner {
			step = "owner of " + step
		}
		steps = append(steps, step)
	}
	division := authz.AllDivisions
	if r.Grant.Division != graph.AnyDivision {
		division = a.g.Divisions()[r.Grant.Division].Key.ID
	}
	steps = append(steps, a.g.Role(r.Grant.Role).Key.ID+"@"+division)
	for _, role := range r.Inherits {
		steps = append(steps, a.g.Role(role).Key.ID)
	}
	switch {
	case r.Missing != "":
		steps = append(steps, "missing "+r.Missing)
	case r.Legacy != "":
		steps = append(steps, "legacy "+r.Legacy)
	}
	return strings.Join(steps, " > ")
}

func (a *asked) marked(q question) string {
	var out []string
	for _, r := range a.reasons(q) {
		for _, p := range r.AccessPolicies {
			out = append(out, p.ID)
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}
