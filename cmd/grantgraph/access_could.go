package main

import (
	"fmt"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
)

// couldTable shows what a principal could become.
type couldTable struct {
	a *analyzer.AccessAnswer
	o accessOptions
}

func (w couldTable) print(t *term.Printer) {
	c := w.a.Could
	t.Line()
	t.Line(t.Paint(term.Bold, w.headline()))
	if len(c.Tenants) > 0 {
		t.Line()
		table := term.Table{Head: []string{"TENANT", "PRINCIPALS", "HOPS"}, Max: []int{48, 0, 0}}
		for _, x := range c.Tenants {
			name := x.Tenant
			if x.External {
				name += " (external)"
			}
			table.Add(term.C(name), number(x.Principals), number(x.Hops))
		}
		t.Table(&table)
	}
	w.gained(t)
	w.roles(t)
}

// headline is the blast radius in one line.
func (w couldTable) headline() string {
	c := w.a.Could
	how := ""
	if c.Sure {
		how = ", by documented steps"
	}
	if len(c.Principals) == 0 && len(c.Groups) == 0 && c.Total == nil {
		return "It could become nobody else" + how
	}
	s := fmt.Sprintf("It could become %s and join %s%s", count(len(c.Principals), "principal"), count(len(c.Groups), "group"), how)
	switch {
	case c.Total == nil:
	case *c.Total == 0:
		s += "; it holds total control: everything is open to it"
	default:
		s += fmt.Sprintf("; after %s everything is open to it", count(*c.Total, "step"))
	}
	return s
}

func (w couldTable) gained(t *term.Printer) {
	c := w.a.Could
	all := len(c.Groups) + len(c.Principals)
	if all == 0 {
		return
	}
	t.Line()
	shown := w.o.shown(all)
	table := term.Table{Head: []string{"COULD BECOME", "KIND", "TENANT", "HOPS"}, Max: []int{48, 24, 24, 0}}
	for _, x := range c.Groups[:min(shown, len(c.Groups))] {
		table.Add(term.C(display(x.Group.Name, x.Group.ID)), term.C("member of the group"), term.C(""), number(x.Hops))
	}
	for _, x := range c.Principals[:max(0, shown-len(c.Groups))] {
		table.Add(term.C(whoText(x.Principal)), term.C(kindWord(x.Principal.Kind)), term.C(x.Principal.Tenant), number(x.Hops))
	}
	t.Table(&table)
	leftOut(t, all-shown, "")
}

func (w couldTable) roles(t *term.Printer) {
	c := w.a.Could
	if len(c.Access) == 0 {
		return
	}
	t.Line()
	t.Line(t.Paint(term.Bold, "Roles that it would come to hold"))
	shown := w.o.shown(len(c.Access))
	table := term.Table{Head: []string{"ROLE", "DIVISIONS", "HOPS"}, Max: []int{48, 90, 0}}
	for _, x := range c.Access[:shown] {
		var divs []string
		for _, d := range x.Divisions {
			divs = append(divs, divisionText(d))
		}
		table.Add(term.C(display(x.Role.Name, x.Role.ID)), term.C(few(divs, 6)), number(x.Hops))
	}
	t.Table(&table)
	leftOut(t, len(c.Access)-shown, "")
}
