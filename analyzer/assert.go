package analyzer

import (
	"errors"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
)

// An AssertAnswer says which statements hold.
type AssertAnswer struct {
	Head
	Assertions []AssertionResult `json:"assertions"`
}

// An AssertionResult is one statement with what was found.
type AssertionResult struct {
	Statement string `json:"statement"`
	// Place is where the statement stands, "file:line:column"; empty for one of
	// the command line.
	Place string `json:"place,omitempty"`
	// Mood is can or could.
	Mood  string `json:"mood"`
	Holds bool   `json:"holds"`
	// Certain is false where something that was not read could change the result.
	Certain bool `json:"certain"`
	// Cells is the number of (principal, permission, division) that were looked at.
	Cells int `json:"cells"`
	// Principals is the number of principals looked at, Violations that of those
	// which the statement says there are none of, or no more than AtMost.
	Principals int `json:"principals"`
	Violations int `json:"violations"`
	AtMost     int `json:"at_most,omitempty"`
	// CounterExample is the violation with the fewest steps.
	CounterExample *CounterExample `json:"counter_example,omitempty"`
}

// A CounterExample is a principal that can do what a statement denies, and why.
type CounterExample struct {
	Principal  PrincipalRef    `json:"principal"`
	Permission string          `json:"permission"`
	Division   Named           `json:"division"`
	Reach      graph.Level     `json:"reach"`
	Hops       int             `json:"hops"`
	Reason     ExplainedReason `json:"reason"`
}

// mostExamined is how many violations are looked at for the one with the fewest
// steps; they are taken in the order of answers.
const mostExamined = 100

// Assert checks the statements of the configuration, or those given. An error
// joins one [*StatementError] for each that cannot be understood.
func (m *Model) Assert(list []config.Assertion) (*AssertAnswer, error) {
	a := &AssertAnswer{Head: m.Head("assert", QuestionAccess, ""), Assertions: []AssertionResult{}}
	var wrong []error
	var checks []*statement
	for _, x := range list {
		s, err := m.statement(x.Statement)
		if err != nil {
			wrong = append(wrong, statementError(x, err))
			continue
		}
		checks = append(checks, s)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	for i, s := range checks {
		r := m.check(s, a)
		r.Statement = list[i].Statement
		if list[i].Pos != (config.Pos{}) {
			r.Place = list[i].Pos.String()
		}
		a.Assertions = append(a.Assertions, r)
	}
	return a, nil
}

func statementError(x config.Assertion, err error) error {
	e := &StatementError{Pos: x.TextPos, Text: x.Statement, Column: 1, Err: err}
	var at *wordError
	if errors.As(err, &at) {
		e.Column, e.Err = at.column, at.err
	}
	return e
}

// A violation is a principal that a statement speaks of and that has the access.
type violation struct {
	p     uint32
	q     graph.Query
	level graph.Level
	hops  int
}

// check evaluates a statement in each organization that it speaks of.
func (m *Model) check(s *statement, a *AssertAnswer) AssertionResult {
	r := AssertionResult{Mood: s.mood, Certain: len(a.Coverage.Gaps) == 0, AtMost: s.atMost}
	var found []violation
	for _, org := range m.Graph.Organizations() {
		if s.target.Org != "" && s.target.Org != org.ID {
			continue
		}
		q := graph.Query{Org: org.ID, Permissions: m.permissions(org.ID, s.pick), Divisions: m.divisions(org.ID, s.target), Thing: s.target.Thing}
		n := 0
		for p := range m.Graph.Acting().All() {
			if m.Graph.Principal(p).Key.Org == org.ID && s.who(p) {
				n++
			}
		}
		r.Principals += n
		r.Cells += n * len(q.Permissions) * q.Divisions.Len()
		found = append(found, m.violations(s, q)...)
		und := m.assertUndetermined(s, org.ID, q)
		r.Certain = r.Certain && len(und) == 0
		for _, u := range und {
			if !slices.Contains(a.Undetermined, u) {
				a.Undetermined = append(a.Undetermined, u)
			}
		}
	}
	r.Violations = len(found)
	r.Holds = len(found) <= s.atMost
	if !r.Holds {
		r.Certain = true // what was not read only adds access
		r.CounterExample = m.counterExample(s, found)
	}
	return r
}

// assertUndetermined returns what the snapshot does not say and what could change
// a statement: for what principals could become, anything may.
func (m *Model) assertUndetermined(s *statement, org string, q graph.Query) []Undetermined {
	list := m.Graph.Undetermined(q)
	if s.mood == moodCould {
		list = m.couldUndetermined(org, list)
	}
	return m.undetermined(list)
}

// violations returns the principals that a statement speaks of and that have the
// access, in the order of answers: today, or after steps.
func (m *Model) violations(s *statement, q graph.Query) []violation {
	var out []violation
	if s.mood == moodCould {
		for _, r := range m.Escalations().Who(q, false) {
			if s.who(r.Principal) {
				out = append(out, violation{p: r.Principal, q: q, level: r.Level, hops: r.Hops})
			}
		}
		return out
	}
	h := m.Graph.Who(q)
	for p := range h.All().All() {
		if s.who(p) {
			out = append(out, violation{p: p, q: q, level: h.Level(p)})
		}
	}
	return out
}

// counterExample explains the violation with the fewest steps, of the first ones,
// of which there is one: external principals before others.
func (m *Model) counterExample(s *statement, found []violation) *CounterExample {
	external := m.External()
	slices.SortStableFunc(found, func(x, y violation) int {
		switch {
		case external.Has(x.p) == external.Has(y.p):
			return x.hops - y.hops
		case external.Has(x.p):
			return -1
		default:
			return 1
		}
	})
	if found[0].hops > 0 {
		return m.couldExample(s, found[0])
	}
	var best *CounterExample
	for _, v := range found[:min(len(found), mostExamined)] {
		if best != nil && best.Principal.External && !external.Has(v.p) {
			break
		}
		if v.hops > 0 {
			continue // one that needs no steps is smaller
		}
		e, ok := m.example(s, v)
		if ok && (best == nil || len(e.Reason.Steps) < len(best.Reason.Steps)) {
			best = &e
		}
	}
	return best
}

// example returns one way in which a violation has the access: the shortest.
func (m *Model) example(s *statement, v violation) (CounterExample, bool) {
	var best CounterExample
	found := false
	for _, perm := range v.q.Permissions {
		for d := range v.q.Divisions.All() {
			for _, r := range m.Graph.Reasons(v.p, perm, d) {
				if s.target.missed(r) || (found && len(r.Path)+len(r.Inherits) >= best.Hops) {
					continue
				}
				best = CounterExample{
					Principal: m.Ref(v.p), Permission: perm.Name, Division: m.Division(d), Reach: r.Level,
					Reason: m.explain(v.p, perm, d, r), Hops: len(r.Path) + len(r.Inherits),
				}
				found = true
				if best.Hops == 0 {
					return best, true // there is none shorter
				}
			}
		}
	}
	best.Hops = 0
	return best, found
}

// couldExample returns a shortest way of a violation that takes steps first.
func (m *Model) couldExample(s *statement, v violation) *CounterExample {
	w, ok := m.Escalations().Witnesses(v.q, false)(graph.CouldReach{Principal: v.p, Hops: v.hops, Level: v.level})
	if !ok {
		return nil
	}
	e := ExplainedReason{Permission: v.q.Permissions[0].Name, Reach: v.level}
	if !w.Total {
		if last, found := m.accessBy(w.By, v.q, s.target, v.level); found {
			e = last
		}
	}
	e.Steps = append(m.moveSteps(w.Moves), e.Steps...)
	out := &CounterExample{Principal: m.Ref(v.p), Permission: e.Permission, Reach: v.level, Hops: v.hops, Reason: e}
	for d := range v.q.Divisions.All() {
		out.Division = m.Division(d)
		break
	}
	return out
}
