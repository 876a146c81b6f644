package platform

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// mostDivisions is how many divisions an organization may have.
const mostDivisions = 1000

// divisionList serves every division, whatever the caller may see in it.
func divisionList(c *call) (any, error) {
	list := c.named(c.only(c.listed(c.e.list, "", func(*entity) bool { return true })))
	return c.numbered(len(list), func(b []byte, i int) []byte { return c.counted(b, list[i]) })
}

func divisionQuery(c *call) (any, error) {
	return c.byCursor(c.named(c.only(c.listed(c.e.list, "", func(*entity) bool { return true }))))
}

func division(c *call) (any, error) {
	e, err := c.find(authz.ListDivisions, c.r.PathValue("divisionId"), "division")
	if err != nil {
		return nil, err
	}
	return c.counted(nil, e), nil
}

func divisionHome(c *call) (any, error) {
	for _, d := range c.org.facts.Division {
		if d.Home {
			e, err := c.find(authz.ListDivisions, d.ID, "division")
			if err != nil {
				return nil, err
			}
			return c.counted(nil, e), nil
		}
	}
	return nil, notFound("Unable to find the home division.")
}

func divisionLimit(*call) (any, error) { return mostDivisions, nil }

// counted appends a division, with the number of objects in it if that is wanted.
func (c *call) counted(b []byte, e *entity) []byte {
	if c.q.Get("objectCount") != "true" {
		return append(b, e.raw...)
	}
	counts, err := json.Marshal(c.s.objectCounts()[e.id])
	if err != nil { // of texts and numbers alone
		counts = []byte("{}")
	}
	return append(appendField(open(b, e.raw), "objectCounts", counts), '}')
}

// objectCounts counts the objects of each division by type. Nothing is left out
// because of who asks.
func (s *Server) objectCounts() map[string]map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts != nil {
		return s.counts
	}
	s.counts = map[string]map[string]int{}
	for _, e := range s.org.all(authz.ListDivisions) {
		s.counts[e.id] = map[string]int{}
	}
	count := func(list authz.List, kind string) {
		for _, e := range s.org.all(list) {
			if of := s.counts[e.division]; of != nil && e.state != "deleted" {
				of[cmp.Or(kind, e.kind)]++
			}
		}
	}
	count(authz.ListUsers, "USER")
	count(authz.ListTeams, "TEAM")
	count(authz.ListQueues, "QUEUE")
	count(authz.ListFlows, "FLOW")
	count(authz.ListObjects, "")
	return s.counts
}

// permittedPaged tells in which divisions a subject has a permission.
func permittedPaged(c *call) (any, error) {
	k, ok := c.org.subject(c.r.PathValue("subjectId"))
	if !ok {
		return nil, notFound("Unable to find the subject with id %s.", c.r.PathValue("subjectId"))
	}
	p, err := c.permission()
	if err != nil {
		return nil, err
	}
	return c.permitted(c.s.subjectIn(k, p))
}

func permittedPagedMe(c *call) (any, error) {
	p, err := c.permission()
	if err != nil {
		return nil, err
	}
	return c.permitted(c.s.permittedIn(c.who, p.String()))
}

// permittedMe is unpaged: a plain array.
func permittedMe(c *call) (any, error) {
	p, err := c.permission()
	if err != nil {
		return nil, err
	}
	b := []byte{'['}
	for _, e := range c.named(c.within(c.s.permittedIn(c.who, p.String()))) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, e.raw...)
	}
	return append(b, ']'), nil
}

// permission reads the permission that was asked about.
func (c *call) permission() (authz.Pattern, error) {
	name := c.q.Get("permission")
	p, err := authz.ParsePattern(name)
	if err != nil {
		return p, &apiError{status: http.StatusBadRequest, code: "invalid.value", message: "The permission " + name + " is not valid."}
	}
	return p, nil
}

// permitted serves divisions as entities.
func (c *call) permitted(d divisions) (any, error) {
	list := c.within(d)
	v, err := c.numbered(len(list), func(b []byte, i int) []byte { return append(b, list[i].raw...) })
	b, ok := v.([]byte)
	if err != nil || !ok {
		return v, err
	}
	all, err := json.Marshal(d.all)
	if err != nil {
		return nil, err
	}
	return append(appendField(b[:len(b)-1], "allDivsPermitted", all), '}'), nil
}

// within returns the divisions of a set as entities. One that a grant names and
// that does not exist is none.
func (c *call) within(d divisions) []*entity {
	key := "all"
	if !d.all {
		key = "in " + string(object(keysOf(d.in)))
	}
	return c.listed(authz.ListDivisions, key, func(e *entity) bool { return d.all || d.in[e.id] })
}

func keysOf(m map[string]bool) []field {
	var out []field
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, field{k, []byte("1")})
	}
	return out
}
