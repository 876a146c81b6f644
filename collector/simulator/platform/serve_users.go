package platform

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// users serves the users in the divisions in which the caller may view them.
func users(c *call) (any, error) {
	list, err := c.users()
	if err != nil {
		return nil, err
	}
	list = c.only(list)
	p, err := c.page(len(list))
	if err != nil {
		return nil, err
	}
	if c.state() == "inactive" && p.number*p.size > c.s.o.InactiveLimit {
		return nil, badRequest("bad.request", "No more than %d inactive users can be listed.", c.s.o.InactiveLimit)
	}
	expand := c.expand()
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.user(b, list[i], expand) })
}

// state is which users are wanted.
func (c *call) state() string {
	if s := strings.ToLower(c.q.Get("state")); s != "" {
		return s
	}
	return "active"
}

// users returns the users in the state that was asked for whom the caller sees.
func (c *call) users() ([]*entity, error) {
	state, sees := c.state(), c.s.permittedIn(c.who, viewUsers)
	switch state {
	case "active", "inactive", "deleted", "any":
	default:
		return nil, badRequest("invalid.value", "The state %q is not one of active, inactive, deleted, any.", state)
	}
	return c.listed(authz.ListUsers, state, func(e *entity) bool {
		return (state == "any" || e.state == state) && sees.sees(e)
	}), nil
}

// usersQuery serves all users by a cursor token. It cannot filter by division, so
// that the permission must be held in all.
func usersQuery(c *call) (any, error) {
	if !c.s.permittedIn(c.who, viewUsers).all {
		return nil, missing([]string{viewUsers}, false)
	}
	list, err := c.users()
	if err != nil {
		return nil, err
	}
	size, err := c.size()
	if err != nil {
		return nil, err
	}
	from := 0
	if s := c.q.Get("cursor"); s != "" {
		if from, err = queryPosition(s); err != nil {
			return nil, err
		}
	}
	from = min(from, len(list))
	to, expand := min(from+size, len(list)), c.expand()
	b := c.entities(from, to, func(b []byte, i int) []byte { return c.user(b, list[i], expand) })
	b = appendNumber(b, "results", to-from)
	b = appendText(b, "selfUri", c.with(nil))
	if to < len(list) {
		next := base64.RawURLEncoding.EncodeToString([]byte("users " + strconv.Itoa(to)))
		b = appendText(b, "cursor", next)
		b = appendText(b, "nextUri", c.with(map[string]string{"cursor": next}))
	}
	return append(b, '}'), nil
}

func queryPosition(cursor string) (int, error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		var n int
		if n, err = strconv.Atoi(strings.TrimPrefix(string(text), "users ")); err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, badRequest("invalid.value", "The cursor is not valid.")
}

func user(c *call) (any, error) {
	id := c.r.PathValue("userId")
	if id == "me" {
		return nil, userOnly()
	}
	e, err := c.find(authz.ListUsers, id, "user")
	if err != nil {
		return nil, err
	}
	if !c.s.permittedIn(c.who, viewUsers).sees(e) || (c.q.Get("state") != "" && c.state() != "any" && c.state() != e.state) {
		return nil, notFound("Unable to find the user with id %s.", id)
	}
	return c.user(nil, e, c.expand()), nil
}

// expand reads which further fields are wanted.
func (c *call) expand() map[string]bool {
	out := map[string]bool{}
	for _, v := range c.values("expand") {
		if strings.EqualFold(v, "lasttokenissued") { // the parameter's spelling is not the field's
			v = "lastTokenIssued"
		}
		out[v] = true
	}
	return out
}

// user appends a user with the fields that were asked for.
func (c *call) user(b []byte, e *entity, expand map[string]bool) []byte {
	if len(expand) == 0 {
		return append(b, e.raw...)
	}
	b = open(b, e.raw)
	for _, f := range e.extra {
		if expand[f.key] {
			b = appendField(b, f.key, f.value)
		}
	}
	k := authz.Key{Org: c.org.id, Kind: authz.KindUser, ID: e.id}
	if expand["groups"] {
		b = c.holders(b, e.id, authz.KindGroup)
	}
	if expand["team"] {
		b = c.holders(b, e.id, authz.KindTeam)
	}
	if expand["authorization"] {
		if v, err := json.Marshal(c.authorization(k)); err == nil { // of texts alone
			b = appendField(b, "authorization", v)
		}
	}
	return append(b, '}')
}

// holders appends the groups that a user is in, or the team.
func (c *call) holders(b []byte, id string, kind authz.Kind) []byte {
	list := []byte{'['}
	for _, k := range c.org.members.holders[id] {
		if k.Kind != kind {
			continue
		}
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = c.reference(list, k.ID, c.nameOf(k))
	}
	if kind == authz.KindGroup {
		return appendField(b, "groups", append(list, ']'))
	}
	if len(list) == 1 {
		return b
	}
	one, _, _ := strings.Cut(string(list[1:]), "},") // a user is in one team at most
	return appendField(b, "team", []byte(strings.TrimSuffix(one, "}")+"}"))
}
