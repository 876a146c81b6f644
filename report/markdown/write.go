package markdown

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

const (
	// maxPeople is how many principals of a finding are named.
	maxPeople = 10
	// maxDetailed is how many findings are spelled out: a ticket is for people.
	// The others are a line each in the table.
	maxDetailed = 50
	// maxListed is how many findings the table has.
	maxListed = 1000
)

// Write writes a document as GitHub flavoured Markdown.
func Write(w io.Writer, d *report.Document) error {
	p := &printer{w: bufio.NewWriter(w), d: d}
	p.head()
	p.unknown()
	p.verdicts()
	p.table()
	p.details()
	p.accepted()
	p.fixed()
	p.foot()
	if p.err == nil {
		p.err = p.w.Flush()
	}
	if p.err != nil {
		return fmt.Errorf("writing report as Markdown: %w", p.err)
	}
	return nil
}

// printer keeps the first error.
type printer struct {
	w   *bufio.Writer
	d   *report.Document
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) head() {
	var names []string
	for _, o := range p.d.Snapshot.Organizations {
		names = append(names, escape(o.Name))
	}
	p.line("# Effective access: %s\n", strings.Join(names, ", "))
	p.line("Snapshot `%s`, taken %s. %s\n", p.d.Snapshot.ID, p.d.Snapshot.TakenAt.UTC().Format("2006-01-02 15:04 UTC"), totals(p.d.Totals))
	if p.d.Assumed {
		p.line("No configuration names the tenants: they were guessed from the divisions.\n")
	}
}

func totals(t rules.Totals) string {
	return fmt.Sprintf("Findings: %d critical, %d high, %d medium, %d low, %d info; %d accepted, %d covered by another one.",
		t.Critical, t.High, t.Medium, t.Low, t.Info, t.Accepted, t.Covered)
}

// unknown stands before everything that it could change.
func (p *printer) unknown() {
	gaps := p.d.Head.Coverage.Gaps
	if len(gaps) == 0 && len(p.d.Undetermined) == 0 {
		return
	}
	p.line("## What is not known\n")
	for _, g := range gaps {
		missing := ""
		if g.MissingPermission != "" {
			missing = fmt.Sprintf(" (missing permission %s)", escape(g.MissingPermission))
		}
		p.line("- **%s**: %s: %s%s", escape(string(g.Kind)), g.Status, escape(g.Reason), missing)
	}
	if n := len(p.d.Undetermined); n > 0 {
		p.line("- %d things are not determined: `grantgraph report --form json` lists them", n)
	}
	p.line("")
}

func (p *printer) verdicts() {
	if len(p.d.Verdicts) == 0 {
		return
	}
	p.line("## Tenants\n")
	p.line("| tenant | standing | from outside | allowed | organization-wide | worst finding |")
	p.line("|---|---|---:|---:|---:|---|")
	for i := range p.d.Verdicts {
		v := &p.d.Verdicts[i]
		worst := "none"
		if v.Worst != 0 {
			worst = v.Worst.String()
		}
		p.line("| %s | %s | %d | %d | %d | %s |", escape(v.Tenant), v.Standing, v.Outside, v.Allowed, v.OrganizationWide, worst)
	}
	p.line("")
}

func (p *printer) table() {
	p.line("## Findings\n")
	if len(p.d.Findings) == 0 {
		p.line("None.\n")
		return
	}
	p.line("| severity | rule | status | principals | what |")
	p.line("|---|---|---|---:|---|")
	for i := range p.d.Findings[:min(maxListed, len(p.d.Findings))] {
		f := &p.d.Findings[i]
		p.line("| %s | %s | %s | %d | %s |", f.Severity, escape(f.Rule), escape(f.Status), f.Count, escape(f.Message))
	}
	p.line("")
	if left := len(p.d.Findings) - maxListed; left > 0 {
		p.line("%d more findings are not listed here: `grantgraph report --form json` has all.\n", left)
	}
}

func (p *printer) details() {
	if len(p.d.Findings) == 0 {
		return
	}
	p.line("## What to do\n")
	for i := range p.d.Findings[:min(maxDetailed, len(p.d.Findings))] {
		p.finding(&p.d.Findings[i])
	}
	if left := len(p.d.Findings) - maxDetailed; left > 0 {
		p.line("%d more findings are in the table only.\n", left)
	}
}

func (p *printer) finding(f *report.Finding) {
	p.line("### %s %s: %s\n", f.Severity, escape(f.Rule), escape(f.Title))
	p.line("%s\n", escape(f.Message))
	p.line("- Why: %s", escape(f.Why))
	p.line("- Fix: %s", escape(f.Fix))
	for _, c := range f.Cut {
		p.line("- Smallest change: %s", escape(c))
	}
	if len(f.Principals) > 0 {
		p.line("- Who: %s", people(f))
	}
	if path := firstPath(f); path != "" {
		p.line("- Path: %s", escape(path))
	}
	if len(f.Controls) > 0 {
		p.line("- Controls: %s", escape(strings.Join(f.Controls, ", ")))
	}
	for _, c := range f.Covers {
		p.line("- With it: %s %s: %s", c.Severity, escape(c.Rule), escape(c.Message))
	}
	p.line("- Finding: `%s`\n", f.Fingerprint)
}

func firstPath(f *report.Finding) string {
	for _, fact := range f.Facts {
		if len(fact.Chains) > 0 {
			return fact.Chains[0].Text()
		}
	}
	return ""
}

func people(f *report.Finding) string {
	var names []string
	for i := range f.Principals {
		if i == maxPeople {
			break
		}
		r := &f.Principals[i]
		name := r.Name
		if name == "" {
			name = r.ID
		}
		if r.Tenant != "" {
			name += " (" + r.Tenant + ")"
		}
		names = append(names, escape(name))
	}
	s := strings.Join(names, ", ")
	if left := f.Count - len(names); left > 0 {
		s += fmt.Sprintf(" and %d more", left)
	}
	return s
}

func (p *printer) accepted() {
	if len(p.d.Accepted) == 0 {
		return
	}
	p.line("## Accepted\n")
	p.line("| severity | rule | principals | what | reason | approved by | until |")
	p.line("|---|---|---:|---|---|---|---|")
	for i := range p.d.Accepted[:min(maxListed, len(p.d.Accepted))] {
		a := &p.d.Accepted[i]
		p.line("| %s | %s | %d | %s | %s | %s | %s |", a.Severity, escape(a.Rule), a.Count, escape(a.Message), escape(a.Reason), escape(a.ApprovedBy), escape(a.Until))
	}
	p.line("")
	if left := len(p.d.Accepted) - maxListed; left > 0 {
		p.line("%d more accepted findings are not listed here.\n", left)
	}
}

// fixed lists what the earlier snapshot had and this one has not.
func (p *printer) fixed() {
	if p.d.Baseline == "" {
		return
	}
	p.line("## Fixed since `%s`\n", p.d.Baseline)
	if len(p.d.Fixed) == 0 {
		p.line("Nothing.\n")
		return
	}
	p.line("| severity | rule | principals | what |")
	p.line("|---|---|---:|---|")
	for i := range p.d.Fixed[:min(maxListed, len(p.d.Fixed))] {
		f := &p.d.Fixed[i]
		p.line("| %s | %s | %d | %s |", f.Severity, escape(f.Rule), f.Count, escape(f.Message))
	}
	p.line("")
	if left := len(p.d.Fixed) - maxListed; left > 0 {
		p.line("%d more fixed findings are not listed here.\n", left)
	}
}

func (p *printer) foot() {
	var packs []string
	for _, k := range p.d.Packs {
		packs = append(packs, fmt.Sprintf("%s %d (`%.12s`)", escape(k.Name), k.Version, k.Digest))
	}
	p.line("---\n")
	p.line("%s; seal `%s`; content digest `%s`; configuration `%s`; rule packs: %s.", escape(p.d.Tool), p.d.Snapshot.Seal, p.d.Digest, p.d.ConfigDigest, strings.Join(packs, ", "))
	for _, v := range p.d.Deviations {
		p.line("\nDeviation: %s %s.", escape(v.Rule), escape(v.What))
	}
	for _, n := range p.d.Notes {
		p.line("\nNote: %s.", escape(n))
	}
}
