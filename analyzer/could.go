package analyzer

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// ThroughEscalation is what the reach of an answer comes through that takes
// steps first.
const ThroughEscalation = "escalation"

// Escalations returns the escalation graph, which is worked out when it is first
// asked for.
func (m *Model) Escalations() *graph.Escalations { return m.escalations() }

// couldAsked is a question who could, of one organization, with its answers'
// ways.
type couldAsked struct {
	q       graph.Query
	witness func(graph.CouldReach) (graph.Witness, bool)
}

// couldRows are the answers to who could, of one organization.
func (m *Model) couldRows(q graph.Query, t Target, o WhoOptions, keep func(uint32) bool, through graph.Set) []WhoRow {
	var out []WhoRow
	for _, r := range m.Escalations().Who(q, o.Sure) {
		if !keep(r.Principal) {
			continue
		}
		row := WhoRow{
			Principal: m.Ref(r.Principal), Reach: r.Level, Hops: r.Hops, Outside: m.outside(r.Principal, t),
			Through: throughText(through.Has(r.Principal)), Dormant: !m.Graph.Acting().Has(r.Principal),
			number: r.Principal, org: q.Org,
		}
		if r.Hops > 0 {
			row.Through = ThroughEscalation
		}
		out = append(out, row)
	}
	return out
}

// CouldReason returns a shortest way of an answer to its access, with the
// derivation of each step, then that of the access itself; ok is false for who
// has the access today.
func (m *Model) CouldReason(a *WhoAnswer, row WhoRow) (reason ExplainedReason, ok bool) {
	asked, could := a.could[row.org]
	if !could || row.Hops == 0 {
		return ExplainedReason{}, false
	}
	w, ok := asked.witness(graph.CouldReach{Principal: row.number, Hops: row.Hops, Level: row.Reach})
	if !ok {
		return ExplainedReason{}, false
	}
	steps := m.moveSteps(w.Moves)
	e := ExplainedReason{Permission: asked.q.Permissions[0].Name, Reach: row.Reach}
	if !w.Total {
		if last, found := m.accessBy(w.By, asked.q, a.target, row.Reach); found {
			e = last
		}
	}
	e.Steps = append(steps, e.Steps...)
	return e, true
}

// accessBy finds a derivation of an actor's access that is as wide as asked for.
func (m *Model) accessBy(a graph.Actor, q graph.Query, t Target, level graph.Level) (ExplainedReason, bool) {
	for _, p := range q.Permissions {
		for d := range q.Divisions.All() {
			for _, r := range m.Graph.ReasonsOf(a, p, d) {
				if !t.missed(r) && r.Level == level {
					return m.explain(a.Principal(), p, d, r), true
				}
			}
		}
	}
	return ExplainedReason{}, false
}

// moveSteps spells moves out: the derivation of each, then what it gains.
func (m *Model) moveSteps(moves []graph.Move) []Step {
	var out []Step
	for _, v := range moves {
		by := v.By.Principal()
		if v.Reason != nil {
			e := m.explain(by, v.Permission, reasonDivision(v), *v.Reason)
			out = append(out, e.Steps...)
		}
		out = append(out, m.escalateStep(v))
	}
	return out
}

// reasonDivision is the division that a move's derivation is shown for: that of
// the grant, whose extent says more than where it happens to be used.
func reasonDivision(v graph.Move) uint32 { return v.Reason.Grant.Division }

// escalateStep is what a move gains, and by which escalation.
func (m *Model) escalateStep(v graph.Move) Step {
	g := m.Graph
	by := v.By.Principal()
	s := Step{Kind: "escalate", By: m.nodeRef(by), Certainty: lexicon.Documented}
	if v.Way < 0 {
		s.Escalation, s.Detail = "admin", "holds total control of the organization"
	} else {
		way := m.Escalations().Ways()[v.Way]
		s.Escalation, s.Detail = way.Name, way.Reason
		if !way.Documented {
			s.Certainty = lexicon.Likely
		}
		if v.Reason != nil && v.Permission.Pattern == authz.NewPattern("authorization", "grant", "add") {
			s.Detail += "; " + m.grantLimit(g.Principal(by).Key.Org)
		}
	}
	if v.Total {
		s.Gains = "total"
		s.Record = TargetRef{Kind: authz.KindOrganization, ID: g.Principal(by).Key.Org, Name: m.organizationName(g.Principal(by).Key.Org)}
		return s
	}
	s.Gains, s.Record = "principal", *m.nodeRef(v.Node)
	if g.NodeKey(v.Node).Kind == authz.KindGroup {
		s.Gains = "group"
	}
	if _, node := m.Escalations().Node(v.At); !node {
		s.Over = m.hubText(m.Escalations().Hub(v.At))
	}
	return s
}

// grantLimit says whether an organization limits assigning roles to the divisions of
// who assigns them: it makes no difference to what is gained.
func (m *Model) grantLimit(org string) string {
	aware := authz.Unknown
	for _, o := range m.Graph.Organizations() {
		if o.ID == org {
			aware = o.GrantDivisionAware
		}
	}
	switch aware {
	case authz.True:
		return "the organization lets it assign roles in the divisions of this one only (authorizationGrantDivisionAware), but total control that is assigned in one division is total control of all"
	case authz.False:
		return "the organization lets it assign roles in every division (authorizationGrantDivisionAware is off)"
	default:
		return "the snapshot does not say whether it may assign roles in every division (authorizationGrantDivisionAware); in one is enough for total control"
	}
}

func (m *Model) nodeRef(n uint32) *TargetRef {
	k := m.Graph.NodeKey(n)
	name := m.Graph.NodeName(n)
	if int(n) < m.Graph.Principals() {
		name = m.Ref(n).Name
	}
	return &TargetRef{Kind: k.Kind, ID: k.ID, Name: name}
}

func (m *Model) organizationName(id string) string {
	for _, o := range m.Graph.Organizations() {
		if o.ID == id {
			return o.Name
		}
	}
	return id
}

// hubText says in words what a hub of principals or groups stands for.
func (m *Model) hubText(h graph.Hub) string {
	users := map[graph.HubKind]string{graph.HubLiveUsers: "the live users", graph.HubUsers: "the users that are not deleted"}
	switch h.Kind {
	case graph.HubGroups:
		return "every active group"
	case graph.HubClients:
		return "every client-credentials client that is active or disabled"
	default:
		if h.Division == graph.AnyDivision {
			return users[h.Kind] + " of every division"
		}
		return fmt.Sprintf("%s of %s", users[h.Kind], m.Division(h.Division).Name)
	}
}

// noteCould notes in the head of an answer what ways were not followed.
func (m *Model) noteCould(h *Head) {
	if len(m.Graph.Organizations()) > 1 {
		h.Notes = append(h.Notes, "ways from one organization of the snapshot into another, through people of an authorized organization, are not followed: ask of each alone")
	}
}

// couldUndetermined adds what the snapshot does not say and what could change
// who becomes whom: what may give an escalation permission anywhere, and what
// nobody holds until somebody gains it.
func (m *Model) couldUndetermined(org string, list []graph.Undetermined) []graph.Undetermined {
	var perms []graph.Perm
	for _, w := range m.Escalations().Ways() {
		for _, p := range w.Permissions {
			perms = append(perms, m.Graph.Perm(org, p))
		}
	}
	out := slices.Clone(list)
	more := m.Graph.Undetermined(graph.Query{Org: org, Permissions: perms, Divisions: m.Graph.DivisionsOf(org)})
	for _, u := range append(more, m.Escalations().Undetermined(org)...) {
		if !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}
