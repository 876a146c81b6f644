package platform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// listed returns the entities of a list that a caller sees, in their order, which
// is not to be changed. Key says what keep depends on, so that it is worked out once.
func (c *call) listed(name authz.List, key string, keep func(*entity) bool) []*entity {
	key = strings.Join([]string{string(name), c.who.id, key}, "\x00")
	return c.kept(key, func() []*entity {
		var out []*entity
		for _, e := range c.org.all(name) {
			if keep(e) {
				out = append(out, e)
			}
		}
		return out
	})
}

// kept returns what was worked out before, or works it out, and does to it what
// the call wants.
func (c *call) kept(key string, find func() []*entity) []*entity {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	list, ok := c.s.visible[key]
	if !ok {
		list = find()
		if len(c.s.visible) > maxKept/64 {
			c.s.visible = map[string][]*entity{}
		}
		c.s.visible[key] = list
	}
	return c.reversed(c.odd(list))
}

// reversed puts a list into the order that was asked for.
func (c *call) reversed(list []*entity) []*entity {
	if order := strings.ToUpper(c.q.Get("sortOrder")); order == "DESC" || order == "DESCENDING" {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	return list
}

// filtered returns the entities that pass.
func filtered(list []*entity, keep func(*entity) bool) []*entity {
	var out []*entity
	for _, e := range list {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}

// find returns an entity of a list that the caller sees, or that it is not found.
func (c *call) find(name authz.List, id, what string) (*entity, error) {
	e := c.org.lists[name].find(id)
	if e == nil {
		return nil, notFound("Unable to find the %s with id %s.", what, id)
	}
	return e, nil
}

// only keeps the entities that a parameter names by id, in the order of the list.
func (c *call) only(list []*entity) []*entity {
	ids := c.values("id")
	if len(ids) == 0 {
		return list
	}
	return filtered(list, func(e *entity) bool { return slices.Contains(ids, e.id) })
}

// named keeps the entities with a name like that of a parameter, in which "*" is any text.
func (c *call) named(list []*entity) []*entity {
	name := strings.ToLower(c.q.Get("name"))
	if name == "" {
		return list
	}
	return filtered(list, func(e *entity) bool { return matches(name, strings.ToLower(e.name)) })
}

// values returns a parameter that is a list: given several times, or with commas.
func (c *call) values(name string) []string {
	var out []string
	for _, v := range c.q[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// byNumber serves entities as they are.
func (c *call) byNumber(list []*entity) (any, error) {
	return c.numbered(len(list), func(b []byte, i int) []byte { return append(b, list[i].raw...) })
}

// odd gives one of the entities a value of a wrong type, if that is the fault.
func (c *call) odd(list []*entity) []*entity {
	f, ok := c.effect(faultOdd)
	if !ok || len(list) == 0 {
		return list
	}
	i := int(f.n % uint64(len(list)))
	list = slices.Clone(list)
	e := *list[i]
	key := "name"
	if has(e.raw, "division") {
		key = "division"
	}
	e.raw = with(e.raw, key, []byte("7"))
	list[i] = &e
	return list
}

// with returns an object with another value of a field.
func with(raw []byte, key string, value []byte) []byte {
	list := fields(raw)
	i := slices.IndexFunc(list, func(f field) bool { return f.key == key })
	if i < 0 {
		return object(append(list, field{key, value}))
	}
	list[i].value = value
	return object(list)
}

// change changes a record for good, if that is the fault: its name, and version
// and date where it has them.
func (c *call) change() {
	f, ok := c.effect(faultChange)
	if !ok || c.e.list == "" {
		return
	}
	c.s.records.Lock()
	defer c.s.records.Unlock()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	l := c.org.lists[c.e.list]
	if l == nil || len(l.items) == 0 {
		return
	}
	i := int((f.n + uint64(len(c.s.changed))) % uint64(len(l.items)))
	e := *l.items[i]
	e.name += " (changed)"
	e.raw = with(e.raw, "name", quote(e.name))
	e.raw = with(e.raw, "version", fmt.Append(nil, len(c.s.changed)+2))
	e.raw = with(e.raw, "dateModified", quote(c.s.o.Now().UTC().Format(timeForm)))
	l.items[i] = &e
	c.s.changed = append(c.s.changed, string(c.e.list)+"/"+e.id)
	c.s.forget()
}

// timeForm is how the API writes a time.
const timeForm = "2006-01-02T15:04:05.000Z"
