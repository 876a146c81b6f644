package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph"
)

// matrixOptions are what "matrix" is told.
type matrixOptions struct {
	ask
	view
}

func newMatrixCmd(p *process) *cobra.Command {
	var o matrixOptions
	c := &cobra.Command{
		Use:   "matrix",
		Short: "Tenant by tenant: who reaches whom, how many, with what",
		Long: `Shows for each tenant how many of its principals reach each other tenant's
divisions, by permissions that show or change what belongs to a division.
What reaches through permissions that no division limits is counted apart;
those that every live principal holds are named once and counted nowhere.
A shared division belongs to no tenant: ask "who can see division:NAME".`,
		Example: `  grantgraph matrix
  grantgraph matrix -o csv > matrix.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runMatrix(cmd.Context(), p, o) },
	}
	o.ask.flags(c)
	o.view.flags(c)
	return c
}

func runMatrix(ctx context.Context, p *process, o matrixOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	a := m.Matrix()
	err = p.show(o.view, answer{
		document: a, lines: each(a.Cells), columns: matrixColumns(), rows: rowsOf(a.Cells, matrixCSV),
		table: func(t *term.Printer) { matrixTable(t, o, a) },
	})
	if err != nil {
		return err
	}
	if f := o.form.value; len(a.Baseline) > 0 && (f == formCSV || f == formJSONL) {
		// Cells have no place for it; all of it, as nothing else names it there.
		p.note("%s%s", baselineText, strings.Join(a.Baseline, ", "))
	}
	return p.finish(a.Head, false, o.allowGaps)
}

// baselineText precedes the permissions of a matrix's baseline.
const baselineText = "Every live principal holds, whatever the division, and so no count has: "

func matrixColumns() []string {
	return []string{"from", "to", "principals", "widest", "allowed", "organization_wide", "permissions", "organization_wide_permissions"}
}

func matrixCSV(c analyzer.MatrixCell) []string {
	return []string{
		c.From, c.To, strconv.Itoa(c.Principals), c.Widest.String(), strconv.Itoa(c.Allowed), strconv.Itoa(c.OrganizationWide),
		strings.Join(c.Permissions, " "), strings.Join(c.OrganizationWidePermissions, " "),
	}
}

func matrixTable(t *term.Printer, o matrixOptions, a *analyzer.MatrixAnswer) {
	crossing, open := 0, 0
	for _, c := range a.Cells {
		if c.Principals > 0 {
			crossing++
			if c.Allowed < c.Principals {
				open++
			}
		}
	}
	t.Line(t.Paint(term.Bold, fmt.Sprintf("%d of %d pairs of tenants have reach through divisions; in %d of them some of it is not allowed",
		crossing, len(a.Tenants)*max(len(a.Tenants)-1, 0), open)))
	provenance(t, a.Head)
	t.Line()
	if len(a.Tenants) <= maxColumns {
		t.Table(matrixGrid(a))
		matrixLegend(t, a)
	} else {
		matrixPairs(t, o.view, a)
	}
	if len(a.Baseline) > 0 {
		t.Line(baselineText, few(cleanAll(a.Baseline), 6))
	}
	missing(t, o.view, a.Head)
	o.next(t, matrixNext(a))
}

// maxColumns is how many tenants fit beside each other; more are listed in pairs.
const maxColumns = 9

// matrixPairs lists the pairs of tenants, those with the most open reach first.
func matrixPairs(t *term.Printer, v view, a *analyzer.MatrixAnswer) {
	cells := worstCells(a)
	shown := v.shown(len(cells))
	table := term.Table{Head: []string{"FROM", "TO", "PRINCIPALS", "ALLOWED", "WIDEST", "ORG-WIDE", "PERMISSIONS"}, Max: []int{32, 32, 0, 0, 0, 0, 70}}
	for _, c := range cells[:shown] {
		table.Add(term.C(c.From), term.C(c.To), number(c.Principals), number(c.Allowed),
			term.Cell{Text: c.Widest.String(), Style: reachStyle(c.Widest)}, number(c.OrganizationWide), term.C(few(c.Permissions, 2)))
	}
	t.Table(&table)
	leftOut(t, len(cells)-shown, "")
}

// worstCells sorts the cells: those from external tenants first, then those with
// the most principals that nothing allows.
func worstCells(a *analyzer.MatrixAnswer) []analyzer.MatrixCell {
	external := map[string]int{}
	for _, t := range a.Tenants {
		if t.External {
			external[t.Name] = 1
		}
	}
	out := slices.Clone(a.Cells)
	slices.SortStableFunc(out, func(x, y analyzer.MatrixCell) int {
		return cmp.Or(external[y.From]-external[x.From], (y.Principals-y.Allowed)-(x.Principals-x.Allowed), y.OrganizationWide-x.OrganizationWide)
	})
	return out
}

// matrixGrid is the table: a row for those who reach, a column for the reached.
func matrixGrid(a *analyzer.MatrixAnswer) *term.Table {
	type pair struct{ from, to string }
	cells, wide := map[pair]analyzer.MatrixCell{}, map[string]int{}
	for _, c := range a.Cells {
		cells[pair{c.From, c.To}] = c
		wide[c.From] = max(wide[c.From], c.OrganizationWide)
	}
	table := &term.Table{Head: []string{"FROM \\ TO"}, Max: []int{32}}
	for _, to := range a.Tenants {
		table.Head = append(table.Head, term.Fit(to.Name, 20))
	}
	table.Head = append(table.Head, "ORG-WIDE")
	for _, from := range a.Tenants {
		row := []term.Cell{term.C(tenantName(from))}
		for _, to := range a.Tenants {
			row = append(row, matrixCellOf(cells[pair{from.Name, to.Name}], from.Name == to.Name))
		}
		table.Rows = append(table.Rows, append(row, number(wide[from.Name])))
	}
	return table
}

func tenantName(t analyzer.TenantRef) string {
	if t.External {
		return t.Name + " (external)"
	}
	return t.Name
}

func matrixCellOf(c analyzer.MatrixCell, own bool) term.Cell {
	cell := term.Cell{Right: true}
	switch {
	case own:
		cell.Text, cell.Style = "-", term.Dim
	case c.Principals == 0:
		cell.Text, cell.Style = ".", term.Dim
	default:
		cell.Text = strconv.Itoa(c.Principals) + widthMark(c.Widest)
		if c.Allowed > 0 {
			cell.Text += fmt.Sprintf(" (%d allowed)", c.Allowed)
		}
		if c.Allowed < c.Principals {
			cell.Style = reachStyle(c.Widest)
		}
	}
	return cell
}

func widthMark(l graph.Level) string {
	switch l {
	case graph.Conditional:
		return "?"
	case graph.Limited:
		return "~"
	default:
		return ""
	}
}

func matrixLegend(t *term.Printer, a *analyzer.MatrixAnswer) {
	t.Line()
	for _, l := range []string{
		"A number counts the live principals of the row's tenant that reach divisions of the column's tenant.",
		"?  none of them whole: narrowed by an amount that the snapshot does not tell    ~  certain resources only",
		"(n allowed)  so many of them only as an allow entry of the configuration says    .  none",
		"ORG-WIDE counts those that reach every tenant's data by permissions that no division limits.",
	} {
		t.Line(t.Paint(term.Dim, l))
	}
	for _, c := range a.Tenants {
		if c.Name == "Unassigned" && c.Principals > 0 {
			t.Line(t.Paint(term.Dim, fmt.Sprintf("Unassigned: %s and %s that belong to no tenant.", count(c.Principals, "principal"), count(len(c.Divisions), "division"))))
		}
	}
}

// matrixNext asks about the worst pair.
func matrixNext(a *analyzer.MatrixAnswer) []string {
	for _, c := range worstCells(a) {
		if c.Principals > c.Allowed {
			return []string{fmt.Sprintf("grantgraph who can see %s --from %s", shellQuote("tenant:"+c.To), shellQuote("tenant:"+c.From))}
		}
	}
	return nil
}
