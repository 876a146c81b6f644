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
	drafts map[draftKey]*draft
	order  []*draft
	limit  int // of evidence
	most   int // findings, before the rest is put into one
	shown  []*field
	facts  []*field // that evidence shows
	causes bool     // whether causes matter
	seen   int
	each   func(row any) error // instead of evaluating
	when   []*shapes
	// severity is what decides on each severity of the rule.
	severity [][]*shapes
}

// A draftKey tells findings of one rule apart: organization, and the key's fields.
type draftKey struct {
	org   uint64
	shape shape
	rest  bool
}

// shown are the values of a field that a message names.
type shown struct {
	all   map[string]bool
	last  string           // of them
	lists map[*uint32]bool // that were added; see field.list
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
	values    []shown // by shown field
	evidence  []proof
	facts     int
	causes    map[cause]bool
	blamed    shape // the last causes that were read; see fact.causing
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
	j := &job{rule: r, ctx: ctx, drafts: map[draftKey]*draft{}, limit: o.Evidence, most: mostFindings, when: newShapes(r.when)}
	j.bind(x)
	for _, c := range r.severity {
		j.severity = append(j.severity, newShapes(c.when))
	}
	j.shown = r.message.fields()
	for i := range r.fact.fields {
		f := &r.fact.fields[i]
		if r.query.uses[f.name] || slices.Contains(j.shown, f) || slices.Contains(r.key, f) {
			j.facts = append(j.facts, f)
		}
	}
	return j
}

// bind sets what the job works with, before it looks at anything.
func (j *job) bind(x *index) {
	if j.x != x {
		j.x, j.b = x, newBinding(j.rule, x)
	}
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
	if fires, err := allHold(j.when, j.b); err != nil || !fires {
		return j.wrap(err)
	}
	for i, c := range j.rule.severity {
		fires, err := allHold(j.severity[i], j.b)
		if err != nil {
			return j.wrap(err)
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
	d := j.draftOf(row)
	d.facts++
	d.level = max(d.level, level)
	d.take(j.rule.fact.members(j.x, row))
	if j.rule.fact.records != nil {
		for _, r := range j.rule.fact.records(j.x, row) {
			d.records[r] = true
		}
	}
	for i, f := range j.shown {
		d.show(i, f, j.x, row)
	}
	if j.causes && j.rule.fact.causes != nil {
		j.blame(d, row)
	}
	j.prove(d, row, level)
}

// blame notes what a row rests on.
func (j *job) blame(d *draft, row any) {
	if same := j.rule.fact.causing; same != nil {
		k := same(j.x, row)
		if k == d.blamed {
			return
		}
		d.blamed = k
	}
	j.rule.fact.causes(j.x, row, func(c cause) { d.causes[c] = true })
}

// draftOf returns the finding that a row belongs to.
func (j *job) draftOf(row any) *draft {
	org := j.rule.fact.org(j.x, row)
	k := draftKey{org: j.x.token(org)}
	if len(j.rule.key) > shapeFields {
		k.shape[0] = j.x.token(j.keyText(org, row))
	} else {
		for i, f := range j.rule.key {
			k.shape[i] = f.keyToken(j.x, row)
		}
	}
	d, ok := j.drafts[k]
	switch {
	case ok:
		return d
	case len(j.order) < j.most:
		d = j.draft(j.keyText(org, row), org, row)
	default:
		// Nobody reads that many. The rest is one finding: counted, not lost.
		k = draftKey{org: k.org, rest: true}
		if d, ok = j.drafts[k]; ok {
			return d
		}
		d = j.draft(org+"\x00more", org, row)
		d.rest = true
	}
	j.drafts[k] = d
	return d
}

// keyText is what a fingerprint is made of.
func (j *job) keyText(org string, row any) string {
	var b strings.Builder
	b.WriteString(org)
	for _, f := range j.rule.key {
		b.WriteByte(0)
		b.WriteString(f.name)
		b.WriteByte('=')
		b.WriteString(f.identity(j.x, row))
	}
	return b.String()
}

func (j *job) draft(key, org string, row any) *draft {
	sum := sha256.Sum256([]byte(j.rule.id + "\x00" + key))
	d := &draft{
		rule: j.rule, org: org, print: j.rule.id + "/" + hex.EncodeToString(sum[:6]), lists: map[*uint32]int{},
		records: map[record]bool{}, causes: map[cause]bool{}, values: make([]shown, len(j.shown)), keys: map[string]string{},
	}
	for i := range d.values {
		d.values[i].all = map[string]bool{}
	}
	for _, f := range j.rule.key {
		d.keys[f.name] = f.identity(j.x, row)
	}
	j.order = append(j.order, d)
	return d
}

// show keeps a row's value of a field that the message names.
func (d *draft) show(i int, f *field, x *index, row any) {
	v := &d.values[i]
	if f.all == nil {
		if s := f.plain(x, row); s != v.last || len(v.all) == 0 {
			v.last = s
			v.all[s] = true
		}
		return
	}
	if list := f.list(row); v.lists[list] {
		return
	} else if v.lists == nil {
		v.lists = map[*uint32]bool{list: true}
	} else {
		v.lists[list] = true
	}
	f.all(x, row, func(s string) { v.all[s] = true })
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
		p.fields = append(p.fields, Field{Name: f.name, Value: f.shows(j.x, row)})
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
	return f.plain(x, row)
}

// plain is a row's value as text.
func (f *field) plain(x *index, row any) string {
	if f.text != nil {
		return f.text(x, row)
	}
	return plainText(f.get(x, row))
}

// keyToken is the token of a row's identity.
func (f *field) keyToken(x *index, row any) uint64 {
	if f.key != nil {
		return f.key(x, row)
	}
	return x.token(f.identity(x, row))
}

// shows is a row's value as evidence shows it.
func (f *field) shows(x *index, row any) string {
	if f.all == nil {
		return clean(f.plain(x, row))
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
