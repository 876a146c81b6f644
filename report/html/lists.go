package html

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/report"
)

// addPrincipals adds the principals by column: all, or where there are very many
// those that something is to be said about.
func (d *data) addPrincipals(doc *report.Document) {
	keep := listed(doc)
	d.row = make([]int, len(doc.Principals))
	tenants := map[string]int{}
	for i, t := range d.Tenants {
		tenants[t.Name] = i
	}
	p := &d.Principals
	*p = newPrincipals(min(len(doc.Principals), maxPrincipals))
	for i := range doc.Principals {
		if d.row[i] = -1; keep != nil && !keep[i] {
			continue
		}
		d.row[i] = len(p.ID)
		d.addPrincipal(p, &doc.Principals[i], tenants)
	}
	d.Kinds = slices.Clone(p.Kind)
	slices.Sort(d.Kinds)
	d.Kinds = slices.Compact(d.Kinds)
}

func newPrincipals(n int) principalData {
	ints := func() []int { return make([]int, 0, n) }
	texts := func() []string { return make([]string, 0, n) }
	return principalData{
		ID: texts(), Name: texts(), Email: texts(), Kind: ints(), Tenant: ints(), By: ints(), Division: ints(), State: ints(),
		Seen: make([]int64, 0, n), Flags: ints(), Roles: make([][]int, 0, n), More: ints(), Domain: ints(), Count: ints(), Elevated: ints(), Class: ints(),
	}
}

func (d *data) addPrincipal(p *principalData, r *report.Principal, tenants map[string]int) {
	flags := 0
	if !r.Live {
		flags |= 1
	}
	if !r.Acts {
		flags |= 2
	}
	if r.Disputed {
		flags |= 4
	}
	name := r.Division.Name
	if name == "" {
		name = r.Division.ID
	}
	local, domain := r.Email, ""
	if at := strings.LastIndexByte(r.Email, '@'); at >= 0 {
		local, domain = r.Email[:at], r.Email[at:]
	}
	p.ID, p.Name, p.Email, p.Domain = append(p.ID, r.ID), append(p.Name, r.Name), append(p.Email, local), append(p.Domain, d.text(domain))
	p.Kind, p.Tenant = append(p.Kind, d.text(r.Kind.String())), append(p.Tenant, tenants[r.Tenant])
	p.By, p.Division = append(p.By, d.text(r.TenantBy)), append(p.Division, d.text(name))
	p.State, p.Seen = append(p.State, d.text(r.State)), append(p.Seen, days(r.LastSeen))
	p.Flags, p.Roles = append(p.Flags, flags), append(p.Roles, d.texts(r.Assignments))
	p.More, p.Count, p.Elevated = append(p.More, r.MoreAssignments), append(p.Count, r.RoleCount), append(p.Elevated, r.Elevated)
	p.Class = append(p.Class, r.Class)
}

// listed says which principals the file lists; nil is all of them.
func listed(doc *report.Document) []bool {
	if len(doc.Principals) <= maxPrincipals {
		return nil
	}
	keep, n := make([]bool, len(doc.Principals)), 0
	add := func(i int) {
		if i >= 0 && n < maxPrincipals && !keep[i] {
			keep[i] = true
			n++
		}
	}
	for i := range doc.Findings {
		for _, p := range doc.Findings[i].People[:min(maxOfOne, len(doc.Findings[i].People))] {
			add(p)
		}
	}
	for i := range doc.Matrix.Cells {
		for _, h := range doc.Matrix.Cells[i].Holders[:min(maxHolders, len(doc.Matrix.Cells[i].Holders))] {
			add(h.Principal)
		}
	}
	for i := range doc.Clients {
		add(doc.Clients[i].Principal)
	}
	for i := range doc.Principals {
		if doc.Principals[i].Elevated > 0 {
			add(i)
		}
	}
	return keep
}

// addFindings adds the findings as they are now, and behind them those that are
// accepted and those that are fixed: a reader filters by status.
func (d *data) addFindings(doc *report.Document) {
	limit := maxOfOne
	all := len(doc.Findings) + len(doc.Accepted) + len(doc.Fixed)
	if all > 0 {
		limit = max(minPeople, min(maxOfOne, maxPeople/all))
	}
	a := adder{d: d, tenants: map[string]int{}, rules: map[string]int{}, limit: limit, all: all}
	for i, t := range d.Tenants {
		a.tenants[t.Name] = i
	}
	for i := range doc.Findings {
		f := &doc.Findings[i]
		a.finding(f, f.Status, f.Acceptance)
	}
	for i := range doc.Accepted {
		f := &doc.Accepted[i]
		a.finding(&f.Finding, "accepted", fmt.Sprintf("Accepted by %s until %s: %s", f.ApprovedBy, f.Until, f.Reason))
	}
	for i := range doc.Fixed {
		a.finding(&doc.Fixed[i], "fixed", "It was in "+doc.Baseline+", and is no more.")
	}
}

// adder adds findings one by one.
type adder struct {
	d              *data
	tenants, rules map[string]int
	limit, all     int
}

func (a *adder) finding(f *report.Finding, status, note string) {
	d := a.d
	out := findingData{
		Fingerprint: f.Fingerprint, Rule: a.rule(f), Severity: int(f.Severity), Title: d.text(f.Title), Message: f.Message, Status: status, Note: note,
		Tenants: []int{}, People: d.people(f, a.limit), Total: f.Count, Facts: []factData{}, Covers: [][4]any{}, Cut: list(f.Cut),
		CutNote: d.text(f.CutNote), Others: []int{}, Records: []int{},
	}
	for _, t := range f.Tenants {
		if at, ok := a.tenants[t]; ok {
			out.Tenants = append(out.Tenants, at)
		}
	}
	for i, p := range f.People {
		if p < 0 && i < len(f.Principals) && len(out.Others) < a.limit {
			out.Others = append(out.Others, d.text(nameOf(&f.Principals[i])))
		}
	}
	for _, r := range f.Records[:min(len(f.Records), a.limit)] {
		name := r.Name
		if name == "" {
			name = r.ID
		}
		out.Records = append(out.Records, d.text(words(r.Kind.String())+" "+name))
	}
	for _, c := range f.Covers {
		out.Covers = append(out.Covers, [4]any{c.Fingerprint, int(c.Severity), c.Rule + " " + c.Message, c.Principals})
	}
	d.addFacts(&out, f, a.all)
	d.addPicture(&out, f, len(d.Findings))
	d.Findings = append(d.Findings, out)
}

// rule returns the number of a finding's rule: parameters can make two texts of one rule.
func (a *adder) rule(f *report.Finding) int {
	key := f.Rule + "\x00" + f.Why + "\x00" + f.Fix
	n, ok := a.rules[key]
	if !ok {
		n = len(a.d.Rules)
		a.rules[key] = n
		a.d.Rules = append(a.d.Rules, ruleData{ID: f.Rule, Title: f.Title, Why: f.Why, Fix: f.Fix, Controls: list(f.Controls)})
	}
	return n
}

func nameOf(p *analyzer.PrincipalRef) string {
	if p.Name == "" {
		return p.ID
	}
	return p.Name
}

func (d *data) people(f *report.Finding, limit int) []int {
	out, at := make([]int, 0, min(limit, len(f.People))), 0
	for _, p := range f.People {
		if len(out) == limit {
			break
		}
		if p >= 0 && d.row[p] >= 0 {
			out = append(out, d.row[p]-at)
			at = d.row[p]
		}
	}
	return out
}

// addFacts adds what fired. Where there are very many findings each shows one
// fact with one derivation.
func (d *data) addFacts(out *findingData, f *report.Finding, findings int) {
	facts, chains := len(f.Facts), 1<<30
	if findings > fewFindings {
		facts, chains = min(facts, 1), 1
	}
	out.MoreFacts = len(f.Facts) - facts
	for i := range f.Facts[:facts] {
		fa := factData{Fields: [][2]int{}, Chains: []chainData{}}
		for _, fl := range f.Facts[i].Fields {
			if fl.Value != "" {
				fa.Fields = append(fa.Fields, [2]int{d.text(fl.Name), d.text(fl.Value)})
			}
		}
		for _, c := range f.Facts[i].Chains[:min(chains, len(f.Facts[i].Chains))] {
			fa.Chains = append(fa.Chains, d.chain(c))
		}
		out.Facts = append(out.Facts, fa)
	}
}

func (d *data) chain(c report.Chain) chainData {
	out := chainData{Links: [][3]int{}, Because: d.texts(c.Because)}
	for i, l := range c.Links {
		label := l.Label
		if i == 0 {
			label = ""
		}
		out.Links = append(out.Links, [3]int{d.text(label), d.text(l.Name), d.text(l.Detail)})
	}
	return out
}
