package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

// shownGaps is how many undetermined entries and gaps the summary spells out.
const shownGaps = 40

// page writes the summary from top to bottom. Its first error sticks.
type page struct {
	b   *book
	row int
	err error
}

// at returns the name of a cell of the current row.
func (p *page) at(col int) string {
	name, err := excelize.CoordinatesToCellName(col, p.row)
	p.keep(err)
	return name
}

func (p *page) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}

// set writes a value; a style of 0 is none.
func (p *page) set(col int, v any, style int) {
	at := p.at(col)
	if s, ok := v.(string); ok {
		p.keep(p.b.f.SetCellStr(summarySheet, at, text(s)))
	} else {
		p.keep(p.b.f.SetCellValue(summarySheet, at, v))
	}
	if style > 0 {
		p.keep(p.b.f.SetCellStyle(summarySheet, at, at, style))
	}
}

func (p *page) heading(s string) {
	p.row += 2
	p.set(1, s, p.b.style.heading)
	first, last := p.at(1), p.at(7)
	p.keep(p.b.f.SetCellStyle(summarySheet, first, last, p.b.style.heading))
}

func (p *page) headRow(titles ...string) {
	p.row++
	for i, t := range titles {
		p.set(i+1, t, p.b.style.head)
	}
}

func (p *page) fact(label string, v any) {
	p.row++
	p.set(1, label, p.b.style.label)
	style := 0
	if _, ok := v.(int); ok {
		style = p.b.style.count
	}
	p.set(2, v, style)
}

// wide writes a sentence over the page's width.
func (p *page) wide(s string, style int) {
	p.row++
	p.set(1, s, style)
	first, last := p.at(1), p.at(7)
	p.keep(p.b.f.MergeCell(summarySheet, first, last))
	lines := len(s)/155 + 1 + strings.Count(s, "\n")
	p.keep(p.b.f.SetRowHeight(summarySheet, p.row, float64(min(lines, 20))*15))
}

func (b *book) summary() error {
	p := &page{b: b}
	for i, width := range []float64{34, 64, 14, 14, 18, 16, 30} {
		col, err := excelize.ColumnNumberToName(i + 1)
		p.keep(err)
		p.keep(b.f.SetColWidth(summarySheet, col, col, width))
	}
	p.keep(b.paper(summarySheet))
	p.top()
	p.unknown()
	p.verdicts()
	p.findings()
	p.grid()
	p.contents()
	if p.err != nil {
		return fmt.Errorf("sheet %s: %w", summarySheet, p.err)
	}
	return nil
}

func (p *page) top() {
	d := p.b.d
	p.row = 1
	p.set(1, "Effective access report", p.b.style.title)
	var names []string
	for _, o := range d.Snapshot.Organizations {
		names = append(names, nameOr(o.Name, o.ID))
	}
	p.fact("Organization", strings.Join(names, ", "))
	p.row++
	p.set(1, "Snapshot taken (UTC)", p.b.style.label)
	p.set(2, d.Snapshot.TakenAt.UTC(), p.b.style.moment)
	p.fact("Live principals", d.Counts.Live)
	p.fact("Of external tenants", d.Counts.External)
	p.fact("Classes of equal access", len(d.Classes))
	p.fact("Hold everything, or could", d.Escalation.Sources)
}

// unknown says what is not known, before anything else is claimed.
func (p *page) unknown() {
	d := p.b.d
	p.heading("What is not known")
	for _, n := range d.Notes {
		p.wide("Note: "+n, p.b.style.warn)
	}
	gaps := d.Head.Coverage.Gaps
	if len(gaps) == 0 && len(d.Undetermined) == 0 {
		p.wide("The snapshot has every list that these answers need, and nothing was left undetermined.", p.b.style.wrap)
		return
	}
	for i, g := range gaps {
		if i == shownGaps {
			p.wide(fmt.Sprintf("%d more gaps: see the sheet Coverage.", len(gaps)-i), p.b.style.warn)
			break
		}
		p.wide(fmt.Sprintf("Gap: %s: %s (%s); touches %s", g.Kind, g.Status, g.Reason, strings.Join(g.Touches, ", ")), p.b.style.warn)
	}
	for i, u := range d.Undetermined {
		if i == shownGaps {
			p.wide(fmt.Sprintf("%d more entries: see the sheet Undetermined.", len(d.Undetermined)-i), p.b.style.warn)
			break
		}
		p.wide(fmt.Sprintf("Undetermined: %s %s %s: %s", u.Subject, u.Role, u.Division, u.Why), p.b.style.warn)
	}
}

func (p *page) verdicts() {
	p.heading("Who reaches each tenant from outside")
	p.headRow("Tenant", "Verdict", "Outside", "Allowed", "Organization-wide", "Widest reach", "Worst finding")
	for i := range p.b.d.Verdicts {
		v := &p.b.d.Verdicts[i]
		p.row++
		p.set(1, v.Tenant, p.b.style.wrap)
		p.link(1, "Tenant matrix", 1)
		p.set(2, standingText(v.Standing), p.b.style.wrap)
		p.set(3, v.Outside, p.b.style.number)
		p.set(4, v.Allowed, p.b.style.number)
		p.set(5, v.OrganizationWide, p.b.style.number)
		p.set(6, reach(v.Widest), p.b.style.wrap)
		if v.Worst > 0 {
			p.set(7, v.Worst.String()+" "+v.WorstFinding, p.b.style.link) // some programs show links in blue on any paper
			p.link(7, "Findings", p.b.findingRow[v.WorstFinding])
		}
		p.wide(v.Sentence, p.b.style.wrap)
	}
}

// link makes a cell of the current row lead to a row of a sheet.
func (p *page) link(col int, sheet string, row int) {
	p.keep(p.b.f.SetCellHyperLink(summarySheet, p.at(col), target(sheet, max(row, 1)), "Location"))
}

func standingText(s report.Standing) string {
	switch s {
	case report.StandingReached:
		return "reached from outside"
	case report.StandingWide:
		return "reached organization-wide only"
	case report.StandingUnknown:
		return "nobody found, not everything known"
	case report.StandingAgreed:
		return "reached as allowed"
	default:
		return string(s)
	}
}

func (p *page) findings() {
	t := p.b.d.Totals
	p.heading("Findings")
	for _, c := range []struct {
		severity rules.Severity
		n        int
	}{{rules.Critical, t.Critical}, {rules.High, t.High}, {rules.Medium, t.Medium}, {rules.Low, t.Low}, {rules.Info, t.Info}} {
		p.row++
		p.set(1, c.severity.String(), p.b.style.severity[c.severity])
		p.set(2, c.n, p.b.style.count)
	}
	if d := p.b.d; d.Baseline != "" {
		p.fact("new since "+d.Baseline, t.New)
		p.fact("open since before", len(d.Findings)-t.New)
		p.fact("fixed", len(d.Fixed))
	}
	p.fact("accepted", t.Accepted)
	p.fact("covered by another", t.Covered)
	if len(p.b.d.Rules) == 0 {
		return
	}
	p.row++
	p.headRow("Rule", "Title", "Severity", "Findings", "Principals")
	for _, r := range p.b.d.Rules {
		p.row++
		p.set(1, r.Rule, 0)
		p.set(2, r.Title, 0)
		p.set(3, r.Severity.String(), p.b.style.severity[r.Severity])
		p.set(4, r.Findings, p.b.style.number)
		p.set(5, r.Principals, p.b.style.number)
	}
}

// gridColumn is where the matrix begins: behind the wide second column.
const gridColumn = 3

// grid draws the matrix: rows reach columns.
func (p *page) grid() {
	m := p.b.d.Matrix
	p.heading("Tenant by tenant: live principals of the row that reach the column through divisions")
	p.row++
	p.set(1, "from ↓   to →", p.b.style.head)
	for i, t := range m.Tenants {
		p.set(i+gridColumn, t.Name, p.b.style.head)
	}
	p.keep(p.b.f.SetRowHeight(summarySheet, p.row, 2*lineHeight))
	first := p.row + 1
	for i, t := range m.Tenants {
		p.row++
		p.set(1, t.Name, p.b.style.head)
		p.set(i+gridColumn, "·", p.b.style.label)
	}
	last := p.row
	for i := range m.Cells {
		c := &m.Cells[i]
		p.row = first + c.Row
		p.set(c.Column+gridColumn, c.Principals, p.b.style.heat[heat(c.Principals-c.Allowed)])
	}
	p.row = last
}

// heat is the step of the colours for a number of principals that nothing allows.
func heat(n int) int {
	for step, limit := range []int{1, 2, 10, 100, 1000} {
		if n < limit {
			return step
		}
	}
	return 5
}

// contents lists the sheets, with links, and the files beside the workbook.
func (p *page) contents() {
	p.heading("Sheets")
	p.headRow("Sheet", "What it has", "Rows", "Full rows", "File beside it", "", "Rows of the file")
	for _, s := range p.b.sheets {
		p.row++
		p.set(1, s.name, p.b.style.link)
		p.keep(p.b.f.SetCellHyperLink(summarySheet, p.at(1), "'"+s.name+"'!A1", "Location"))
		p.set(2, s.what, 0)
		p.set(3, s.rows, p.b.style.number)
		if s.full == 0 {
			continue
		}
		p.set(4, s.full, p.b.style.number)
		if len(s.files) == 0 {
			p.set(5, "not written: no place for it was given", p.b.style.warn)
		}
		for i, f := range s.files {
			if i > 0 {
				p.row++
			}
			p.set(5, f.name, 0)
			p.set(7, fmt.Sprintf("%d rows", f.rows), 0)
		}
	}
}
