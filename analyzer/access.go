package analyzer

import (
	"github.com/grantgraph/grantgraph/graph"
)

// Access answers what one principal can do, and where. With reasons, each row
// spells its derivations out.
func (m *Model) Access(p uint32, reasons bool) *AccessAnswer {
	pr := m.Graph.Principal(p)
	a := &AccessAnswer{
		Head: m.Head("access", QuestionAccess, pr.Key.Org), Principal: m.Ref(p),
		Dormant: !pr.Live, Delegated: !pr.Acts, Access: []AccessRow{},
	}
	a.Undetermined = m.undetermined(m.about(p, m.Graph.AllUndetermined()))
	if !pr.Acts {
		return a
	}
	for _, r := range m.Graph.Access(p) {
		a.Access = append(a.Access, m.accessRow(p, r, reasons))
	}
	return a
}

func (m *Model) accessRow(p uint32, r graph.Row, reasons bool) AccessRow {
	because := r.Because.Texts()
	if because == nil {
		because = []string{}
	}
	row := AccessRow{
		Permission: r.Permission.Name, Division: m.Division(r.Division), Reach: r.Level,
		Resources: m.thingNames(r.Things), Unresolved: r.Unresolved, Because: because, Reasons: r.Reasons,
	}
	if reasons {
		row.Explained = m.Reasons(p, r.Permission, r.Division, 0)
	}
	return row
}

// thingNames returns users and queues as "kind:id", in the order of the graph.
func (m *Model) thingNames(list []graph.Thing) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = m.Graph.ThingKey(t).String()
	}
	return out
}
