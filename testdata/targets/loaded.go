package main

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// loaded measures questions in a process that has the model already.
func (m *measurer) loaded() error {
	var model *analyzer.Model
	var err error
	r := once(func() { model, err = m.model() })
	if err != nil {
		return err
	}
	m.rows = append(m.rows, r.told("load: from records to model", ""))
	t, _, err := model.FindTarget("BPO_B")
	if err != nil {
		return err
	}
	if err := m.oneQuestion(model, t); err != nil {
		return err
	}
	m.everybody(model)
	m.matrix(model)
	return nil
}

// model builds the model from the snapshot's records, without an aid.
func (m *measurer) model() (*analyzer.Model, error) {
	data, err := os.ReadFile(m.path("o.yaml"))
	if err != nil {
		return nil, err
	}
	c, err := config.Parse("o.yaml", data)
	if err != nil {
		return nil, err
	}
	r, err := snapshot.Open(m.path("o.db"))
	if err != nil {
		return nil, err
	}
	model, err := analyzer.Build(r, analyzer.Options{Config: c})
	if closed := r.Close(); err == nil {
		err = closed
	}
	return model, err
}

// oneQuestion asks who can see a tenant's divisions.
func (m *measurer) oneQuestion(model *analyzer.Model, t analyzer.Target) error {
	g := model.Graph
	org := g.Organizations()[0].ID
	q := graph.Query{Org: org, Permissions: []graph.Perm{g.Perm(org, authz.NewPattern("routing", "queue", "view"))}, Divisions: t.Divisions}
	set := repeat(50, func() { g.Who(q) })
	m.targeted(set.told("the same, loaded: the set", ""), limit{took: time.Millisecond})

	holders := slices.Collect(g.Who(q).All().All())
	if len(holders) == 0 {
		return fmt.Errorf("nobody can see %s", t.Ref.Name)
	}
	div := slices.Collect(t.Divisions.All())[0]
	i := 0
	one := repeat(200, func() { g.Reasons(holders[(i*37)%len(holders)], q.Permissions[0], div); i++ })
	m.targeted(one.told("the same, loaded: one principal's reasons", ""), limit{took: 100 * time.Microsecond})

	var err error
	rows := 0
	all := repeat(10, func() {
		var a *analyzer.WhoAnswer
		if a, err = model.Who("see", t, analyzer.WhoOptions{Reasons: "one"}); err == nil {
			rows = len(a.Answers)
		}
	})
	m.targeted(all.told("the same, loaded: all rows, one reason each", "%d rows", rows), limit{took: 50 * time.Millisecond})
	return err
}

// everybody measures what is asked about every principal.
func (m *measurer) everybody(model *analyzer.Model) {
	g := model.Graph
	var classes, cells, gains int
	r := once(func() { classes = len(g.Classes(nil)) })
	m.targeted(r.told("everybody's access, factored into classes", "%d classes", classes), limit{took: 500 * time.Millisecond})
	r = once(func() { cells = scan(g) })
	m.targeted(r.told("everybody's access, expanded by a scan", "%d permissions over divisions", cells), limit{took: 2 * time.Second})
	r = once(func() {
		for c := range g.Escalations(lexicon.Default().Escalations()).All(false) {
			gains += len(c.Gains)
		}
	})
	m.targeted(r.told("everybody's escalation closure", "%d gains", gains), limit{took: 2 * time.Second})
}

func (m *measurer) matrix(model *analyzer.Model) {
	var cells int
	r := once(func() { cells = len(model.Matrix().Cells) })
	m.rows = append(m.rows, r.told("matrix of all tenants, loaded", "%d cells", cells))
}

// scan counts, principal by principal, the permissions that each has over each
// division, and stores none.
func scan(g *graph.Graph) int {
	org := g.Organizations()[0].ID
	universe := g.Universe(org)
	free := graph.NewSet(len(universe)) // no division limits them
	for _, p := range universe {
		if p.Aware != authz.True {
			free.Add(p.ID)
		}
	}
	roles := make([]graph.Set, g.Roles())
	for n := range roles {
		roles[n] = g.Role(uint32(n)).Permissions
	}
	divisions := g.DivisionsOf(org).Len()
	everywhere, here := graph.NewSet(len(universe)), graph.NewSet(len(universe))
	cells := 0
	for p := range g.Acting().All() {
		held := g.Holdings(p)
		slices.SortFunc(held, func(a, b graph.Holding) int { return int(int64(a.Division) - int64(b.Division)) })
		clear(everywhere)
		for _, h := range held {
			if h.Division == graph.AnyDivision {
				everywhere.Or(roles[h.Role])
			}
		}
		for _, h := range held {
			for i, w := range roles[h.Role] {
				everywhere[i] |= w & free[i]
			}
		}
		cells += everywhere.Len() * divisions
		for len(held) > 0 && held[0].Division != graph.AnyDivision {
			clear(here)
			d := held[0].Division
			for len(held) > 0 && held[0].Division == d {
				here.Or(roles[held[0].Role])
				held = held[1:]
			}
			here.AndNot(everywhere)
			cells += here.Len()
		}
	}
	return cells
}

// repeat returns what a run takes, as the least of n: what else the machine does
// only ever adds to it.
func repeat(n int, run func()) (r row) {
	run() // what is worked out once is not counted
	for i := range n {
		if one := once(run); i == 0 || one.took < r.took {
			r = one
		}
	}
	return r
}

// once measures one run.
func once(run func()) row {
	start, cpu := time.Now(), processor()
	run()
	return row{took: time.Since(start), cpu: processor() - cpu}
}

// processor is the time that processors have spent on this process.
func processor() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// told gives a row its name and note.
func (r row) told(work, format string, args ...any) row {
	r.work, r.note = work, fmt.Sprintf(format, args...)
	return r
}
