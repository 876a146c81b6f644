package platform

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// clients serves the OAuth clients, all at once.
func clients(c *call) (any, error) {
	list := c.listed(authz.ListClients, "", func(*entity) bool { return true })
	return c.unpaged(len(list), func(b []byte, i int) []byte { return c.client(b, list[i]) })
}

func client(c *call) (any, error) {
	e, err := c.find(authz.ListClients, c.r.PathValue("clientId"), "OAuth client")
	if err != nil {
		return nil, err
	}
	return c.client(nil, e), nil
}

// client appends an OAuth client with its roles, and with its secret, as the API
// did for years.
func (c *call) client(b []byte, e *entity) []byte {
	divisions, ids := []map[string]string{}, []string{}
	seen := map[uint32]bool{}
	for _, g := range c.org.grants.of(authz.Key{Org: c.org.id, Kind: authz.KindClient, ID: e.id}) {
		role := c.org.grants.roles.names[g.role]
		divisions = append(divisions, map[string]string{"roleId": role, "divisionId": c.org.grants.divisions.names[g.division]})
		if !seen[g.role] {
			seen[g.role] = true
			ids = append(ids, role)
		}
	}
	b = open(b, e.raw)
	for _, f := range []struct {
		key   string
		value any
	}{{"roleIds", ids}, {"roleDivisions", divisions}, {"secret", c.s.Secret(e.id)}} {
		if v, err := json.Marshal(f.value); err == nil { // of texts alone
			b = appendField(b, f.key, v)
		}
	}
	return append(b, '}')
}

// scopes serves the scopes that tokens of other grant types can have.
func scopes(c *call) (any, error) {
	names := []string{"analytics", "architect", "authorization", "groups", "oauth", "organization", "routing", "users"}
	return c.unpaged(2*len(names), func(b []byte, i int) []byte {
		return c.reference(b, names[i/2]+[]string{"", ":readonly"}[i%2], "")
	})
}

// A job is an asynchronous query with its result.
type job struct {
	polls  int // how often it was looked at
	begun  time.Time
	rows   [][]byte
	client string
	about  map[string]any
}

// start begins a job and returns its id.
func (s *Server) start(kind string, j *job) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nth++
	id := s.name(kind, s.nth)
	j.begun = s.o.Now()
	s.jobs[id] = j
	return id
}

// look returns a job, and whether it is done; looking brings it nearer.
func (s *Server) look(id string, poll bool) (j *job, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j = s.jobs[id]
	if j == nil {
		return nil, false
	}
	if poll {
		j.polls++
	}
	return j, j.polls > s.o.JobPolls && s.o.Now().Sub(j.begun) >= s.o.JobTime
}

// usageQuery begins to count what a client called.
func usageQuery(c *call) (any, error) {
	var q struct {
		Interval    string   `json:"interval"`
		Granularity string   `json:"granularity"`
		Metrics     []string `json:"metrics"`
		GroupBy     []string `json:"groupBy"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&q); err != nil {
		return nil, badRequest("bad.request", "The body cannot be read: %v", err)
	}
	from, to, err := interval(q.Interval)
	if err != nil {
		return nil, err
	}
	return c.startUsage(from, to)
}

// usageSummary begins to count what a client called in the last days.
func usageSummary(c *call) (any, error) {
	days, err := c.whole("days", 7)
	if err != nil {
		return nil, err
	}
	now := c.s.o.Now()
	return c.startUsage(now.AddDate(0, 0, -days), now)
}

func (c *call) startUsage(from, to time.Time) (any, error) {
	id := c.r.PathValue("clientId")
	e, err := c.find(authz.ListClients, id, "OAuth client")
	if err != nil {
		return nil, err
	}
	j := &job{client: id}
	for _, u := range c.org.usage[id] {
		if !u.Date.IsZero() && (u.Date.Before(from) || !u.Date.Before(to)) {
			continue
		}
		raw, err := bundle.Entity(u)
		if err != nil {
			return nil, err
		}
		b := open(nil, raw)
		if !has(raw, "clientId") {
			b = appendText(b, "clientId", id)
		}
		b = appendText(b, "clientName", e.name)
		b = appendText(b, "organizationId", c.org.id)
		b = appendNumber(b, "status200", int(u.Requests))
		j.rows = append(j.rows, append(b, '}'))
	}
	execution := c.s.start("usage", j)
	return map[string]string{
		"executionId": execution, "resultsUri": "/api/v2/oauth/clients/" + id + "/usage/query/results/" + execution,
	}, nil
}

// usageResults serves the result, once it is there.
func usageResults(c *call) (any, error) {
	j, done := c.s.look(c.r.PathValue("executionId"), true)
	if j == nil || j.client != c.r.PathValue("clientId") {
		return nil, notFound("Unable to find the execution with id %s.", c.r.PathValue("executionId"))
	}
	if !done {
		return map[string]any{"results": []any{}, "queryStatus": "Running"}, nil
	}
	b := []byte(`{"results":[`)
	for i, r := range j.rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, r...)
	}
	return append(appendText(append(b, ']'), "queryStatus", "Complete"), '}'), nil
}

// interval reads two times with a slash between them.
func interval(s string) (from, to time.Time, err error) {
	a, b, ok := strings.Cut(s, "/")
	from, err = time.Parse(time.RFC3339, a)
	to, err2 := time.Parse(time.RFC3339, b)
	if !ok || err != nil || err2 != nil || !from.Before(to) {
		return from, to, badRequest("invalid.date", "The interval %q is not of the form start/end.", s)
	}
	return from, to, nil
}
