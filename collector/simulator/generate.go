package simulator

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Plan is what [Generate] meant by the organization that it made.
type Plan struct {
	Org    string // id
	Now    time.Time
	Counts Counts
	// Tenants are the external tenants, then Internal.
	Tenants []Tenant
	// Faults are the faults that were planted, in the order of their rules'
	// packs; none if none were asked for.
	Faults []Fault
	// Config is the grantgraph.yaml that fits the organization.
	Config []byte
}

// Generate streams an organization into a sink. It keeps its people and groups
// in memory, and never its grants. Encode gives the JSON that stands with a
// record; nil gives none.
//
// Without faults, people and clients of external tenants hold division-aware
// permissions in divisions of their own and in shared ones, and no others;
// grants in all divisions are the owner's.
func Generate(ctx context.Context, o Options, sink collector.Sink, encode func(authz.Record) (json.RawMessage, error)) (Plan, error) {
	o, counts, err := o.complete()
	if err != nil {
		return Plan{}, err
	}
	w := newWorld(o, counts)
	e := &emitter{ctx: ctx, sink: sink, encode: encode, counts: map[authz.List]int64{}}
	for _, section := range []func(*emitter) error{w.frame, w.people, w.groups, w.teams, w.grants, w.clients, w.resources, w.trusts, w.beside} {
		if err := section(e); err != nil {
			return Plan{}, err
		}
	}
	if err := e.cover(w.lay.org, o.Now, w.planted.refused); err != nil {
		return Plan{}, err
	}
	return w.plan(), nil
}

// plan says what was made.
func (w *world) plan() Plan {
	p := Plan{Org: w.lay.org, Now: w.o.Now, Counts: w.counts, Faults: slices.Clone(w.planted.faults), Config: config(w)}
	for _, u := range w.lay.units {
		p.Tenants = append(p.Tenants, u.Tenant)
	}
	return p
}
