package genesyscloud

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// What ends a run without a snapshot.
var (
	// ErrGone: the platform stopped answering. What was read is kept.
	ErrGone = errors.New("the platform does not answer any more")
	// ErrNothing: the platform refused everything that matters.
	ErrNothing = errors.New("the platform gives this client nothing: neither users nor roles nor grants")
)

// A run is the first phase under way.
type run struct {
	*Source
	pool *pool

	mu       sync.Mutex
	broken   int // readings that broke since the platform last answered
	answered int64
	left     int64
	groups   map[string]bool // that hold roles
	named    map[string]bool // divisions that roles are held in
	steps    map[string]*Step
	sizes    map[string]*pageSize
	limited  map[string]error // rows that the platform's rate limit keeps closed
}

// A pageSize is the largest page size that the platform takes of a row. The
// first reading finds it out while the others wait, so that it is refused once
// and not for each of them.
type pageSize struct {
	mu    sync.Mutex
	at    int // index in the row's sizes
	found bool
}

// Ask asks the platform everything. An error means that there can be no
// snapshot yet: what was read until then is kept, and Ask of another Source on the
// same answers goes on.
func (s *Source) Ask(ctx context.Context) error {
	r := &run{Source: s, pool: newPool(), groups: map[string]bool{}, named: map[string]bool{}, steps: map[string]*Step{}, sizes: map[string]*pageSize{}, limited: map[string]error{}}
	for _, e := range s.rows {
		r.steps[e.name] = &Step{Row: e.name, List: e.list}
		r.sizes[e.name] = &pageSize{found: len(e.sizes) < 2}
	}
	if err := r.organization(ctx); err != nil {
		return err
	}
	for i := range s.rows {
		if e := &s.rows[i]; e.each == "" && e.style != cursor && e.name != rowOrganization && s.reads(e) {
			r.enqueue(e, "")
		}
	}
	if err := r.pool.run(ctx, s.o.Workers); err != nil {
		return err
	}
	if err := r.last(ctx); err != nil {
		return err
	}
	s.settle()
	if s.nothing() {
		return ErrNothing
	}
	s.asked = true
	return nil
}

// organization asks which organization this is: without it there is nothing.
func (r *run) organization(ctx context.Context) error {
	q := &reading{at: r.row(rowOrganization)}
	r.begin(q.at)
	if err := r.read(ctx, q, keeps{ids: true}); err != nil {
		return err
	}
	if q.err != nil {
		return fmt.Errorf("asking which organization this is: %w", q.err)
	}
	if len(q.ids) != 1 {
		return errors.New("asking which organization this is: the answer has no id")
	}
	r.keep(q)
	return nil
}

// enqueue has an endpoint read once the run comes to it.
func (r *run) enqueue(e *endpoint, of string) {
	r.begin(e)
	r.pool.add(func(ctx context.Context) error {
		q := &reading{at: e, of: of}
		if e.style != job {
			return r.whole(ctx, q)
		}
		// What it finds is asked for when the platform has had time to find it.
		q.begun, q.notBegun = r.o.API.Begin(ctx, r.job(q))
		r.pool.add(func(ctx context.Context) error { return r.whole(ctx, q) })
		return nil
	})
}

// whole makes a reading, and enqueues what follows from it.
func (r *run) whole(ctx context.Context, q *reading) error {
	if err := r.read(ctx, q, r.keepsOf(q.at)); err != nil {
		return err
	}
	if of := r.parts(q); of != nil {
		for _, part := range of {
			r.enqueue(q.at, part)
		}
		return nil
	}
	r.keep(q)
	r.follow(q)
	return nil
}

// keepsOf says what of an endpoint's entities is needed later in the run.
func (r *run) keepsOf(e *endpoint) keeps {
	asked := slices.ContainsFunc(r.rows, func(f endpoint) bool { return f.each == e.name }) || e.name == rowCare
	return keeps{ids: asked, prints: e.name == rowRoles || e.name == rowGroups}
}

// keep notes a reading.
func (r *run) keep(q *reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	q.done()
	r.readings[q.at.name] = append(r.readings[q.at.name], q)
	if q.at.name == rowSubjects {
		for _, id := range q.ids {
			r.groups[id] = true
		}
		maps.Copy(r.named, q.named)
		q.ids, q.named = nil, nil
	}
}

// follow enqueues what is asked for each entity of a reading.
func (r *run) follow(q *reading) {
	for i := range r.rows {
		e := &r.rows[i]
		up := e.each == q.at.name || e.each == rowTrustees && q.at.name == rowCare
		if !up || e.name == rowDynamic || !r.reads(e) {
			continue
		}
		for _, id := range r.each(e, q) {
			r.enqueue(e, id)
		}
	}
}

// each returns what an endpoint is asked for.
func (r *run) each(e *endpoint, q *reading) []string {
	switch {
	case e.name == rowGrants:
		return append(slices.Clone(q.ids), authz.AllDivisions)
	case e.name == rowAudits:
		return r.audits(q.ids)
	case q.at.name == rowCare:
		return r.notYet(q.ids)
	default:
		return q.ids
	}
}

// notYet returns the ids of organizations that the list of trustees lacks.
func (r *run) notYet(ids []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.ContainsFunc(r.readings[rowTrustees], func(q *reading) bool { return slices.Contains(q.ids, id) })
	})
}

// read makes a reading. The error is one that ends the run; any other is the
// reading's own.
func (r *run) read(ctx context.Context, q *reading, k keeps) error {
	size := r.sizes[q.at.name]
	size.mu.Lock()
	mine := !size.found // the first reading of the row, which the others wait for
	if mine {
		defer size.mu.Unlock()
	} else {
		size.mu.Unlock()
	}
	if len(q.at.sizes) > 0 {
		q.size = q.at.sizes[size.at]
	}
	q.expected = -1
	if err := r.closed(q.at); err != nil {
		return r.finish(ctx, q, err)
	}
	for {
		err := r.walk(ctx, q, k)
		if mine && q.pages > 0 {
			size.found = true
		}
		switch {
		case err != nil && errors.Is(err, errInterrupted):
		case err != nil && fatal(ctx, err):
			if !r.onlyHere(ctx, q, err) {
				return err
			}
			// Another endpoint may have cost us the token just now.
			if _, auth := errors.AsType[*rest.AuthError](err); !auth || q.denied >= mostDenied {
				return r.finish(ctx, q, err)
			}
			q.denied++
		case status(err, http.StatusBadRequest) && mine && !size.found && size.at+1 < len(q.at.sizes):
			size.at++
			q.size = q.at.sizes[size.at]
			continue
		case (status(err, http.StatusBadRequest) || errors.Is(err, errTooMany)) && q.at.instead != "":
			return r.instead(ctx, q, k)
		case r.mayBeAbsent(q) && (status(err, http.StatusNotFound) || status(err, http.StatusBadRequest)):
			q.reset(0)
			q.absent = true
			return r.finish(ctx, q, nil)
		case err == nil && q.short() && !q.again:
			q.again = true
		default:
			return r.finish(ctx, q, err)
		}
		if err := r.forget(q); err != nil {
			return err
		}
		q.reset(0)
	}
}

// mayBeAbsent reports whether the platform need not have the list at all. That it
// gives the grants in all divisions by date is documented nowhere; of a division
// that is gone it need not know.
func (r *run) mayBeAbsent(q *reading) bool {
	if q.at.name != rowGrants {
		return q.at.absentIs404
	}
	if q.of == authz.AllDivisions {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return !slices.ContainsFunc(r.readings[rowDivisions], func(d *reading) bool {
		return slices.Contains(d.ids, q.of)
	})
}

// instead reads the other endpoint for the same entities.
func (r *run) instead(ctx context.Context, q *reading, k keeps) error {
	r.mu.Lock()
	q.reset(0)
	r.steps[q.at.name].Read++
	r.tell(q)
	*q = reading{at: r.row(q.at.instead), of: q.of}
	r.steps[q.at.name].Lists++
	r.mu.Unlock()
	return r.read(ctx, q, k)
}

// forget drops the answers of a reading that is begun again.
func (r *run) forget(q *reading) error {
	if r.o.Forget == nil {
		return nil
	}
	return r.o.Forget(q.request())
}

var (
	// errInterrupted: the pages before are of an earlier run, too long ago to
	// be parts of one list with those that come now.
	errInterrupted = errors.New("the list was interrupted")
	errTooMany     = errors.New("more than this list gives")
)

const (
	// mostDenied is how often a list is begun again because its token was not taken.
	mostDenied = 2
	// tooLongAgo is how far apart two pages of one list may have been asked.
	tooLongAgo = 15 * time.Minute
	// mostNotActive is how many users the plain list gives that are not active.
	mostNotActive = 10_000
)

// walk reads from the first page to the last, or to the first error.
func (r *run) walk(ctx context.Context, q *reading, k keeps) error {
	if q.notBegun != nil {
		return q.notBegun
	}
	var before rest.Page
	for p, err := range r.pages(ctx, r.o.API, q) {
		if err != nil {
			return err
		}
		if q.pages > 0 && before.Replayed && !p.Replayed && !p.Again && p.At.Sub(before.At) > tooLongAgo {
			return errInterrupted
		}
		before = p
		if p.Total > mostNotActive && q.at.instead != "" && q.at.name != "active users" {
			return errTooMany
		}
		r.add(q, p, k)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// add takes a page in, and tells how far the run is.
func (r *run) add(q *reading, p rest.Page, k keeps) {
	q.add(p, k)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !p.Replayed {
		r.answered++
		r.broken = 0
	}
	if q.pages == 1 && q.expected > int64(q.size) && q.size > 0 {
		r.left += (q.expected - 1) / int64(q.size)
	} else if q.pages > 1 {
		r.left--
	}
	r.tell(q)
}

// begin notes that a list is to be read.
func (r *run) begin(e *endpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left++
	r.steps[e.name].Lists++
}

// tell reports progress. The mutex is held.
func (r *run) tell(q *reading) {
	s := r.steps[q.at.name]
	s.Received += q.received - q.toldReceived
	s.Expected += max(q.expected, 0) - q.toldExpected
	q.toldReceived, q.toldExpected = q.received, max(q.expected, 0)
	s.Asked, s.Left, s.Done = r.answered, max(r.left, 0), r.through(q.at)
	if r.o.Progress != nil {
		r.o.Progress(*s)
	}
}

// through reports whether a row has been read, and with it those for whose
// entities it is asked.
func (r *run) through(e *endpoint) bool {
	s := r.steps[e.name]
	return s.Read == s.Lists && (e.each == "" || r.through(r.row(e.each)))
}

// finish ends a reading.
func (r *run) finish(ctx context.Context, q *reading, err error) error {
	q.err = err
	if err == nil && q.short() {
		q.fault = fmt.Sprintf("the platform announces %d and gave %d, twice", q.expected, q.received)
	}
	r.mu.Lock()
	r.left--
	r.steps[q.at.name].Read++
	r.tell(q)
	_, isBroken := errors.AsType[*rest.BrokenError](err)
	if isBroken {
		r.broken++
	}
	gone := isBroken && r.broken >= 3
	r.mu.Unlock()
	if !gone {
		return nil
	}
	if r.o.Ping != nil && r.o.Ping(ctx) == nil {
		r.mu.Lock()
		r.broken = 0
		r.mu.Unlock()
		return nil
	}
	return fmt.Errorf("%w: %w", ErrGone, err)
}

// onlyHere reports whether an error that would end the run is of this list alone:
// the platform has a rate limit or a rule for its endpoint, and answers others. The
// list is then a gap, and the rest goes on.
func (r *run) onlyHere(ctx context.Context, q *reading, err error) bool {
	_, limit := errors.AsType[*rest.LimitError](err)
	_, auth := errors.AsType[*rest.AuthError](err)
	if !limit && !auth || r.o.Ping == nil || r.o.Ping(ctx) != nil {
		return false
	}
	if limit { // each of its lists would take as long
		r.mu.Lock()
		r.limited[q.at.name] = err
		r.mu.Unlock()
	}
	return true
}

// closed returns the error with which a row was given up, nil if it was not.
func (r *run) closed(e *endpoint) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.limited[e.name]
}

// last asks what can only be asked when all else was: which groups with roles
// are dynamic, and what changed meanwhile.
func (r *run) last(ctx context.Context) error {
	if e := r.row(rowDynamic); r.wanted[e.list] {
		for _, id := range sortedKeys(r.groups) {
			r.enqueue(e, id)
		}
	}
	r.furtherDivisions()
	if err := r.pool.run(ctx, r.o.Workers); err != nil {
		return err
	}
	for _, name := range []string{rowRoles, rowGroups} {
		if err := r.compare(ctx, name); err != nil {
			return err
		}
	}
	return r.pool.run(ctx, r.o.Workers)
}

// furtherDivisions has the grants read in divisions that the list of divisions
// lacks although roles are held in them.
func (r *run) furtherDivisions() {
	e := r.row(rowGrants)
	if !r.reads(e) || len(r.readings[rowDivisions]) == 0 {
		return
	}
	for _, id := range sortedKeys(r.named) {
		known := id == "" || id == authz.AllDivisions
		for _, q := range r.readings[rowDivisions] {
			known = known || slices.Contains(q.ids, id)
		}
		if !known {
			r.enqueue(e, id)
		}
	}
}

// Identify asks which organization answers.
func Identify(ctx context.Context, api API) (authz.Organization, error) {
	s := New(Options{API: api})
	b := &prober{Source: s}
	if err := b.organization(ctx); err != nil {
		return authz.Organization{}, err
	}
	if b.out.Organization.ID == "" {
		return authz.Organization{}, errors.New("asking which organization this is: the answer has no id")
	}
	return b.out.Organization, nil
}
