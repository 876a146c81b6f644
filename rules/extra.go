package rules

import (
	"fmt"
	"iter"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Beside yields what a snapshot says beside its permission graph.
// [authz.Records] and the snapshot's Reader do.
type Beside interface {
	// Usages yields what OAuth clients called.
	Usages() iter.Seq2[authz.Usage, error]
	// OtherRecords yields audit events, reports, integrations, products and
	// unused roles, with the JSON that they came from.
	OtherRecords() iter.Seq2[authz.OtherRecord, error]
}

// Extra is what rules need of a snapshot beside its permission graph, read once.
// A nil Extra is a snapshot that says nothing of it: what depends on it is unknown.
type Extra struct {
	usage        map[authz.Key]usageSpan // by client
	window       map[string]time.Time    // by organization: the earliest day that usage speaks of
	events       []event                 // by organization, date and id
	integrations []integration
	reports      []definition
	products     map[string][]string           // by organization: ids and names
	unused       map[authz.Key]map[string]bool // by user: ids of roles
}

// A usageSpan is when a client was used, as far as the snapshot says.
type usageSpan struct {
	first, last time.Time
	requests    int64
}

// ReadExtra reads what lies beside the graph.
func ReadExtra(src Beside) (*Extra, error) {
	e := &Extra{
		usage: map[authz.Key]usageSpan{}, window: map[string]time.Time{},
		products: map[string][]string{}, unused: map[authz.Key]map[string]bool{},
	}
	for u, err := range src.Usages() {
		if err != nil {
			return nil, fmt.Errorf("reading usage of OAuth clients: %w", err)
		}
		e.addUsage(u)
	}
	for o, err := range src.OtherRecords() {
		if err != nil {
			return nil, fmt.Errorf("reading other records: %w", err)
		}
		e.add(o)
	}
	e.sort()
	return e, nil
}

func (e *Extra) addUsage(u authz.Usage) {
	k := u.Key()
	s := e.usage[k]
	s.requests += u.Requests
	if !u.Date.IsZero() {
		if first := e.window[u.Org]; first.IsZero() || u.Date.Before(first) {
			e.window[u.Org] = u.Date
		}
		// A day without a call says nothing about use.
		if u.Requests > 0 && u.Date.After(s.last) {
			s.last = u.Date
		}
		if s.first.IsZero() || u.Date.Before(s.first) {
			s.first = u.Date
		}
	}
	e.usage[k] = s
}

func (e *Extra) add(o authz.OtherRecord) {
	switch o.List {
	case authz.ListAudits:
		e.events = append(e.events, eventOf(o))
	case authz.ListIntegrations:
		e.integrations = append(e.integrations, integrationOf(o))
	case authz.ListReports:
		e.reports = append(e.reports, definitionOf(o))
	case authz.ListProducts:
		e.products[o.Org] = append(e.products[o.Org], o.ID, o.Name)
	case authz.ListUnusedRoles:
		e.addUnused(o)
	default: // no rule looks at the others
	}
}
