package rules

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/interpreter"

	"github.com/grantgraph/grantgraph/analyzer"
)

// mostFindings is the number of findings of one rule and organization beyond
// which the rest is told as one.
const mostFindings = 10_000

// A job is one rule at work: it looks at rows and gathers what fires.
type job struct {
	rule   *rule
	x      *index
	ctx    context.Context
	b      *binding
	drafts map[string]*draft
	order  []*draft
	limit  int // of evidence
	most   int // findings, before the rest is put into one
	shown  []*field
	facts  []*field // that evidence shows
	causes bool     // whether causes matter
	seen   int
	each   func(row any) error // instead of evaluating
}

// A draft is a finding while its facts are gathered.
type draft struct {
	rule      *rule
	org       string
	print     string
	level     Severity
	members   []uint32
	lists     map[*uint32]int
	records   map[record]bool
	values    []map[string]bool // by shown field
	evidence  []proof
	facts     int
	causes    map[cause]bool
	keys      map[string]string
	reasons   func(limit int) []analyzer.ExplainedReason
	reasoning Severity
	rest      bool // what is beyond the most findings of a rule
}

// A proof is a fact that fired, with the severity that it was worth.
type proof struct {
	level  Severity
	fields []Field
}

func newJob(ctx context.Context, x *index, r *rule, o AuditOptions) *job {
	j := &job{rule: r, x: x, ctx: ctx, b: newBinding(r, x), drafts: map[string]*draft{}, limit: o.Evidence, most: mostFindings}
	j.shown = r.message.fields()
	for i := range r.fact.fields {
		f := &r.fact.fields[i]
		if r.query.uses[f.name] || slices.Contains(j.shown, f) || slices.Contains(r.key, f) {
			j.facts = append(j.facts, f)
		}
	}
	return j
}

// visit evaluates the rule for one row.
func (j *job) visit(row any) error {
	if j.each != nil {
		return j.each(row)
	}
	if j.seen++; j.seen&0xfff == 0 {
		if err := j.ctx.Err(); err != nil {
			return err
		}
	}
	j.b.value.row = row
	if j.rule.when != nil {
		fires, err := j.rule.when.holds(j.b)
		if err != nil || !fires {
			return j.wrap(err)
		}
	}
	for _, c := range j.rule.severity {
		fires := c.when == nil
		if !fires {
			var err error
			if fires, err = c.when.holds(j.b); err != nil {
				return j.wrap(err)
			}
		}
		if fires {
			j.add(row, c.level)
			return nil
		}
	}
	return nil
}

func (j *job) wrap(err error) error {
	if err == nil {
		return nil
	}
	var limit interpreter.EvalCancelledError
	if errors.As(err, &limit) {
		return fmt.Errorf("rule %s (%s): evaluation of one %s cost more than %d: simplify its expressions", j.rule.id, j.rule.pos, j.rule.fact.name, costLimit)
	}
	return fmt.Errorf("rule %s (%s): evaluating a %s: %w", j.rule.id, j.rule.pos, j.rule.fact.name, err)
}

// add puts a row that fired into its finding.
func (j *job) add(row any, level Severity) {
	org := j.rule.fact.org(j.x, row)
	var b strings.Builder
	b.WriteString(org)
	for _, f := range j.rule.key {
		b.WriteByte(0)
		b.WriteString(f.name)
		b.WriteByte('=')
		b.WriteString(f.identity(j.x, row))
	}
	key := b.String()
	d, ok := j.drafts[key]
	if !ok && len(j.order) >= j.most {
		// Nobody reads that many. The rest is one finding: counted, not lost.
		key = org + "\x00more"
		d, ok = j.drafts[key]
	}
	if !ok {
		d = j.draft(key, org, row)
		d.rest = strings.HasSuffix(key, "\x00more")
	}
	d.facts++
	d.level = max(d.level, level)
	d.take(j.rule.fact.members(j.x, row))
	if j.rule.fact.records != nil {
		for _, r := range j.rule.fact.records(j.x, row) {
			d.records[r] = true
		}
	}
	for i, f := range j.shown {
		f.each(j.x, row, func(v string) { d.values[i][v] = true })
	}
	if j.causes && j.rule.fact.causes != nil {
		j.rule.fact.causes(j.x, row, func(c cause) { d.causes[c] = true })
	}
	j.prove(d, row, level)
}

func (j *job) draft(key, org string, row any) *draft {
	sum := sha256.Sum256([]byte(j.rule.id + "\x00" + key))
	d := &draft{
		rule: j.rule, org: org, print: j.rule.id + "/" + hex.EncodeToString(sum[:6]), lists: map[*uint32]int{},
		records: map[record]bool{}, causes: map[cause]bool{}, values: make([]map[string]bool, len(j.shown)), keys: map[string]string{},
	}
	for i := range d.values {
		d.values[i] = map[string]bool{}
	}
	for _, f := range j.rule.key {
		d.keys[f.name] = f.identity(j.x, row)
	}
	j.drafts[key] = d
	j.order = append(j.order, d)
	return d
}

// take adds principals. The same list comes again and again, once for each
// permission or target, and is added once.
func (d *draft) take(list []uint32) {
	if len(list) == 0 {
		return
	}
	if len(list) > 4 {
		if d.lists[&list[0]] >= len(list) {
			return
		}
		d.lists[&list[0]] = len(list)
	}
	d.members = append(d.members, list...)
	if len(d.members) >= 1024 && len(d.members) == cap(d.members) {
		d.settle()
	}
}

func (d *draft) settle() {
	slices.Sort(d.members)
	d.members = slices.Compact(d.members)
}

// prove keeps a fact as evidence if it is among the worst.
func (j *job) prove(d *draft, row any, level Severity) {
	if reasons := j.rule.fact.reasons; reasons != nil && level > d.reasoning {
		d.reasoning = level
		d.reasons = reasonsLater(j.x, j.rule.fact, row)
	}
	at := len(d.evidence)
	for at > 0 && d.evidence[at-1].level < level {
		at--
	}
	if at >= j.limit {
		return
	}
	p := proof{level: level}
	for _, f := range j.facts {
		p.fields = append(p.fields, Field{Name: f.name, Value: f.text(j.x, row)})
	}
	d.evidence = slices.Insert(d.evidence, at, p)
	if len(d.evidence) > j.limit {
		d.evidence = d.evidence[:j.limit]
	}
}

// reasonsLater remembers a row beyond its time, so that derivations are worked
// out only for what is shown.
func reasonsLater(x *index, f *fact, row any) func(int) []analyzer.ExplainedReason {
	r, ok := row.(*accessRow)
	if !ok {
		return nil
	}
	kept := *r
	kept.list = []uint32{slices.Min(r.list)}
	return func(limit int) []analyzer.ExplainedReason { return f.reasons(x, &kept, limit) }
}

// identity is what stands in fingerprints for a row's value.
func (f *field) identity(x *index, row any) string {
	if f.id != nil {
		return f.id(x, row)
	}
	return plainText(f.get(x, row))
}

// each yields the values of a row, more than one where it stands for several.
func (f *field) each(x *index, row any, yield func(string)) {
	if f.all != nil {
		f.all(x, row, yield)
		return
	}
	yield(plainText(f.get(x, row)))
}

// text is a row's value as evidence shows it.
func (f *field) text(x *index, row any) string {
	if f.all == nil {
		return clean(plainText(f.get(x, row)))
	}
	var list []string
	f.all(x, row, func(v string) { list = append(list, v) })
	slices.Sort(list)
	return values(list, len(list))
}

func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, ", ")
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format(time.RFC3339)
	case time.Duration:
		return formatSpan(v)
	default:
		return fmt.Sprint(v)
	}
}
