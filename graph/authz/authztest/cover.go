package authztest

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func (p *parser) missing(s *statement) { p.coverAs(s, authz.StatusAbsent, p.org) }
func (p *parser) partial(s *statement) { p.coverAs(s, authz.StatusPartial, p.org) }

// silent keeps the ledger from having a line.
func (p *parser) silent(s *statement) {
	for _, list := range s.rest() {
		p.mark(s, authz.List(list))
	}
}

func (p *parser) coverLine(s *statement) {
	list, status := authz.List(s.word("a list")), authz.Status(s.word("a status"))
	known := []authz.Status{
		authz.StatusComplete, authz.StatusPartial, authz.StatusRefused, authz.StatusFailed,
		authz.StatusAbsent, authz.StatusNotApplicable, authz.StatusReading,
	}
	if !slices.Contains(known, status) {
		s.fail("unknown status %q", status)
	}
	org := p.org
	if s.flag("everywhere") {
		org = ""
		if !slices.Contains(authz.Lists(), list) {
			s.fail("unknown list %q", list)
		}
	} else {
		p.mark(s, list)
	}
	p.r.CoverageLedger = append(p.r.CoverageLedger, authz.Coverage{Org: org, List: list, Status: status})
}

func (p *parser) coverAs(s *statement, status authz.Status, org string) {
	if len(s.words) == 0 {
		s.fail("want a list")
	}
	for _, word := range s.rest() {
		p.mark(s, authz.List(word))
		p.r.CoverageLedger = append(p.r.CoverageLedger, authz.Coverage{Org: org, List: authz.List(word), Status: status})
	}
}

func (p *parser) mark(s *statement, list authz.List) {
	if !slices.Contains(authz.Lists(), list) {
		s.fail("unknown list %q", list)
	}
	p.covered[p.org+"\x00"+string(list)] = true
}

// cover adds the lines of complete lists that nobody wrote.
func (p *parser) cover() {
	for _, org := range p.orgs {
		for _, list := range authz.Lists() {
			if !p.covered[org+"\x00"+string(list)] {
				p.r.CoverageLedger = append(p.r.CoverageLedger, authz.Coverage{Org: org, List: list, Status: authz.StatusComplete})
			}
		}
	}
}
