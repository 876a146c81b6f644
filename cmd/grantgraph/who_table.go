package main

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// whoTable shows a [analyzer.WhoAnswer] to a person.
type whoTable struct {
	m *analyzer.Model
	a *analyzer.WhoAnswer
	o whoOptions
	t analyzer.Target
}

func newWhoTable(m *analyzer.Model, a *analyzer.WhoAnswer, t analyzer.Target, o whoOptions) whoTable {
	return whoTable{m: m, a: a, o: o, t: t}
}

func (w whoTable) print(t *term.Printer) {
	outsiders, own := w.split()
	t.Line(t.Paint(term.Bold, w.headline(len(outsiders), len(own))))
	provenance(t, w.a.Head)
	listed := outsiders
	if w.o.all || w.t.Tenant < 0 {
		listed = append(listed, own...)
	}
	w.principals(t, listed)
	w.organizationWide(t)
	w.delegated(t)
	missing(t, w.o.view, w.a.Head)
	w.next(t, listed, len(listed) < len(outsiders)+len(own))
}

// split returns the answers from outside the target's tenant, the worst first,
// and its own.
func (w whoTable) split() (outsiders, own []int) {
	for _, i := range w.a.Worst() {
		if w.a.Answers[i].Outside {
			outsiders = append(outsiders, i)
		} else {
			own = append(own, i)
		}
	}
	return outsiders, own
}

// headline is the answer in one line.
func (w whoTable) headline(outside, own int) string {
	name := term.Fit(display(w.a.Question.Target.Name, w.a.Question.Target.ID), 60)
	do := w.a.Question.Verb + " it"
	if _, ok := w.m.Lexicon.Verb(w.o.verb); !ok {
		do = "do " + term.Clean(authz.Title(w.a.Question.Verb)) + " (" + term.Clean(w.a.Question.Verb) + ") there"
	}
	if w.t.Tenant < 0 {
		return fmt.Sprintf("%s %s %s: %s (it belongs to no tenant)", count(own, "principal"), w.a.Question.Mode, do, name)
	}
	s := fmt.Sprintf("%s from outside %s %s %s%s", count(outside, "principal"), w.outsideOf(name), w.a.Question.Mode, do, w.throughNothing())
	if own == 0 && (w.o.from != "" || w.o.outside != "") {
		return s // the tenant's own were not asked for: none listed does not mean none
	}
	s += fmt.Sprintf("; %d of its own", own)
	if !w.o.all && own > 0 {
		s += " (--all lists them)"
	}
	return s
}

// throughNothing counts the outsiders that no division stops, and those that
// cannot today, if there are any.
func (w whoTable) throughNothing() string {
	n, steps := 0, 0
	for _, r := range w.a.Answers {
		switch {
		case !r.Outside:
		case r.Hops > 0:
			steps++
		case r.Through == analyzer.ThroughOrganization:
			n++
		}
	}
	var parts []string
	if steps > 0 {
		parts = append(parts, fmt.Sprintf("%d of them cannot today", steps))
	}
	if n > 0 {
		parts = append(parts, fmt.Sprintf("%d of them only by permissions that no division limits", n))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// outsideOf names what outsiders are outside of: the tenant of the target.
func (w whoTable) outsideOf(target string) string {
	tenant := term.Fit(w.m.Tenants.Tenants[w.t.Tenant].Name, 60)
	if strings.EqualFold(tenant, target) {
		return target
	}
	return fmt.Sprintf("%s, to whom %s %s belongs,", tenant, kindWord(w.a.Question.Target.Kind), target)
}

func (w whoTable) principals(t *term.Printer, listed []int) {
	if len(listed) == 0 {
		return
	}
	t.Line()
	shown := w.o.shown(len(listed))
	table := term.Table{Head: []string{"PRINCIPAL", "KIND", "TENANT", "REACH", "VIA"}, Max: []int{48, 24, 24, 0, 90}}
	if w.o.could {
		table.Head, table.Max = append(table.Head, "HOPS"), append(table.Max, 0)
	}
	orgs := w.organizations()
	if len(orgs) > 1 {
		table.Head, table.Max = append(table.Head, "ORGANIZATION"), append(table.Max, 32)
	}
	detailed := w.o.permissions || w.o.reasons.value != "none"
	for _, i := range listed[:shown] {
		r := w.a.Answers[i]
		row := []term.Cell{
			term.C(whoText(r.Principal)), term.C(kindWord(r.Principal.Kind)), term.C(w.tenantText(r)),
			{Text: reachText(r), Style: reachStyle(r.Reach)},
			term.C(w.via(r).text),
		}
		if w.o.could {
			row = append(row, number(r.Hops))
		}
		if len(orgs) > 1 {
			row = append(row, term.C(orgs[r.Principal.Org]))
		}
		table.Add(row...)
	}
	t.Table(&table)
	leftOut(t, len(listed)-shown, "")
	if detailed {
		w.details(t, listed[:shown])
	}
}

// organizations returns the names of the snapshot's organizations, by id.
func (w whoTable) organizations() map[string]string {
	out := map[string]string{}
	for _, o := range w.a.Snapshot.Organizations {
		out[o.ID] = display(o.Name, o.ID)
	}
	return out
}

func (w whoTable) tenantText(r analyzer.WhoRow) string {
	if r.Principal.External {
		return r.Principal.Tenant + " (external)"
	}
	return r.Principal.Tenant
}

func reachText(r analyzer.WhoRow) string {
	if r.Dormant {
		return r.Reach.String() + ", dormant"
	}
	return r.Reach.String()
}

// details prints permissions and reasons, principal by principal.
func (w whoTable) details(t *term.Printer, listed []int) {
	rows := make([]analyzer.WhoRow, len(listed))
	for n, i := range listed {
		rows[n] = w.a.Answers[i]
	}
	w.m.Fill(w.a, rows)
	for _, r := range rows {
		t.Line()
		t.Line(t.Paint(term.Bold, term.Fit(whoText(r.Principal), 80)))
		for _, x := range r.Permissions[:w.o.shown(len(r.Permissions))] {
			t.Line("  ", permissionText(x.Permission), "  ", x.Reach.String())
		}
		leftOut(t, len(r.Permissions)-w.o.shown(len(r.Permissions)), "  ")
		for n, reason := range r.Reasons[:w.o.shown(len(r.Reasons))] {
			printReason(t, r.Principal, reason, n+1)
		}
		leftOut(t, len(r.Reasons)-w.o.shown(len(r.Reasons)), "  ")
	}
}

// permissionText is a permission as the platform's pages write it, with its id.
func permissionText(name string) string {
	return term.Clean(authz.Title(name)) + " (" + term.Clean(name) + ")"
}

func (w whoTable) organizationWide(t *term.Printer) {
	list := w.a.OrganizationWide
	if len(list) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Organization-wide"), ": permissions that no division limits, by role")
	shown := min(len(list), w.o.shown(len(list)), 8)
	if w.o.limit == 0 {
		shown = len(list)
	}
	table := term.Table{Head: []string{"ROLE", "PRINCIPALS", "EXTERNAL", "PERMISSIONS"}, Max: []int{48, 0, 0, 80}}
	for _, x := range list[:shown] {
		table.Add(term.C(display(x.Role.Name, x.Role.ID)), number(x.Principals), number(x.External), term.C(few(x.Permissions, 3)))
	}
	t.Table(&table)
	leftOut(t, len(list)-shown, "")
	if len(w.a.Baseline) > 0 {
		t.Line("Every live principal holds ", few(cleanAll(w.a.Baseline), 6))
	}
}

func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = term.Clean(s)
	}
	return out
}

func number(n int) term.Cell { return term.Cell{Text: fmt.Sprint(n), Right: true} }

// few names the first of a list and counts the others.
func few(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}

func (w whoTable) delegated(t *term.Printer) {
	list := w.a.Delegated
	if len(list) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Delegated"), ": ", count(len(list), "OAuth client"), " without access of their own: each acts as any user who signs in")
	shown := min(w.o.shown(len(list)), 8)
	if w.o.limit == 0 {
		shown = len(list)
	}
	for _, d := range list[:shown] {
		scopes := "no scopes stated"
		if len(d.Scopes) > 0 {
			scopes = "scopes " + few(d.Scopes, 4)
		}
		t.Line("  ", term.Fit(whoText(d.Client), 60), ": ", term.Fit(scopes, 80), enforcedText(d.Enforced))
	}
	leftOut(t, len(list)-shown, "  ")
}

func enforcedText(enforced string) string {
	if enforced == "enforced" {
		return " (enforced)"
	}
	return " (not known to be enforced)"
}

// next says what to ask after this answer.
func (w whoTable) next(t *term.Printer, listed []int, more bool) {
	target := shellQuote(w.o.target)
	var lines []string
	if len(listed) > 0 {
		r := w.a.Answers[listed[0]]
		if v := w.via(r); v.permission != "" {
			lines = append(lines, fmt.Sprintf("grantgraph explain %s %s %s", refArg(r.Principal), shellQuote(v.permission), target))
		}
		lines = append(lines, "grantgraph access "+refArg(r.Principal))
	}
	if more || len(listed) > w.o.shown(len(listed)) {
		lines = append(lines, fmt.Sprintf("grantgraph who %s %s %s -o csv", w.a.Question.Mode, shellQuote(w.o.verb), target))
	}
	w.o.next(t, lines)
}

// tryLines prints commands that are worth a try.
func tryLines(t *term.Printer, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Next"), ":")
	for _, l := range lines {
		t.Line("  ", l)
	}
}
