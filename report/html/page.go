package html

import (
	_ "embed" // the page is part of the program
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

//go:embed assets/page.html
var pageText string

// What the page shows as it stands, without its script, of lists that can be long.
const (
	shownUndetermined = 200
	shownDangling     = 500
	shownWithout      = 200 // findings where scripts are off
	shownNew          = 10  // findings that are new since the baseline, and fixed
	manyTenants       = 12  // above this, tenants stand in a table
)

func templates() (*template.Template, error) {
	return template.New("report").Funcs(template.FuncMap{
		"num": number, "plural": plural, "sev": severity, "reach": reach, "standing": standing, "day": day,
		"minus": func(a, b int) int { return a - b },
		"join":  func(list []string) string { return strings.Join(list, ", ") },
		"short": func(s string) string {
			if len(s) > 12 {
				return s[:12]
			}
			return s
		},
	}).Parse(pageText)
}

// page is what the template shows: the document, and its parts laid out.
type page struct {
	D                               *report.Document
	Organization, Taken, TakenISO   string
	Now                             string
	Gaps                            []gapLine
	Undetermined                    any
	MoreUndetermined                int
	Rows                            []matrixRow
	Severities                      []severityLine
	Ledger                          []ledgerLine
	Readings                        bool
	Dangling                        []report.Dangling
	MoreDangling                    int
	FirstFindings                   []report.Finding
	MoreFindings, LeftOutPrincipals int
	MoreClasses                     int
	Ways                            *ways
	Reached, Judged                 int // tenants that are reached without an agreement, of those with divisions
	Stale                           int
	Many                            bool             // tenants: a table says more than cards
	New, Fixed                      []report.Finding // the first of them
	NewCount, OpenCount             int
	data                            *data
}

type gapLine struct{ Kind, Status, Reason, Permission, Touches string }

type ledgerLine struct {
	report.Coverage
	Kind, StatusText, Announced, TouchesText string
}

type severityLine struct {
	Name, Label  string
	Count, Width int
}

type matrixRow struct {
	Name    string
	Members int
	Cells   []matrixCell
}

type matrixCell struct {
	Own, Empty, No    bool // its own, nobody, no divisions to reach
	Heat              int
	Href, Label, Note string
	Principals, Wide  int
}

func newPage(d *report.Document) *page {
	p := &page{
		D: d, Organization: organization(d), Taken: d.Snapshot.TakenAt.UTC().Format("2 January 2006, 15:04 UTC"),
		TakenISO: d.Snapshot.TakenAt.UTC().Format(time.RFC3339), Now: d.Now.UTC().Format("2 January 2006, 15:04 UTC"),
		Rows: matrixRows(d), Severities: severities(d.Totals), data: newData(d),
	}
	for _, g := range d.Head.Coverage.Gaps {
		p.Gaps = append(p.Gaps, gapLine{
			Kind: words(string(g.Kind)), Status: words(string(g.Status)), Reason: g.Reason,
			Permission: g.MissingPermission, Touches: strings.Join(g.Touches, ", "),
		})
	}
	n := min(len(d.Undetermined), shownUndetermined)
	p.Undetermined, p.MoreUndetermined = d.Undetermined[:n], len(d.Undetermined)-n
	for _, c := range d.Coverage {
		p.Readings = p.Readings || c.Reading
		p.Ledger = append(p.Ledger, ledger(c))
	}
	n = min(len(d.Dangling), shownDangling)
	p.Dangling, p.MoreDangling = d.Dangling[:n], len(d.Dangling)-n
	n = min(len(d.Findings), shownWithout)
	p.FirstFindings, p.MoreFindings = d.Findings[:n], len(d.Findings)-n
	p.LeftOutPrincipals = len(d.Principals) - len(p.data.Principals.ID)
	p.MoreClasses = len(d.Classes) - len(p.data.Classes)
	p.Ways = newWays(&d.Escalation)
	p.Stale, p.Many = report.StaleDays, len(d.Verdicts) > manyTenants
	p.headline()
	return p
}

// headline counts what stands at the very top.
func (p *page) headline() {
	p.Judged = len(p.D.Verdicts)
	for i := range p.D.Verdicts {
		if p.D.Verdicts[i].Standing == report.StandingReached {
			p.Reached++
		}
	}
	for i := range p.D.Findings {
		if p.D.Findings[i].Status != "new" {
			continue
		}
		if p.NewCount++; p.NewCount <= shownNew {
			p.New = append(p.New, p.D.Findings[i])
		}
	}
	p.OpenCount = len(p.D.Findings) - p.NewCount
	p.Fixed = p.D.Fixed[:min(len(p.D.Fixed), shownNew)]
}

func organization(d *report.Document) string {
	var names []string
	for _, o := range d.Snapshot.Organizations {
		name := o.Name
		if name == "" {
			name = o.ID
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "no organization"
	}
	return strings.Join(names, ", ")
}

func ledger(c report.Coverage) ledgerLine {
	l := ledgerLine{Coverage: c, Kind: words(string(c.List)), StatusText: words(string(c.Status)), TouchesText: strings.Join(c.Touches, ", ")}
	if l.Announced = "not said"; c.Expected >= 0 {
		l.Announced = number(int(c.Expected))
	}
	return l
}

func severities(t rules.Totals) []severityLine {
	counts := []int{t.Critical, t.High, t.Medium, t.Low, t.Info}
	top := 1
	for _, n := range counts {
		top = max(top, n)
	}
	var out []severityLine
	for i, s := range []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low, rules.Info} {
		l := severityLine{Name: s.String(), Label: severity(s), Count: counts[i], Width: counts[i] * 100 / top}
		if l.Count > 0 {
			l.Width = max(l.Width, 1)
		}
		out = append(out, l)
	}
	return out
}

func matrixRows(d *report.Document) []matrixRow {
	n := len(d.Matrix.Tenants)
	rows := make([]matrixRow, n)
	for i, t := range d.Matrix.Tenants {
		rows[i] = matrixRow{Name: t.Name, Members: t.Principals, Cells: make([]matrixCell, n)}
		for j := range rows[i].Cells {
			bare := len(d.Matrix.Tenants[j].Divisions) == 0
			rows[i].Cells[j] = matrixCell{Own: i == j, No: i != j && bare, Empty: i != j && !bare}
		}
	}
	for i := range d.Matrix.Cells {
		c := &d.Matrix.Cells[i]
		rows[c.Row].Cells[c.Column] = cell(c)
	}
	return rows
}

func cell(c *report.Cell) matrixCell {
	out := matrixCell{
		Href:       "#cell/" + url.PathEscape(c.From) + "/" + url.PathEscape(c.To),
		Principals: c.Principals, Wide: c.OrganizationWide, Heat: heat(c.Principals - c.Allowed),
	}
	var notes []string
	if c.Allowed > 0 {
		notes = append(notes, number(c.Allowed)+" allowed")
	}
	if c.Principals > 0 && c.Widest != graph.Whole {
		notes = append(notes, c.Widest.String())
	}
	out.Note = strings.Join(notes, ", ")
	out.Label = fmt.Sprintf("%s reaches %s: %s through divisions (%s), %d allowed, %d organization-wide",
		c.From, c.To, plural(c.Principals, "principal", "principals"), c.Widest, c.Allowed, c.OrganizationWide)
	return out
}

// heat is the step of the scale for a number of principals that nothing allows.
func heat(n int) int {
	for step, limit := range []int{1, 2, 10, 100, 1000} {
		if n < limit {
			return step
		}
	}
	return 5
}

func words(s string) string { return strings.ReplaceAll(s, "_", " ") }

func severity(s rules.Severity) string {
	name := s.String()
	return strings.ToUpper(name[:1]) + name[1:]
}

func reach(l graph.Level) string {
	if l == graph.None {
		return "–"
	}
	return l.String()
}

func standing(s report.Standing) string {
	switch s {
	case report.StandingReached:
		return "Reached from outside"
	case report.StandingWide:
		return "Reached organization-wide only"
	case report.StandingUnknown:
		return "Nobody found, not everything known"
	case report.StandingAgreed:
		return "Reached as allowed"
	case report.StandingIsolated:
		return "Isolated"
	default:
		return string(s)
	}
}

func day(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.UTC().Format(time.DateOnly)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// number writes n with commas. It takes any integer, as templates have several.
func number(n any) string {
	s := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
