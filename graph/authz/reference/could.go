package reference

import (
	"maps"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An escalation is a row of the table of section 8.
type escalation struct {
	permissions []string
	gains       string
	documented  bool
}

// What an escalation gains, as the table says it.
const (
	liveReached  = "the live users of its reach"
	keptReached  = "the users of its reach that are not deleted"
	everyKept    = "every user that is not deleted"
	everyLive    = "every live user"
	activeGroups = "any active group"
	clients      = "client-credentials clients that are active or disabled"
	total        = "total"
)

// table is the table of section 8; owning a group, which no permission gives, is
// [Model.ownedGroups].
func table() []escalation {
	return []escalation{
		{[]string{"user:user:impersonate"}, liveReached, true},
		{[]string{"directory:user:setPassword"}, keptReached, true},
		{[]string{"directory:organization:admin"}, everyKept, true},
		{[]string{"directory:user:edit"}, keptReached, false},
		{[]string{"directory:group:edit"}, activeGroups, true},
		{[]string{"authorization:grant:add"}, total, true},
		{[]string{"authorization:role:edit"}, total, true},
		{[]string{
			"authorization:orgTrusteeUser:add", "authorization:orgTrusteeUser:edit",
			"authorization:orgTrusteeGroup:add", "authorization:orgTrusteeGroup:edit",
		}, total, true},
		{[]string{"oauth:client:edit"}, clients, true},
		{[]string{"sso:provider:add", "sso:provider:edit"}, everyLive, true},
	}
}

// A Stage is what a principal could be and hold after some number of steps.
type Stage struct {
	// Principals are those that it is, itself first of all.
	Principals map[authz.Key]bool
	// Groups are those that it joined. The groups that hold them come with them.
	Groups map[authz.Key]bool
	// Total says that everything is open to it, everywhere.
	Total bool
	// holdsAll says that it is total in no step: it holds admin.
	holdsAll bool
}

// Futures answers what principals could become (section 8), one after the other.
type Futures struct {
	m    *Model
	sure bool
	step map[authz.Key]Stage // what those who joined nothing gain in one step
}

// Futures asks what principals could become. If sure is set, only what is
// documented is followed.
func (m *Model) Futures(sure bool) *Futures {
	return &Futures{m: m.dormantToo(), sure: sure, step: map[authz.Key]Stage{}}
}

// Of returns what a principal could become, as if it were live: the stage after
// no step, after one, and so on until nothing is added.
func (f *Futures) Of(p authz.Key) []Stage {
	now := Stage{Principals: map[authz.Key]bool{p: true}, Groups: map[authz.Key]bool{}}
	for out := []Stage(nil); ; {
		next := Stage{Principals: maps.Clone(now.Principals), Groups: maps.Clone(now.Groups)}
		for q := range now.Principals {
			one := f.gained(p, q, now.Groups)
			now.Total = now.Total || one.holdsAll
			maps.Copy(next.Principals, one.Principals)
			maps.Copy(next.Groups, one.Groups)
			next.Total = next.Total || one.Total
		}
		next.Total = next.Total || now.Total
		out = append(out, now)
		if len(next.Principals) == len(now.Principals) && len(next.Groups) == len(now.Groups) && next.Total == now.Total {
			return out
		}
		now = next
	}
}

// gained is what one of the principals that p is gains in one step. Only p itself
// has joined the groups.
func (f *Futures) gained(p, q authz.Key, groups map[authz.Key]bool) Stage {
	if q == p && len(groups) > 0 {
		return f.m.joining(p, groups).step(p, f.sure)
	}
	if _, seen := f.step[q]; !seen {
		f.step[q] = f.m.step(q, f.sure)
	}
	return f.step[q]
}

// dormantToo is the model in which principals that are not live are judged as if
// they were: an account that is taken over is brought back.
func (m *Model) dormantToo() *Model {
	c := *m
	c.o.IncludeDormant = true
	return &c
}

// joining is the model as one principal sees it that has joined groups: they,
// and the groups that hold them, are in acts(p), and its scopes group and
// assigned know them. Access policies, and what anybody else is, stay.
func (m *Model) joining(p authz.Key, groups map[authz.Key]bool) *Model {
	if len(groups) == 0 {
		return m
	}
	c := *m
	c.policyHolders, c.policyActs = m.holders, m.acts
	c.acts, c.holders = maps.Clone(m.acts), maps.Clone(m.holders)
	acts, holders := map[authz.Key]membership{}, map[authz.Key]membership{}
	for _, as := range m.acts[p] {
		acts[as.subject] = as
	}
	for _, h := range m.holders[p] {
		holders[h.subject] = h
	}
	for g := range groups {
		for _, as := range m.acts[g] {
			if as.subject.Kind == authz.KindTeam {
				continue // a team holds what it lists itself
			}
			as.certain, as.hops = as.certain && m.roleEnabled(g), as.hops+1
			if old, ok := acts[as.subject]; !ok || (as.certain && !old.certain) {
				acts[as.subject] = as
			}
		}
		holders[g] = membership{g, true, 1}
		for _, h := range m.holders[g] {
			if h.subject.Kind != authz.KindTeam {
				holders[h.subject] = h
			}
		}
	}
	c.acts[p], c.holders[p] = nil, nil
	for _, as := range acts {
		c.acts[p] = append(c.acts[p], as)
	}
	for _, h := range holders {
		c.holders[p] = append(c.holders[p], h)
	}
	return &c
}

// step returns what a principal gains in one step.
func (m *Model) step(q authz.Key, sure bool) Stage {
	out := Stage{Principals: map[authz.Key]bool{}, Groups: map[authz.Key]bool{}}
	for _, e := range table() {
		if sure && !e.documented {
			continue
		}
		for _, name := range e.permissions {
			if perm, err := authz.ParsePattern(name); err == nil {
				m.gain(q, perm, e.gains, out.Principals, out.Groups, &out.Total)
			}
		}
	}
	m.ownedGroups(q, out.Groups)
	out.holdsAll = m.anywhere(q, authz.Admin)
	return out
}

// gain adds what a principal gains by one permission.
func (m *Model) gain(q authz.Key, perm authz.Pattern, gains string, principals, groups map[authz.Key]bool, everything *bool) {
	if !m.anywhere(q, perm) {
		return
	}
	switch gains {
	case total:
		*everything = true
	case activeGroups:
		for k := range m.nodes {
			if k.Org == q.Org && m.joinable(k) {
				groups[k] = true
			}
		}
	default:
		for k := range m.nodes {
			if k.Org == q.Org && m.isPrincipal(k) && m.isGained(q, k, perm, gains) {
				principals[k] = true
			}
		}
	}
}

func (m *Model) isGained(q, k authz.Key, perm authz.Pattern, gains string) bool {
	if gains == clients {
		return m.takenOver(k)
	}
	if k.Kind != authz.KindUser && k.Kind != authz.KindUnknown {
		return false // what is unknown may be a user
	}
	switch gains {
	case everyLive:
		return m.live(k)
	case everyKept:
		return m.kept(k)
	case liveReached:
		return m.live(k) && m.reachesUser(q, k, perm)
	default:
		return m.kept(k) && m.reachesUser(q, k, perm)
	}
}

// anywhere reports whether a principal has any reach in any division.
func (m *Model) anywhere(q authz.Key, perm authz.Pattern) bool {
	if !m.granted(q, perm) {
		return false
	}
	for _, d := range append(m.Divisions(q.Org), authz.AllDivisions) {
		if m.Reach(q, perm, d).Level != None {
			return true
		}
	}
	return false
}

// granted reports whether a principal has a grant whose role could give a
// permission at all: most have none, which saves asking division by division.
func (m *Model) granted(q authz.Key, perm authz.Pattern) bool {
	if q.Kind == authz.KindTrusteeOrganization {
		return true
	}
	for _, as := range m.acts[q] {
		for _, g := range m.grants {
			if g.subject != as.subject {
				continue
			}
			if len(m.missingRoles(g.role)) > 0 {
				return true
			}
			for _, l := range m.roles[g.role] {
				if l.pattern.Covers(perm) {
					return true
				}
			}
		}
	}
	return false
}

// reachesUser reports whether a user is of a principal's reach.
func (m *Model) reachesUser(q, k authz.Key, perm authz.Pattern) bool {
	user := authz.Key{Org: k.Org, Kind: authz.KindUser, ID: k.ID}
	for _, d := range append(m.Divisions(q.Org), authz.AllDivisions) {
		r := m.Reach(q, perm, d)
		if r.Level == Limited && r.Resources[user] {
			return true
		}
		if r.Level > Limited && len(m.lying(map[authz.Key]bool{user: true}, d)) > 0 {
			return true
		}
	}
	return false
}

// kept reports whether a user is not deleted.
func (m *Model) kept(k authz.Key) bool {
	u, _ := m.user(k)
	return !strings.EqualFold(strings.TrimSpace(u.State), "deleted")
}

// takenOver reports whether a client's secret opens it. What is unknown may be a
// client that an incomplete list lacks.
func (m *Model) takenOver(k authz.Key) bool {
	if k.Kind == authz.KindUnknown {
		return !m.complete(k.Org, authz.ListClients)
	}
	c, _ := m.client(k)
	return k.Kind == authz.KindClient && (active(c.State) || strings.EqualFold(strings.TrimSpace(c.State), "disabled"))
}

// joinable reports whether a node is an active group; what is unknown may be a
// group that an incomplete list lacks.
func (m *Model) joinable(k authz.Key) bool {
	if k.Kind == authz.KindUnknown {
		return !m.complete(k.Org, authz.ListGroups)
	}
	return k.Kind == authz.KindGroup && m.groupActive(k)
}

// ownedGroups adds the active groups among whose owners a principal is, whatever
// includeOwners says.
func (m *Model) ownedGroups(q authz.Key, out map[authz.Key]bool) {
	for _, g := range m.r.Group {
		if g.Org == q.Org && m.joinable(g.Key()) && containsString(g.Owners, q.ID) {
			out[g.Key()] = true
		}
	}
}

// AtStage is the widest reach of everything that a principal is at a stage: a
// question "who could" is answered by the first at which there is any. Total
// is whole reach, but who holds admin reaches what admin gives it.
func (m *Model) AtStage(p authz.Key, s Stage, perm authz.Pattern, division string) Level {
	m = m.dormantToo()
	out := None
	for q := range s.Principals {
		as := m
		if q == p {
			as = m.joining(p, s.Groups)
		}
		out = max(out, as.Reach(q, perm, division).Level)
	}
	if s.Total && (out == None || !m.anywhere(p, authz.Admin)) {
		out = Whole
	}
	return out
}
