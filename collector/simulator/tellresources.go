package simulator

import (
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// resources tells queues, their members, and flows.
func (w *world) resources(e *emitter) error {
	for i, q := range w.crowds.queues {
		if err := e.put(authz.ListQueues, w.queue(i, q)); err != nil {
			return err
		}
	}
	if err := putAll(e, authz.ListQueues, w.planted.queues); err != nil {
		return err
	}
	if err := w.members(e, authz.ListQueueMembers, authz.KindQueue, w.ids.queues, w.crowds.queues); err != nil {
		return err
	}
	if err := putAll(e, authz.ListQueueMembers, w.planted.queueMembers); err != nil {
		return err
	}
	return w.flows(e)
}

// queue returns the queue at position i. One in eight lists a group of its tenant.
func (w *world) queue(i int, q crowd) authz.Resource {
	u := &w.lay.units[q.unit]
	r := authz.Resource{Org: w.lay.org, ID: w.ids.queues[i], Kind: authz.KindQueue, Name: fmt.Sprintf("%s Queue %05d", u.Name, i), Division: w.division(u.divisions[i%len(u.divisions)])}
	if i%8 == 0 && q.unit < len(w.crowds.groups) {
		r.MemberGroups = []authz.MemberGroup{{ID: w.ids.groups[q.unit], Type: "GROUP"}} // the first groups are of the units in order
	}
	return r
}

// flows tells two flows for each division that is somebody's, and the main one
// where everybody may see it.
func (w *world) flows(e *emitter) error {
	ids := uuids(w.o.Seed, "flow", 2*len(w.lay.divisions)+1)
	flow := func(i int, name string, division int) error {
		return e.put(authz.ListFlows, authz.Resource{Org: w.lay.org, ID: ids[i], Kind: authz.KindFlow, Type: "inboundcall", Name: name, Division: w.division(division)})
	}
	if err := flow(0, "Main IVR", atShared); err != nil {
		return err
	}
	for d := range w.lay.divisions {
		if d == atShared || d == atDirectory || d == w.lay.sandbox && d != atHome {
			continue
		}
		for k := range 2 {
			if err := flow(1+2*d+k, fmt.Sprintf("%s Flow %d", w.lay.divisions[d].Name, k+1), d); err != nil {
				return err
			}
		}
	}
	return nil
}
