package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Place is a vertex of the escalation graph: a node of the graph (a principal
// that is taken over, or a group that is joined), or a hub that stands for many.
type Place uint32

// HubKind says what a [Hub] stands for.
type HubKind uint8

// The hubs.
const (
	HubLiveUsers HubKind = iota + 1 // the live users of a division, or of all
	HubUsers                        // the users that are not deleted, likewise
	HubGroups                       // the active groups
	HubClients                      // the clients that are active or disabled
	HubTotal                        // everything, everywhere
)

// A Hub is what a [Place] that is no node stands for.
type Hub struct {
	Kind HubKind
	Org  string
	// Division is [AnyDivision] for what lies in any.
	Division uint32
}

// orgHubs is how many hubs an organization has beside those of its divisions.
const orgHubs = 5

func (e *Escalations) nodes() int { return len(e.g.principals) + len(e.g.nodes) }

// places is the number of vertices.
func (e *Escalations) places() int {
	return e.nodes() + 2*len(e.g.divisions) + orgHubs*len(e.g.orgs)
}

// usersOf is the hub of the users of a division ([AnyDivision]: of all).
func (e *Escalations) usersOf(org int, d uint32, live bool) Place {
	kept := 1
	if live {
		kept = 0
	}
	if d < uint32(len(e.g.divisions)) {
		return Place(e.nodes() + 2*int(d) + kept)
	}
	return e.orgHub(org, HubKind(kept)+HubLiveUsers)
}

func (e *Escalations) orgHub(org int, k HubKind) Place {
	return Place(e.nodes() + 2*len(e.g.divisions) + orgHubs*org + int(k-HubLiveUsers))
}

// Node returns the principal or group that a place is; ok is false for a hub.
func (e *Escalations) Node(at Place) (n uint32, ok bool) {
	return uint32(at), int(at) < e.nodes()
}

// Hub returns what a place that is no node stands for.
func (e *Escalations) Hub(at Place) Hub {
	i := int(at) - e.nodes()
	if d := i / 2; d < len(e.g.divisions) {
		return Hub{Kind: HubLiveUsers + HubKind(i%2), Org: e.g.divisions[d].Key.Org, Division: uint32(d)}
	}
	i -= 2 * len(e.g.divisions)
	return Hub{Kind: HubLiveUsers + HubKind(i%orgHubs), Org: e.g.orgs[i/orgHubs].id, Division: AnyDivision}
}

// MayBeUser reports whether a principal is a user of its organization, or is
// unknown and may be one: what escalations over users work on.
func (g *Graph) MayBeUser(p uint32) bool { return g.mayBeUser(p) }

// kept reports whether a principal is not deleted.
func (g *Graph) kept(p uint32) bool {
	return !strings.EqualFold(strings.TrimSpace(g.principals[p].State), "deleted")
}

// mayBeClient reports whether a principal is a client whose secret opens it, or
// is unknown and may be one.
func (g *Graph) mayBeClient(p uint32) bool {
	switch pr := &g.principals[p]; pr.Key.Kind {
	case authz.KindClient:
		return pr.Acts && (pr.Live || strings.EqualFold(strings.TrimSpace(pr.State), "disabled"))
	case authz.KindUnknown:
		return !g.orgOf(pr.Key.Org).complete[authz.ListClients]
	default:
		return false
	}
}

// mayBeJoined reports whether a node is an active group of its organization, or
// is unknown and may be one.
func (g *Graph) mayBeJoined(n uint32) bool {
	switch k := g.NodeKey(n); k.Kind {
	case authz.KindGroup:
		return g.active(n)
	case authz.KindUnknown:
		return !g.orgOf(k.Org).complete[authz.ListGroups]
	default:
		return false
	}
}

// in reports whether a hub stands for a principal or group.
func (e *Escalations) in(at Place, n uint32) bool {
	h := e.Hub(at)
	if e.g.NodeKey(n).Org != h.Org {
		return false
	}
	if h.Kind == HubGroups {
		return e.g.mayBeJoined(n)
	}
	if int(n) >= len(e.g.principals) {
		return false
	}
	if h.Kind == HubClients {
		return e.g.mayBeClient(n)
	}
	if h.Kind == HubTotal || !e.g.mayBeUser(n) {
		return false
	}
	if d := e.g.principals[n].Division; h.Division != AnyDivision && d != NoDivision && d != h.Division {
		return false
	}
	if h.Kind == HubLiveUsers {
		return e.g.principals[n].Live
	}
	return e.g.kept(n)
}

// An edge is one step: what is gained, and by which escalation. holdsTotal is
// no step: who holds total control is total.
type edge struct {
	to  Place
	way uint16 // in Escalations.ways
}

// holdsTotal is the way of total control itself, behind those of the data.
func (e *Escalations) holdsTotal() uint16 { return uint16(len(e.ways)) }

// steps is how many steps an edge is.
func (e *Escalations) steps(way uint16) int {
	if way == e.holdsTotal() {
		return 0
	}
	return 1
}

// documented reports whether a way is followed where only what is sure counts.
func (e *Escalations) documented(way uint16) bool {
	return way == e.holdsTotal() || e.ways[way].Documented
}

// tidy sorts edges and keeps one for each target: one that is no step before
// others, documented before likely, then in the order of the data.
func (e *Escalations) tidy(list []edge) []edge {
	rank := func(w uint16) int {
		r := int(w)
		if !e.documented(w) {
			r += len(e.ways) + 1
		}
		if e.steps(w) == 0 {
			r = -1
		}
		return r
	}
	slices.SortFunc(list, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(rank(a.way), rank(b.way)))
	})
	return slices.Clip(slices.CompactFunc(list, func(a, b edge) bool { return a.to == b.to }))
}
