package platform

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// queues serves the queues in the divisions in which the caller may view them.
func queues(c *call) (any, error) { return c.queues(viewQueues) }

func queuesBySearch(c *call) (any, error) { return c.queues(searchQueues) }

func (c *call) queues(permission string) (any, error) {
	list := c.inDivisions(c.named(c.only(c.listed(authz.ListQueues, permission, c.s.permittedIn(c.who, permission).sees))))
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.queue(b, list[i]) })
}

// inDivisions keeps what lies in the divisions that a parameter names.
func (c *call) inDivisions(list []*entity) []*entity {
	ids := c.values("divisionId")
	if len(ids) == 0 {
		return list
	}
	return filtered(list, func(e *entity) bool { return slices.Contains(ids, e.division) })
}

// queue appends a queue with the number of its members.
func (c *call) queue(b []byte, e *entity) []byte {
	if has(e.raw, "memberCount") {
		return append(b, e.raw...)
	}
	list := c.membersOfQueue(e.id)
	own := 0
	for _, m := range list {
		if !m.byGroup {
			own++
		}
	}
	b = appendNumber(open(b, e.raw), "memberCount", len(list))
	b = appendNumber(b, "userMemberCount", own)
	return append(appendNumber(b, "joinedMemberCount", len(list)), '}')
}

// A queueMember is a user in a queue.
type queueMember struct {
	id      string
	byGroup bool
}

// membersOfQueue returns those who are in a queue themselves, then those of the
// groups and teams that it lists.
func (c *call) membersOfQueue(id string) []queueMember {
	k := authz.Key{Org: c.org.id, Kind: authz.KindQueue, ID: id}
	var out []queueMember
	seen := map[string]bool{}
	add := func(ids []string, byGroup bool) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				out = append(out, queueMember{id, byGroup})
			}
		}
	}
	add(c.org.members.direct[k], false)
	for _, g := range c.org.listed(k) {
		switch strings.ToUpper(g.Type) {
		case "TEAM":
			add(c.org.members.direct[authz.Key{Org: c.org.id, Kind: authz.KindTeam, ID: g.ID}], true)
		case "GROUP", "":
			add(c.org.members.ofGroup(authz.Key{Org: c.org.id, Kind: authz.KindGroup, ID: g.ID}), true)
		}
	}
	return out
}

// listed returns the groups and teams that a queue lists.
func (o *Organization) listed(queue authz.Key) []authz.MemberGroup {
	if r, ok := o.queues[queue.ID]; ok {
		return o.facts.Resource[r].MemberGroups
	}
	return nil
}

func queue(c *call) (any, error) {
	e, err := c.seenQueue()
	if err != nil {
		return nil, err
	}
	return c.queue(nil, e), nil
}

// seenQueue returns the queue of the path, if one of the permissions that the
// endpoint wants shows it.
func (c *call) seenQueue() (*entity, error) {
	id := c.r.PathValue("queueId")
	e, err := c.find(authz.ListQueues, id, "queue")
	if err == nil && !slices.ContainsFunc(c.e.needs, func(p string) bool { return c.s.permittedIn(c.who, p).sees(e) }) {
		err = notFound("Unable to find the queue with id %s.", id)
	}
	return e, err
}

// queueMembers serves the members of a queue; how many there are it does not say.
func queueMembers(c *call) (any, error) {
	e, err := c.seenQueue()
	if err != nil {
		return nil, err
	}
	list := c.membersOfQueue(e.id)
	if by := strings.ToLower(c.q.Get("memberBy")); by != "" {
		list = slices.DeleteFunc(list, func(m queueMember) bool { return m.byGroup != (by == "group") })
	}
	list = c.seenMembers(list)
	p, err := c.page(len(list))
	if err != nil {
		return nil, err
	}
	b := c.entities(p.from, p.to, func(b []byte, i int) []byte { return c.queueMember(b, list[i]) })
	b = appendNumber(b, "pageSize", p.size)
	b = appendNumber(b, "pageNumber", p.number)
	return append(c.links(b, p), '}'), nil
}

// seenMembers keeps the members whom the caller sees as users.
func (c *call) seenMembers(list []queueMember) []queueMember {
	sees := c.s.permittedIn(c.who, viewUsers)
	return slices.DeleteFunc(list, func(m queueMember) bool {
		e := c.org.lists[authz.ListUsers].find(m.id)
		return e != nil && !sees.sees(e)
	})
}

func (c *call) queueMember(b []byte, m queueMember) []byte {
	name := c.nameOf(authz.Key{Org: c.org.id, Kind: authz.KindUser, ID: m.id})
	by := "user"
	if m.byGroup {
		by = "group"
	}
	b = c.reference(b, m.id, name)
	b = appendField(b[:len(b)-1], "user", c.reference(nil, m.id, name))
	b = appendNumber(b, "ringNumber", 1)
	b = appendField(b, "joined", []byte("true"))
	return append(appendText(b, "memberBy", by), '}')
}

// flows serves the flows in the divisions in which the caller may view them.
func flows(c *call) (any, error) {
	list := c.inDivisions(c.named(c.only(c.listed(authz.ListFlows, "", c.s.permittedIn(c.who, viewFlows).sees))))
	if kinds := c.values("type"); len(kinds) > 0 {
		list = filtered(list, func(e *entity) bool {
			return slices.ContainsFunc(kinds, func(k string) bool { return strings.EqualFold(k, e.kind) })
		})
	}
	return c.byNumber(list)
}

func skillGroups(c *call) (any, error) {
	sees := c.s.permittedIn(c.who, viewSkillGroups)
	return c.byCursor(c.named(c.listed(authz.ListObjects, "SKILLGROUP", func(e *entity) bool {
		return e.kind == "SKILLGROUP" && sees.sees(e)
	})))
}
