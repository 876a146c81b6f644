package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// A personasAnswer is the kinds of work that ship.
type personasAnswer struct {
	Schema   string        `json:"schema"`
	Personas []personaInfo `json:"personas"`
}

type personaInfo struct {
	Name        string        `json:"name"`
	Does        string        `json:"does"`
	Permissions []personaLine `json:"permissions"`
}

type personaLine struct {
	Permission string `json:"permission"`
	Reason     string `json:"reason"`
	Needed     bool   `json:"needed"`
}

func newRulesPersonasCmd(p *process) *cobra.Command {
	var o view
	c := &cobra.Command{
		Use:   "personas",
		Short: "The kinds of work that ship, with the permissions that each takes and why",
		Long: `Lists the kinds of work that ship. A persona of grantgraph.yaml takes one as its baseline:

  personas:
    bpo-agent: {roles: ["BPO_*_Agent"], baseline: agent, without: ["conversation:call:record"]}

Whoever holds more is told by the rule TI-023, whoever lacks what is needed by TI-014.`,
		Example: `  grantgraph rules personas
  grantgraph rules personas -o csv`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return runRulesPersonas(p, o) },
	}
	o.flags(c)
	return c
}

func runRulesPersonas(p *process, o view) error {
	if err := o.check(); err != nil {
		return err
	}
	a := personasAnswer{Schema: "grantgraph/personas/v1"}
	for _, kind := range lexicon.Default().Personas() {
		a.Personas = append(a.Personas, personaOf(kind))
	}
	return p.show(o, answer{
		document: a, lines: each(a.Personas),
		columns: []string{"persona", "permission", "needed", "reason"},
		rows: func(yield func([]string) bool) {
			for _, kind := range a.Personas {
				for _, l := range kind.Permissions {
					if !yield([]string{kind.Name, l.Permission, strconv.FormatBool(l.Needed), l.Reason}) {
						return
					}
				}
			}
		},
		table: func(t *term.Printer) { personasTable(t, a) },
	})
}

func personaOf(kind lexicon.Persona) personaInfo {
	i := personaInfo{Name: kind.Name, Does: kind.Does}
	for _, r := range kind.Permissions {
		l := personaLine{Permission: r.Permission, Reason: r.Reason}
		for _, n := range kind.Needed {
			l.Needed = l.Needed || strings.EqualFold(n.Permission, r.Permission)
		}
		i.Permissions = append(i.Permissions, l)
	}
	return i
}

func personasTable(t *term.Printer, a personasAnswer) {
	t.Line(t.Paint(term.Bold, count(len(a.Personas), "persona")))
	for _, kind := range a.Personas {
		t.Line()
		t.Line(t.Paint(term.Bold, kind.Name), ": ", kind.Does)
		table := term.Table{Max: []int{0, 90}, Indent: "  "}
		for _, l := range kind.Permissions {
			name := l.Permission
			if l.Needed {
				name += " (needed)"
			}
			table.Add(term.C(name), term.Cell{Text: l.Reason, Style: term.Dim})
		}
		t.Table(&table)
	}
	tryLines(t, []string{"grantgraph rules show TI-023", "grantgraph audit --rule TI-023"})
}
