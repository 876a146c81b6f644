package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
)

// maxRows is the number of principals up to which access is spelled out unless
// somebody asks otherwise.
const maxRows = 5000

// A spelledLine is one principal with its permissions.
type spelledLine struct {
	Principal analyzer.PrincipalRef `json:"principal"`
	Dormant   bool                  `json:"dormant"`
	Access    []analyzer.AccessRow  `json:"access"`
}

// A factoredLine is one principal with the roles that it has, and where.
type factoredLine struct {
	Principal analyzer.PrincipalRef `json:"principal"`
	Dormant   bool                  `json:"dormant"`
	Roles     []heldRole            `json:"roles"`
}

// A heldRole is a role in a division, and the group or team that it comes
// through; Through is empty where it is granted to the principal itself.
type heldRole struct {
	Role     analyzer.Named `json:"role"`
	Division analyzer.Named `json:"division"`
	Through  string         `json:"through"`
}

func runAccessAll(ctx context.Context, p *process, o accessOptions) error {
	m, err := p.load(ctx, o.ask)
	if err != nil {
		return err
	}
	who := m.Graph.Acting().Clone()
	if o.includeDormant {
		who.Or(m.Graph.DormantPrincipals())
	}
	factored := o.shape.value == "factored"
	if !o.shapeGiven && who.Len() > maxRows {
		factored = true
		p.note("%d principals: roles and divisions instead of permissions (--form rows spells them out)", who.Len())
	}
	var rows *analyzer.Rows
	if !factored {
		rows = m.AllRows(who)
	}
	lines := func(yield func(any) bool) {
		for n := range who.All() {
			if ctx.Err() != nil || !yield(accessLineOf(m, n, rows)) {
				return
			}
		}
	}
	if err := writeLines(p.out, lines); err != nil {
		return surroundings(fmt.Errorf("writing the answer: %w", err))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	h := m.Head("access", analyzer.QuestionAccess, "")
	h.Undetermined = everythingUndetermined(m)
	return p.finish(h, false, o.allowGaps)
}

// accessLineOf spells a principal out by the rows; without them by its roles.
func accessLineOf(m *analyzer.Model, n uint32, rows *analyzer.Rows) any {
	dormant := !m.Graph.Acting().Has(n)
	if rows == nil {
		return factoredLine{m.Ref(n), dormant, heldRoles(m, n)}
	}
	return spelledLine{m.Ref(n), dormant, rows.Of(n)}
}

// heldRoles returns the roles of a principal, direct ones and those of groups
// and teams, sorted.
func heldRoles(m *analyzer.Model, p uint32) []heldRole {
	out := []heldRole{}
	for _, n := range m.Graph.Acts(p) {
		through := ""
		if n != p {
			through = m.Graph.NodeKey(n).String()
		}
		for _, g := range m.Graph.GrantsOf(n) {
			out = append(out, heldRole{roleNamed(m.Graph, g.Role), m.Division(g.Division), through})
		}
	}
	slices.SortFunc(out, func(a, b heldRole) int {
		return cmp.Or(cmp.Compare(a.Role.Name, b.Role.Name), cmp.Compare(a.Role.ID, b.Role.ID), cmp.Compare(a.Division.ID, b.Division.ID), cmp.Compare(a.Through, b.Through))
	})
	return out
}

func roleNamed(g *graph.Graph, n uint32) analyzer.Named {
	r := g.Role(n)
	return analyzer.Named{ID: r.Key.ID, Name: r.Record.Name}
}

// everythingUndetermined returns what the snapshot does not say and any answer
// about everybody rests on.
func everythingUndetermined(m *analyzer.Model) []analyzer.Undetermined {
	out := []analyzer.Undetermined{}
	for _, u := range m.Graph.AllUndetermined() {
		out = append(out, analyzer.Undetermined{Subject: u.SubjectName, Role: u.Role, Division: u.Division, Why: u.Why})
	}
	return out
}
