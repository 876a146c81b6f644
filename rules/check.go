package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Warning is something in a pack that is probably not meant.
type Warning struct {
	Rule     string `json:"rule"`
	Position string `json:"position"`
	Text     string `json:"text"`
}

// Check loads packs and looks at them against a model for what is not wrong but
// probably not meant: permissions that no catalogue has, tenants that nobody
// knows, conditions that hold for nothing. A nil model gives no warnings.
func Check(sources []Source, o LoadOptions, m *analyzer.Model) (*Set, []Warning, error) {
	set, err := Load(sources, o)
	if err != nil || m == nil {
		return set, nil, err
	}
	x := newIndex(m)
	var out []Warning
	for _, r := range set.rules {
		warn := func(format string, args ...any) {
			out = append(out, Warning{Rule: r.id, Position: r.pos.String(), Text: fmt.Sprintf(format, args...)})
		}
		if err := x.tenantsExist(r); err != nil {
			warn("%s", err)
		}
		if text, err := x.never(r); err != nil {
			return set, nil, err
		} else if text != "" {
			warn("%s", text)
		}
		for _, s := range r.fact.selectors {
			if s.kind != selPatterns {
				continue
			}
			for i, p := range r.query.pats[s.name] {
				if !x.inAnyUniverse(p) {
					warn("select %s: no permission of the snapshot's catalogue is covered by %q", s.name, r.query.sel[s.name][i])
				}
			}
		}
	}
	return set, out, nil
}

// never says why a rule cannot find anything in a model: nothing is selected, or
// a condition that has to hold holds for nothing. It is empty if it may.
func (x *index) never(r *rule) (string, error) {
	type clause struct {
		text string
		run  *program
		held bool
	}
	var clauses []*clause
	if r.when != nil {
		for _, text := range conjuncts(r.when.text) {
			p, err := r.compiled(text)
			if err != nil {
				return "", err
			}
			clauses = append(clauses, &clause{text: text, run: p})
		}
	}
	rows := 0
	j := newJob(context.Background(), x, r, AuditOptions{})
	j.each = func(row any) error {
		rows++
		j.b.value.row = row
		for _, c := range clauses {
			if c.held {
				continue
			}
			held, err := c.run.holds(j.b)
			if err != nil {
				return j.wrap(err)
			}
			c.held = held
		}
		return nil
	}
	if err := run(context.Background(), x, []*job{j}, 1); err != nil {
		return "", err
	}
	if rows == 0 && len(r.query.sel) > 0 {
		return "select leaves nothing of this snapshot", nil
	}
	for _, c := range clauses {
		if rows > 0 && !c.held {
			return fmt.Sprintf("the condition %s holds for nothing in this snapshot", c.text), nil
		}
	}
	return "", nil
}

// conjuncts cuts an expression at each && that stands in no brackets; one with
// an || there is left whole.
func conjuncts(text string) []string {
	if len(splitOutside(text, " || ")) > 1 {
		return []string{text}
	}
	return splitOutside(text, " && ")
}

// splitOutside cuts an expression at a separator that stands in no brackets.
func splitOutside(text, sep string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth == 0 && strings.HasPrefix(text[i:], sep) {
			out = append(out, text[from:i])
			from = i + len(sep)
		}
	}
	return append(out, text[from:])
}

// compiled compiles a part of a rule's condition.
func (r *rule) compiled(text string) (*program, error) {
	env, err := environment(r.fact, r.params)
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, fmt.Errorf("rule %s (%s): the condition %q cannot be looked at by itself: %w", r.id, r.pos, text, issues.Err())
	}
	run, err := env.Program(checked)
	if err != nil {
		return nil, err
	}
	return &program{text: text, run: run}, nil
}

func (x *index) inAnyUniverse(c authz.Pattern) bool {
	return slices.ContainsFunc(x.orgs, func(o *orgIndex) bool {
		return slices.ContainsFunc(o.perms, func(p graph.Perm) bool { return c.Covers(p.Pattern) })
	})
}
