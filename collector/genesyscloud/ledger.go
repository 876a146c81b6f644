package genesyscloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// ledger tells what was read, and what was not.
func (t *teller) ledger() error {
	var lines []authz.Coverage
	for _, f := range t.families() {
		lines = append(lines, t.line(f))
	}
	for _, list := range notOffered() {
		lines = append(lines, t.absent(list))
	}
	lines = append(lines, t.remarks()...)
	lines = append(lines, t.d.Readings()...)
	order := authz.Lists()
	slices.SortStableFunc(lines, func(a, b authz.Coverage) int {
		return slices.Index(order, a.List) - slices.Index(order, b.List)
	})
	for _, l := range lines {
		l.Org = t.org
		if err := t.sink.Cover(l); err != nil {
			return fmt.Errorf("keeping the ledger: %w", err)
		}
	}
	return nil
}

// A family is the rows that make one line: one path, asked in several ways, or
// a path and the one that serves instead of it.
type family []*endpoint

// families returns the rows by line, in the order of the plan.
func (s *Source) families() (list []family) {
	at := map[string]int{}
	for i := range s.rows {
		e := &s.rows[i]
		key := string(e.list) + strings.TrimSuffix(e.path, "/query")
		if e.style == job {
			key += " job"
		}
		n, ok := at[key]
		if !ok {
			n = len(list)
			at[key], list = n, append(list, nil)
		}
		list[n] = append(list[n], e)
	}
	return list
}

// line is the ledger's line of a family.
func (t *teller) line(f family) authz.Coverage {
	c := authz.Coverage{List: f[0].list, Source: f[0].source(), Status: authz.StatusComplete, Expected: -1}
	if !t.reads(f[0]) {
		c.Status, c.Reason = authz.StatusAbsent, "it was not asked for"
		return c
	}
	var all []*reading
	for _, e := range f {
		all = append(all, t.readings[e.name]...)
		if e.style == cursor && len(t.readings[e.name]) > 0 {
			c.Source += ", " + e.source()
		}
	}
	var say reasons
	t.sum(&c, all)
	t.failures(&c, &say, f[0], all)
	t.parents(&c, &say, f[0], len(all))
	for _, e := range f {
		if o := t.odd[e.name]; o != nil {
			say.partial(&c, fmt.Sprintf("%d could not be read and are kept as they came, the first: %s", o.n, o.first))
		}
	}
	t.counts(&c, &say, f[0])
	c.Reason = strings.Join(say, "; ")
	if f[0].beyond != "" && c.Status == authz.StatusRefused {
		c.Status = authz.StatusReading
		c.Reason = fmt.Sprintf("not read: it takes %s, which also %s; no answer rests on it", f[0].permission, f[0].beyond)
		c.MissingPermission = ""
	}
	return c
}

// reasons are why a line is not complete.
type reasons []string

// partial adds a reason that takes nothing away from what came.
func (r *reasons) partial(c *authz.Coverage, why string) {
	if c.Status == authz.StatusComplete {
		c.Status = authz.StatusPartial
	}
	*r = append(*r, why)
}

// sum adds up what came.
func (t *teller) sum(c *authz.Coverage, all []*reading) {
	known := len(all) > 0
	var expected int64
	for _, q := range all {
		c.Received += q.received
		c.Pages += int64(q.pages)
		expected += max(q.expected, 0)
		known = known && q.expected >= 0
		if !q.started.IsZero() && (c.Started.IsZero() || q.started.Before(c.Started)) {
			c.Started = q.started
		}
		if q.ended.After(c.Ended) {
			c.Ended = q.ended
		}
	}
	if known {
		c.Expected = expected
	}
}

// failures tells of the readings that did not come to their end.
func (t *teller) failures(c *authz.Coverage, say *reasons, e *endpoint, all []*reading) {
	var bad []*reading
	came := false
	for _, q := range all {
		came = came || q.pages > 0 || q.complete()
		if !q.complete() {
			bad = append(bad, q)
		}
	}
	if len(bad) == 0 {
		return
	}
	q := bad[0]
	reason := q.fault
	if q.err != nil {
		reason = why(q.err)
		c.Status = statusOf(q.err)
		c.MissingPermission = missing(q, e)
	}
	if came || c.Status == authz.StatusComplete {
		c.Status = authz.StatusPartial
	}
	if e.each != "" {
		reason = fmt.Sprintf("%d of %d could not be read wholly, the first is %s: %s", len(bad), len(all), clip(q.of), reason)
	} else if len(all) > 1 || e.kind != "" {
		reason = q.at.name + ": " + reason
	}
	if e.aside != "" {
		reason = "it is not known " + e.aside + ": " + reason
	}
	*say = append(*say, reason)
}

// statusOf says what an error that gave nothing at all makes of a list.
func statusOf(err error) authz.Status {
	if status(err, 403) {
		return authz.StatusRefused
	}
	return authz.StatusFailed
}

// missing returns the permission that a refusal names, or else the one that the
// endpoint declares.
func missing(q *reading, e *endpoint) string {
	r, ok := refused(q.err)
	switch {
	case !ok || r.Status != 403:
		return ""
	case len(r.Missing) == 1:
		return r.Missing[0]
	case slices.Contains(r.Missing, e.permission) || len(r.Missing) == 0:
		return e.permission
	default:
		return r.Missing[0]
	}
}

// parents tells of what could not be asked because what it is asked for is not known.
func (t *teller) parents(c *authz.Coverage, say *reasons, e *endpoint, asked int) {
	if e.each == "" {
		return
	}
	for _, q := range t.readings[e.each] {
		if q.complete() {
			continue
		}
		if asked == 0 {
			c.Status, c.MissingPermission = authz.StatusFailed, missing(q, q.at)
			if q.err != nil {
				c.Status = statusOf(q.err)
			}
		}
		text := "it could not be asked for all " + q.at.name + ", for those were not read wholly"
		if q.err != nil && asked == 0 {
			text += ": " + why(q.err)
		}
		say.partial(c, text)
		return
	}
}

// counts tells of what the platform counts and did not give.
func (t *teller) counts(c *authz.Coverage, say *reasons, e *endpoint) {
	if e.each != "" || c.Status == authz.StatusRefused || c.Status == authz.StatusFailed {
		return
	}
	if text := t.inside.hidden(e.counted()); text != "" {
		say.partial(c, text)
		c.MissingPermission = e.permission
	}
	if e.name == rowSkillGroups {
		if text := t.inside.unlisted(t.rows); text != "" {
			say.partial(c, text)
		}
	}
}

// absent is the line of a list that the platform does not offer.
func (t *teller) absent(list authz.List) authz.Coverage {
	c := authz.Coverage{List: list, Source: "platform", Status: authz.StatusNotApplicable, Expected: -1, Reason: "the platform has no such list"}
	if by := t.d.Mentioned(list); by != "" {
		c.Status = authz.StatusAbsent
		c.Reason += ", and " + by
	}
	return c
}

// remarks are what the reading of lists showed that is no gap.
func (t *teller) remarks() (lines []authz.Coverage) {
	remark := func(row string, n int64, text string) {
		if n > 0 {
			e := t.row(row)
			lines = append(lines, authz.Coverage{List: e.list, Source: e.source(), Status: authz.StatusReading, Expected: -1, Received: n, Reason: text})
		}
	}
	j := &t.grants
	remark(rowSubjects, j.noDate.n, "a grant that the grants in its division lack is kept without a date; the first: "+clip(j.noDate.first))
	remark(rowGrants, j.undated, "a grant in all divisions is kept without a date: the platform lists those by role only")
	remark(rowGrants, j.noType.n, "a grant that the subjects of its role lack is kept; the first: "+clip(j.noType.first))
	for _, row := range []string{rowRoles, rowGroups} {
		if text := t.unsure[t.row(row).list]; text != "" {
			remark(row, 1, "it could not be read a second time to see what changed meanwhile: "+text)
		}
	}
	if once := t.readings[rowGrants]; len(once) > 0 {
		remark(rowGrants, int64(len(once)), "lists other than roles and groups are read once: what changed while they were read may be in them or not")
	}
	remark(rowRoles, int64(t.changed[authz.ListRoles]), "a role changed while roles were read, and they were read again")
	remark(rowGroups, int64(t.changed[authz.ListGroups]), "a group changed while groups were read, and they were read again")
	return lines
}
