package platform

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// groups serves the groups that the caller sees: groups have no division, but may
// be hidden from those who are not in them.
func groups(c *call) (any, error) {
	list := c.only(c.groupList())
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.group(b, list[i]) })
}

// viewHidden is what shows groups that are not public.
const viewHidden = "directory:privateGroup:view"

func (c *call) groupList() []*entity {
	hidden := !c.s.permittedIn(c.who, viewHidden).none()
	return c.listed(authz.ListGroups, "", func(e *entity) bool { return hidden || !private(e) })
}

func private(e *entity) bool {
	v := strings.ToLower(textOf(e.raw, "visibility"))
	return v == "owners" || v == "members"
}

func group(c *call) (any, error) {
	e, err := c.seenGroup()
	if err != nil {
		return nil, err
	}
	return c.group(nil, e), nil
}

// seenGroup returns the group of the path, if the caller sees it.
func (c *call) seenGroup() (*entity, error) {
	id := c.r.PathValue("groupId")
	e, err := c.find(authz.ListGroups, id, "group")
	if err == nil && private(e) && c.s.permittedIn(c.who, viewHidden).none() {
		err = notFound("Unable to find the group with id %s.", id)
	}
	return e, err
}

// group appends a group with the number of its members.
func (c *call) group(b []byte, e *entity) []byte {
	if has(e.raw, "memberCount") {
		return append(b, e.raw...)
	}
	n := len(c.org.members.ofGroup(authz.Key{Org: c.org.id, Kind: authz.KindGroup, ID: e.id}))
	return append(appendNumber(open(b, e.raw), "memberCount", n), '}')
}

// groupMembers serves individuals, owners who count, and those whom rules include.
func groupMembers(c *call) (any, error) {
	e, err := c.seenGroup()
	if err != nil {
		return nil, err
	}
	list := c.people("members "+e.id, c.org.members.ofGroup(authz.Key{Org: c.org.id, Kind: authz.KindGroup, ID: e.id}))
	expand := c.expand()
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.user(b, list[i], expand) })
}

// groupIndividuals serves those whom people have put in, all at once.
func groupIndividuals(c *call) (any, error) {
	e, err := c.seenGroup()
	if err != nil {
		return nil, err
	}
	list := c.people("individuals "+e.id, c.org.members.individuals(authz.Key{Org: c.org.id, Kind: authz.KindGroup, ID: e.id}))
	return c.unpaged(len(list), func(b []byte, i int) []byte { return append(b, list[i].raw...) })
}

// people returns the users with these ids whom the caller sees. Of an id that no
// user has, the id is all that is told. Key says whose they are.
func (c *call) people(key string, ids []string) []*entity {
	sees := c.s.permittedIn(c.who, viewUsers)
	return c.kept(strings.Join([]string{"people", c.who.id, key}, "\x00"), func() []*entity {
		out := make([]*entity, 0, len(ids))
		for _, id := range ids {
			e := c.org.lists[authz.ListUsers].find(id)
			if e == nil {
				e = &entity{id: id, raw: c.reference(nil, id, "")}
			}
			if sees.sees(e) {
				out = append(out, e)
			}
		}
		return out
	})
}

// dynamicSettings serves the rules of a group that has some. Their content no
// source tells.
func dynamicSettings(c *call) (any, error) {
	e, err := c.seenGroup()
	if err != nil {
		return nil, err
	}
	if !c.org.members.dynamic[e.id] {
		return nil, notFound("Unable to find dynamic settings of the group with id %s.", e.id)
	}
	return map[string]any{
		"group": map[string]string{"id": e.id, "name": e.name},
		"query": map[string]any{"skillConditions": []map[string]any{{"routingSkillConditions": []any{}, "languageSkillConditions": []any{}, "operation": "And"}}},
	}, nil
}

// teams serves the teams in the divisions in which the caller may view them.
func teams(c *call) (any, error) {
	sees := c.s.permittedIn(c.who, viewTeams)
	list := c.named(c.listed(authz.ListTeams, "", sees.sees))
	return c.cursor(ids(list), func(b []byte, i int) []byte { return c.team(b, list[i]) })
}

func team(c *call) (any, error) {
	e, err := c.seenTeam()
	if err != nil {
		return nil, err
	}
	return c.team(nil, e), nil
}

func (c *call) seenTeam() (*entity, error) {
	id := c.r.PathValue("teamId")
	e, err := c.find(authz.ListTeams, id, "team")
	if err == nil && !c.s.permittedIn(c.who, viewTeams).sees(e) {
		err = notFound("Unable to find the team with id %s.", id)
	}
	return e, err
}

// team appends a team with the number of its members, and with the name of its
// division if that is wanted.
func (c *call) team(b []byte, e *entity) []byte {
	if slices.Contains(c.values("expand"), "entities.division") && e.division != "" {
		named := *e
		named.raw = with(e.raw, "division", c.division(nil, e.division))
		e = &named
	}
	if has(e.raw, "memberCount") {
		return append(b, e.raw...)
	}
	n := len(c.org.members.direct[authz.Key{Org: c.org.id, Kind: authz.KindTeam, ID: e.id}])
	return append(appendNumber(open(b, e.raw), "memberCount", n), '}')
}

// teamMembers serves ids and names.
func teamMembers(c *call) (any, error) {
	e, err := c.seenTeam()
	if err != nil {
		return nil, err
	}
	list := c.org.members.direct[authz.Key{Org: c.org.id, Kind: authz.KindTeam, ID: e.id}]
	return c.cursor(list, func(b []byte, i int) []byte {
		return c.reference(b, list[i], c.nameOf(authz.Key{Org: c.org.id, Kind: authz.KindUser, ID: list[i]}))
	})
}
