package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// cause spells the cause of a change out, with every way that is as short as any.
func (c *Comparison) cause(p graph.Pair, x graph.Change) CauseRef {
	out := c.causeOf(p, x.Cause.Kind, x.Cause.Kinds, x.Cause.Records, widens(x))
	ways := x.Cause.Least()
	if len(x.Cause.Ways) <= 1 {
		if len(ways) == 1 && len(ways[0]) > 1 {
			out.Text = togetherText + out.Text
			out.Ways = []CauseWay{{Text: out.Text, Records: out.Records}}
		}
		return out
	}
	var texts []string
	for _, w := range x.Cause.Ways {
		ref := c.way(p, w, widens(x))
		out.Ways = append(out.Ways, CauseWay{Text: ref.Text, Records: ref.Records})
		if len(w) == len(ways[0]) {
			texts = append(texts, ref.Text)
		}
	}
	out.Text = strings.Join(slices.Compact(texts), "; or ")
	return out
}

// togetherText begins the text of changes of which none alone is enough.
const togetherText = "only together: "

// way spells one way out: the changes that together are enough.
func (c *Comparison) way(p graph.Pair, records []graph.CauseRecord, came bool) CauseRef {
	one := graph.CauseOf(records)
	out := c.causeOf(p, one.Kind, one.Kinds, records, came)
	if len(records) > 1 {
		out.Text = togetherText + out.Text
		out.Ways = []CauseWay{{Text: out.Text, Records: out.Records}}
	}
	return out
}

// ways returns the ways that a change is told under: the shortest ones, or all
// that is known to have changed.
func (c *Comparison) ways(p graph.Pair, x graph.Change) []CauseRef {
	if len(x.Cause.Ways) == 0 {
		return []CauseRef{c.cause(p, x)}
	}
	var out []CauseRef
	for _, w := range x.Cause.Least() {
		ref := c.way(p, w, widens(x))
		if !slices.ContainsFunc(out, func(o CauseRef) bool { return o.Text == ref.Text }) {
			out = append(out, ref)
		}
	}
	return out
}

func (c *Comparison) causeOf(p graph.Pair, kind graph.CauseKind, kinds []graph.CauseKind, records []graph.CauseRecord, came bool) CauseRef {
	out := CauseRef{Kind: kind, Kinds: kinds, Records: []TargetRef{}}
	var texts []string
	for _, r := range records {
		if text := c.causeText(r, came); len(texts) == 0 || texts[len(texts)-1] != text {
			texts = append(texts, text)
		}
		out.Records = append(out.Records, c.causeRecord(p, r))
	}
	if len(texts) == 0 {
		texts = append(texts, "the snapshots could read different things")
	}
	out.Text = strings.Join(texts, "; ")
	return out
}

// causeRecord names the record that changed.
func (c *Comparison) causeRecord(p graph.Pair, r graph.CauseRecord) TargetRef {
	of := r.Of
	if of == (authz.Key{}) {
		of = p.Key
	}
	switch r.Kind {
	case graph.CauseGrant:
		return TargetRef{
			Kind: authz.KindGrant, ID: of.ID + "/" + r.Record.ID + "/" + r.Division,
			Name: c.recordName(r.Record) + " in " + c.divisionName(r.Record.Org, r.Division),
		}
	case graph.CauseCatalogue, graph.CauseCoverage:
		return TargetRef{Kind: authz.KindOrganization, ID: p.Key.Org, Name: p.Key.Org}
	default: // what changed is one record, or the principal itself
	}
	k := r.Record
	if k == (authz.Key{}) {
		k = p.Key
	}
	return TargetRef{Kind: k.Kind, ID: k.ID, Name: c.recordName(k)}
}

// causeText says in a sentence what changed; came says whether access came by it.
func (c *Comparison) causeText(r graph.CauseRecord, came bool) string {
	name := c.recordName(r.Record)
	switch r.Kind {
	case graph.CausePrincipal:
		return either(came, "the principal is new", "the principal is gone")
	case graph.CauseState:
		if r.Record == (authz.Key{}) {
			return either(came, "it became active", "it is no longer active")
		}
		return "the " + r.Record.Kind.String() + " " + name + either(came, " became active", " is no longer active")
	case graph.CauseClient:
		return "the OAuth client's grant type was changed"
	case graph.CauseTrust:
		return "the trust of " + name + " was changed"
	case graph.CauseMembership:
		return c.membershipText(r, name, came)
	case graph.CauseGroup:
		return "the " + r.Record.Kind.String() + " " + name + " was changed: its owners, whether roles reach its members, or whether it exists"
	case graph.CauseGrant:
		return c.grantText(r, name, came)
	case graph.CauseRole:
		return "the role " + name + c.roleText(r.Record)
	case graph.CauseBuiltInRole:
		return "the platform changed its own role " + name
	case graph.CauseScope:
		return "a scope or condition of the role " + name + " was changed"
	case graph.CauseCatalogue:
		return "the platform changed whether divisions limit the permission"
	case graph.CauseDivision:
		return "the " + r.Record.Kind.String() + " " + name + " lies in another division"
	case graph.CauseResource:
		return either(r.Record == authz.Key{}, "what a scope or condition names was changed", "the "+r.Record.Kind.String()+" "+name+" came, went or was changed")
	case graph.CauseAccessPolicy:
		return "the access policy " + name + " was changed"
	default:
		return "the snapshots could read different things"
	}
}

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

func (c *Comparison) membershipText(r graph.CauseRecord, name string, came bool) string {
	container := r.Record.Kind.String() + " " + name
	if r.Record.Kind == authz.KindUser || r.Record.Kind == authz.KindQueue {
		return "the " + container + either(came, " is now", " is no longer") + " among those that a scope or condition goes by"
	}
	if r.Of == (authz.Key{}) {
		return either(came, "it joined the ", "it left the ") + container
	}
	return fmt.Sprintf("the %s %s%s%s", r.Of.Kind, c.recordName(r.Of), either(came, " joined the ", " left the "), container)
}

func (c *Comparison) grantText(r graph.CauseRecord, role string, came bool) string {
	text := fmt.Sprintf("the role %s was %s in %s", role, either(came, "assigned", "revoked"), c.divisionName(r.Record.Org, r.Division))
	if r.Of == (authz.Key{}) {
		return text
	}
	return fmt.Sprintf("%s, %s the %s %s", text, either(came, "to", "from"), r.Of.Kind, c.recordName(r.Of))
}

// roleText says what became of a role.
func (c *Comparison) roleText(k authz.Key) string {
	i, had := c.Old.Graph.FindRole(k)
	j, has := c.New.Graph.FindRole(k)
	switch {
	case !had || !c.Old.Graph.Role(i).Known:
		return " is new"
	case !has || !c.New.Graph.Role(j).Known:
		return " is gone"
	default:
		return " was edited"
	}
}

// recordName returns the name that people know a record by, as it is now or was.
func (c *Comparison) recordName(k authz.Key) string {
	for _, m := range []*Model{c.New, c.Old} {
		if name := m.nameOf(k); name != "" {
			return name
		}
	}
	return k.ID
}

// nameOf returns the name of a record, empty if there is none.
func (m *Model) nameOf(k authz.Key) string {
	switch k.Kind {
	case authz.KindRole:
		if n, ok := m.Graph.FindRole(k); ok {
			return m.Graph.Role(n).Record.Name
		}
	case authz.KindTrust:
		return m.Graph.TrusteeName(k.Org, k.ID)
	case authz.KindDivision:
		if d, ok := m.Graph.FindDivision(k); ok {
			return m.Graph.Divisions()[d].Name
		}
	default:
		if n, ok := m.Graph.FindNode(k); ok {
			return m.Graph.NodeName(n)
		}
		if r, ok := m.Graph.FindResource(k); ok {
			return r.Name
		}
	}
	return ""
}

func (c *Comparison) divisionName(org, id string) string {
	if id == authz.AllDivisions {
		return "all divisions"
	}
	return c.recordName(authz.Key{Org: org, Kind: authz.KindDivision, ID: id})
}
