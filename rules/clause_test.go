package rules

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

func shippedBases(t testing.TB) map[string]Base {
	t.Helper()
	read := func(fsys fs.FS) *authz.Records {
		var m kept
		if err := bundle.New(fsys, "bundle", bundle.Options{}).Collect(context.Background(), &m); err != nil {
			t.Fatal(err)
		}
		m.About.TakenAt = simulator.Moment()
		return &m.Records
	}
	return map[string]Base{
		"told":  {Records: read(simulator.Told()), Config: simulator.ToldConfig()},
		"clean": {Records: read(simulator.Clean()), Config: simulator.CleanConfig()},
	}
}

// TestEveryClauseCounts takes each selector, and each condition of "when", out of
// each rule that ships: its tests must notice.
func TestEveryClauseCounts(t *testing.T) {
	t.Parallel()
	set, err := Load(Shipped(), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	bases := shippedBases(t)
	for _, r := range set.rules {
		t.Run(r.id, func(t *testing.T) {
			t.Parallel()
			for name, m := range mutants(t, r) {
				results, err := Test(t.Context(), &Set{packs: set.packs, rules: []*rule{m}}, bases)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(results, func(c CaseResult) bool { return !c.OK }) {
					t.Errorf("without %s its tests still pass", name)
				}
			}
		})
	}
}

// mutants returns the rule with one clause missing each time.
func mutants(t *testing.T, r *rule) map[string]*rule {
	t.Helper()
	out := map[string]*rule{}
	for _, name := range slices.Sorted(maps.Keys(r.query.sel)) {
		m, q := *r, *r.query
		q.sel, q.pats = maps.Clone(q.sel), maps.Clone(q.pats)
		delete(q.sel, name)
		delete(q.pats, name)
		m.query = &q
		out["select "+name] = &m
		if words := r.query.sel[name]; len(words) > 1 {
			for i, w := range words {
				m, q := *r, *r.query
				q.sel = maps.Clone(q.sel)
				q.sel[name] = slices.Delete(slices.Clone(words), i, i+1)
				m.query = &q
				out["select "+name+": "+w] = &m
			}
		}
	}
	if r.when == nil {
		return out
	}
	for _, sep := range []string{" && ", " || "} {
		clauses := strings.Split(r.when.text, sep)
		for i, c := range clauses {
			rest := slices.Delete(slices.Clone(clauses), i, i+1)
			m := *r
			m.when = recompile(t, r, strings.Join(rest, sep))
			if len(rest) == 0 || m.when != nil {
				out["when "+c] = &m
			}
		}
	}
	return out
}

// recompile compiles an expression for a rule; nil if it is none.
func recompile(t *testing.T, r *rule, text string) *program {
	t.Helper()
	env, err := environment(r.fact, r.params)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	rd := &reader{file: "mutant"}
	x := &expressions{reader: rd, env: env, fact: r.fact, params: r.params, used: map[string]bool{}, passed: map[string]bool{}}
	p := x.compile(rd.document(data), "when")
	if len(rd.errs) > 0 {
		return nil
	}
	return p
}
