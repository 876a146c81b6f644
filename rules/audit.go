package rules

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// AuditOptions say how an audit is done. The zero value is useful.
type AuditOptions struct {
	// Evidence is the most facts that a finding shows; 0 is 5.
	Evidence int
	// Reasons is the most derivations that a finding's first fact shows; 0 is 2,
	// negative none. Beyond the worst thousand findings none are worked out.
	Reasons int
	// Principals is the most principals that a finding lists; 0 is all. The rest
	// is counted in [Finding.Count].
	Principals int
	// Extra is what the snapshot says beside its graph; nil: nothing.
	Extra *Extra
	// Before is an earlier snapshot of the same organization; nil: none.
	Before *Before
	// Workers is how many rules are evaluated at a time; 0: as many as there are
	// processors, eight at most, and one for a small organization. The result does
	// not depend on it.
	Workers int
}

// Before is an earlier snapshot, with which an audit compares.
type Before struct {
	Model *analyzer.Model
	Extra *Extra
}

// mostReasoned is the number of findings for which derivations are worked out:
// more than anybody reads, and few enough to be no matter.
const mostReasoned = 1000

// Audit evaluates the rules of a set against a model.
func Audit(ctx context.Context, m *analyzer.Model, set *Set, o AuditOptions) (*Result, error) {
	if o.Evidence == 0 {
		o.Evidence = 5
	}
	if o.Reasons == 0 {
		o.Reasons = 2
	}
	x := newIndex(m)
	x.extra, x.before = o.Extra, o.Before
	jobs, err := set.jobs(ctx, x, o)
	if err != nil {
		return nil, err
	}
	a := newAcceptance(x)
	if err := run(ctx, x, about(jobs, false), o.workers(m)); err != nil {
		return nil, err
	}
	// What accept entries are used for is known once all else is.
	a.note(collect(jobs))
	x.accepted = a
	if err := run(ctx, x, about(jobs, true), 1); err != nil {
		return nil, err
	}
	drafts := collect(jobs)
	covered := cover(drafts)
	res := &Result{
		Head: x.head(), Packs: set.Packs(), Deviations: set.Deviations(), Findings: []Finding{}, Accepted: []Accepted{},
	}
	if res.Deviations == nil {
		res.Deviations = []Deviation{}
	}
	for _, d := range drafts {
		if len(res.Findings)+len(res.Accepted) == mostReasoned {
			o.Reasons = -1
		}
		if covered.under[d] != nil {
			res.Totals.Covered++
			continue
		}
		f := x.finding(d, covered.over[d], o)
		if entry, ok := a.judge(d, &f); ok {
			f.Status = "accepted"
			res.Accepted = append(res.Accepted, Accepted{
				Finding: f, Reason: clean(entry.Reason), ApprovedBy: clean(entry.ApprovedBy), Until: entry.Until.UTC().Format("2006-01-02"),
			})
			continue
		}
		res.Findings = append(res.Findings, f)
	}
	res.finish()
	if o.Before != nil {
		if err := res.compare(ctx, set, o, drafts); err != nil {
			return nil, err
		}
	}
	return res, nil
}

// jobs returns what is to be done, in the order of the rules.
func (s *Set) jobs(ctx context.Context, x *index, o AuditOptions) ([]*job, error) {
	coverable := map[string]bool{}
	for _, r := range s.rules {
		for _, id := range r.covers {
			coverable[id] = true
		}
	}
	var out []*job
	for _, r := range s.rules {
		if r.disabled {
			continue
		}
		if err := x.tenantsExist(r); err != nil {
			return nil, err
		}
		j := newJob(ctx, x, r, o)
		j.causes = len(r.covers) > 0 || coverable[r.id]
		out = append(out, j)
	}
	return out, nil
}

// tenantsExist reports a tenant that a rule selects and nobody knows: a rule
// that can find nothing is worse than none.
func (x *index) tenantsExist(r *rule) error {
	for _, s := range r.fact.selectors {
		if s.kind != selOpen {
			continue
		}
		for _, w := range r.query.sel[s.name] {
			if _, ok := x.m.Tenants.Find(w); !ok && !slices.Contains(s.words, w) {
				return fmt.Errorf("rule %s (%s): select %s: there is no tenant %q", r.id, r.pos, s.name, short(clean(w)))
			}
		}
	}
	return nil
}

// about returns the jobs that look at exceptions, or those that do not.
func about(jobs []*job, exceptions bool) []*job {
	return slices.DeleteFunc(slices.Clone(jobs), func(j *job) bool { return (j.rule.fact.name == "exception") != exceptions })
}

// collect returns the findings, worst first.
func collect(jobs []*job) []*draft {
	var out []*draft
	for _, j := range jobs {
		for _, d := range j.order {
			d.settle()
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *draft) int {
		return cmp.Or(cmp.Compare(b.level, a.level), cmp.Compare(len(b.members), len(a.members)), cmp.Compare(a.print, b.print))
	})
	return out
}

// head opens the result.
func (x *index) head() analyzer.Head {
	h := x.m.Head("findings", analyzer.QuestionRules, "")
	for _, u := range x.g.AllUndetermined() {
		e := analyzer.Undetermined{Role: u.Role, Division: u.Division, Why: u.Why}
		if u.Subject != (authz.Key{}) {
			e.Subject = u.Subject.String()
		}
		h.Undetermined = append(h.Undetermined, e)
	}
	return h
}

// finding spells out a draft.
func (x *index) finding(d *draft, over []*draft, o AuditOptions) Finding {
	r := d.rule
	f := Finding{
		Fingerprint: d.print, Rule: r.id, Severity: d.level, Title: r.title, Message: x.message(d), Why: r.why, Fix: r.fix,
		Controls: slices.Clone(r.controls), Status: "open", Covers: []Covered{}, Principals: []analyzer.PrincipalRef{},
		Count: len(d.members), Members: d.members, Records: []analyzer.TargetRef{}, Facts: d.facts, Evidence: []Evidence{}, Cut: []string{},
	}
	if f.Controls == nil {
		f.Controls = []string{}
	}
	listed := d.members
	if o.Principals > 0 && len(listed) > o.Principals {
		listed = listed[:o.Principals]
	}
	f.Principals = slices.Grow(f.Principals, len(listed))
	for _, p := range listed {
		f.Principals = append(f.Principals, x.m.Ref(p))
	}
	for _, rec := range d.sortedRecords() {
		f.Records = append(f.Records, rec.TargetRef)
	}
	for i, p := range d.evidence {
		e := Evidence{Fact: r.fact.name, Fields: p.fields}
		if i == 0 && o.Reasons > 0 && d.reasons != nil {
			e.Reasons = d.reasons(o.Reasons)
		}
		f.Evidence = append(f.Evidence, e)
	}
	for _, c := range over {
		f.Covers = append(f.Covers, Covered{
			Fingerprint: c.print, Rule: c.rule.id, Severity: c.level, Title: c.rule.title, Message: x.message(c), Principals: len(c.members),
		})
	}
	return f
}

func (d *draft) sortedRecords() []record {
	return slices.SortedFunc(maps.Keys(d.records), func(a, b record) int {
		return cmp.Or(cmp.Compare(a.org, b.org), cmp.Compare(a.Kind.String(), b.Kind.String()), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// message fills in a finding's message.
func (x *index) message(d *draft) string {
	var b strings.Builder
	shown := d.rule.message.fields()
	if d.rest {
		fmt.Fprintf(&b, "What is beyond the first %d findings of this rule, in one: ", mostFindings)
	}
	for _, p := range d.rule.message {
		switch {
		case p.text != "":
			b.WriteString(p.text)
		case p.field != nil:
			all := slices.Sorted(maps.Keys(d.values[slices.Index(shown, p.field)].all))
			b.WriteString(values(all, len(all)))
		case p.param != "":
			v := d.rule.param(p.param)
			b.WriteString(inert(v.render(v.value)))
		case p.verb != [2]string{}:
			b.WriteString(p.verb[min(1, max(0, d.many()-1))])
		default:
			b.WriteString(x.word(d, p.word))
		}
	}
	return b.String()
}

// many is how many principals, or else records, a finding is about.
func (d *draft) many() int {
	if len(d.members) > 0 {
		return len(d.members)
	}
	return len(d.records)
}

func (x *index) word(d *draft, word string) string {
	switch word {
	case "count":
		return fmt.Sprint(len(d.members))
	case "facts":
		return fmt.Sprint(d.facts)
	case "records":
		var names []string
		for _, r := range d.sortedRecords() {
			names = append(names, cmp.Or(r.Name, r.ID))
		}
		return listed("record", names, len(names))
	default:
		var names []string
		for _, p := range d.members[:min(len(d.members), namesShown)] {
			names = append(names, principalName(x.m.Ref(p)))
		}
		return listed("principal", names, len(d.members))
	}
}

// finish sorts and counts.
func (r *Result) finish() {
	worse := func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fingerprint, b.Fingerprint))
	}
	slices.SortFunc(r.Findings, worse)
	slices.SortFunc(r.Accepted, func(a, b Accepted) int { return worse(a.Finding, b.Finding) })
	counts := map[Severity]*int{
		Critical: &r.Totals.Critical, High: &r.Totals.High, Medium: &r.Totals.Medium, Low: &r.Totals.Low, Info: &r.Totals.Info,
	}
	for _, f := range r.Findings {
		*counts[f.Severity]++
	}
	r.Totals.Accepted = len(r.Accepted)
}
