package genesyscloud

import (
	"context"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Options say whom to ask, and for what. API is required.
type Options struct {
	// API answers, and keeps its answers.
	API API
	// Kept gives the kept answers again, and asks nothing. If it is nil, API
	// does both.
	Kept API
	// Rewind makes Kept begin with the first answer to each question again. If
	// it is nil, it always does.
	Rewind func()
	// Forget drops the kept answers to a request, whatever its page. If it is
	// nil, none are kept.
	Forget func(r rest.Request) error
	// Ping asks the platform something that is not kept, with the token and the
	// rate budget of API, to tell a platform that is gone from an endpoint that
	// is broken. If it is nil, several endpoints that break in a row are a
	// platform that is gone, and so is one that a rate limit closes.
	Ping func(ctx context.Context) error
	// Region is the AWS name of the region that was asked, where it is known.
	Region string
	// Only are the lists to read; none are all.
	Only []authz.List
	// Until ends the intervals of audits and usage. It is the same for a run
	// that is resumed.
	Until time.Time
	// AuditFor and UsageFor are how far back those go; zero is 90 and 30 days.
	AuditFor, UsageFor time.Duration
	// Services are those whose audits are read; none is the one for people and
	// permissions, and "*" is every service that the platform audits.
	Services []string
	// Workers is how many lists are read at the same time; zero is 4. They
	// decide only how long it takes.
	Workers int
	// Progress is told how far the run is, by one goroutine at a time. If it is
	// nil, nobody is.
	Progress func(Step)
}

// The defaults of [Options].
const (
	auditFor = 90 * 24 * time.Hour
	usageFor = 30 * 24 * time.Hour
	workers  = 4
)

// A Step is how far one row of the plan is, and with it the run.
type Step struct {
	// Row names the row, List what it tells of.
	Row  string
	List authz.List
	// Received and Expected are its entities; Expected is 0 while it is not known.
	Received, Expected int64
	// Read of Lists lists have been read; a row that is asked for each group has
	// as many as there are groups.
	Read, Lists int64
	// Asked and Left are calls of the whole run: those that were answered, and
	// those that are known to be still to come.
	Asked, Left int64
	// Done is set when the row has been read.
	Done bool
}

// A Source reads one organization from the platform. It is used by one
// goroutine at a time.
type Source struct {
	o    Options
	rows []endpoint

	asked    bool
	readings map[string][]*reading // by row
	wanted   map[authz.List]bool
	aside    map[authz.List]bool   // read although not wanted, for what depends on it
	changed  map[authz.List]int    // records that changed while they were read
	unsure   map[authz.List]string // why a list could not be read a second time
	stats    Stats
}

// Stats are numbers of a run.
type Stats struct {
	// Least is the number of calls that the entities which came take at the
	// page sizes of the platform, each list read once.
	Least int64
	// Answers is the number of answers that were used.
	Answers int64
}

var _ collector.Source = (*Source)(nil)

// New returns a source.
func New(o Options) *Source {
	if o.AuditFor == 0 {
		o.AuditFor = auditFor
	}
	if o.UsageFor == 0 {
		o.UsageFor = usageFor
	}
	if o.Workers == 0 {
		o.Workers = workers
	}
	s := &Source{o: o, rows: table(), readings: map[string][]*reading{}, changed: map[authz.List]int{}, unsure: map[authz.List]string{}}
	s.choose()
	return s
}

// choose decides which lists are read: those that are wanted, and those whose
// entities the others are asked for.
func (s *Source) choose() {
	s.wanted, s.aside = map[authz.List]bool{}, map[authz.List]bool{}
	for _, e := range s.rows {
		s.wanted[e.list] = len(s.o.Only) == 0 || slices.Contains(s.o.Only, e.list) || e.list == authz.ListOrganization
	}
	for _, e := range s.rows {
		for up := e.each; up != "" && s.wanted[e.list]; up = s.row(up).each {
			if l := s.row(up).list; !s.wanted[l] {
				s.aside[l] = true
			}
		}
	}
}

// row returns the row of a name.
func (s *Source) row(name string) *endpoint {
	i := slices.IndexFunc(s.rows, func(e endpoint) bool { return e.name == name })
	return &s.rows[i]
}

// reads reports whether a row is read at all.
func (s *Source) reads(e *endpoint) bool { return s.wanted[e.list] || s.aside[e.list] && e.aside == "" }

// Stats returns the numbers of a run that has asked.
func (s *Source) Stats() Stats { return s.stats }

// Taken returns when the last answer came.
func (s *Source) Taken() time.Time {
	var last time.Time
	for _, list := range s.readings {
		for _, q := range list {
			if q.ended.After(last) {
				last = q.ended
			}
		}
	}
	return last
}
