package rules

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer/config"
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

// TestEveryClauseCounts takes each selector, and each condition, out of each rule
// that ships, or turns it round: its tests must notice.
func TestEveryClauseCounts(t *testing.T) {
	set, err := Load(Shipped(), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	bases := shippedBases(t)
	all, killed := atomic.Int64{}, atomic.Int64{}
	t.Run("rules", func(t *testing.T) {
		for _, r := range set.rules {
			t.Run(r.id, func(t *testing.T) {
				t.Parallel()
				list := mutants(t, r)
				left := survivors(t, r, list, bases)
				all.Add(int64(len(list)))
				killed.Add(int64(len(list) - len(left)))
				for _, name := range left {
					t.Errorf("%s: its tests still pass", name)
				}
			})
		}
	})
	t.Logf("rule mutation: %d of %d mutants of %d rules break a case (%d selectors that only save time left out)",
		killed.Load(), all.Load(), len(set.rules), len(onlyFaster()))
}

// onlyFaster are selectors that leave out nobody whom "when" would name: each
// permission that it asks for is administration, or elevated. They spare looking
// at everybody, and no test can tell.
func onlyFaster() map[string]string {
	return map[string]string{
		"ES-004": "administration", "ES-006": "administration", "ES-008": "administration", "ES-010": "administration",
		"ES-014": "administration",
	}
}

// survivors returns the mutants that no test of the rule notices. Organizations
// are built once for all of them.
func survivors(t *testing.T, r *rule, list map[string]*rule, bases map[string]Base) []string {
	t.Helper()
	left := slices.Sorted(maps.Keys(list))
	for _, c := range r.tests {
		conf, err := config.Parse(c.base+".yaml", bases[c.base].Config)
		if err != nil {
			t.Fatal(err)
		}
		conf.Accept = nil
		o, err := organizationOf(c, bases[c.base], conf)
		if err != nil {
			t.Fatal(err)
		}
		left = slices.DeleteFunc(left, func(name string) bool {
			var res CaseResult
			return o.judge(t.Context(), list[name], c, &res) != nil
		})
	}
	return left
}

// mutants returns the rule with one clause missing each time.
func mutants(t *testing.T, r *rule) map[string]*rule {
	t.Helper()
	out := map[string]*rule{}
	for _, name := range slices.Sorted(maps.Keys(r.query.sel)) {
		if onlyFaster()[r.id] == name {
			continue
		}
		m, q := *r, *r.query
		q.sel, q.pats = maps.Clone(q.sel), maps.Clone(q.pats)
		delete(q.sel, name)
		delete(q.pats, name)
		m.query = &q
		out["without select "+name] = &m
		if words := r.query.sel[name]; len(words) > 1 {
			for i, w := range words {
				m, q := *r, *r.query
				q.sel, q.pats = maps.Clone(q.sel), maps.Clone(q.pats)
				q.sel[name] = slices.Delete(slices.Clone(words), i, i+1)
				if p := q.pats[name]; p != nil {
					q.pats[name] = slices.Delete(slices.Clone(p), i, i+1)
				}
				m.query = &q
				out["without select "+name+": "+w] = &m
			}
		}
	}
	if r.when == nil {
		return out
	}
	for _, sep := range []string{" && ", " || "} {
		clauses := splitOutside(r.when.text, sep)
		for i, c := range clauses {
			rest := slices.Delete(slices.Clone(clauses), i, i+1)
			m := *r
			m.when = recompile(t, r, strings.Join(rest, sep))
			if len(rest) == 0 || m.when != nil {
				out["without when "+c] = &m
			}
			turned := slices.Clone(clauses)
			turned[i] = "!(" + c + ")"
			n := *r
			if n.when = recompile(t, r, strings.Join(turned, sep)); n.when != nil {
				out["with when "+turned[i]] = &n
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
