package genesyscloud

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The service under which the platform audits roles and grants.
const permissionService = "PeoplePermissions"

// A mapping is what the platform says of its audits.
type mapping struct {
	Services []struct {
		Name string `json:"name"`
	} `json:"services"`
}

// serviceNames reads the names of the services in the platform's answer.
func serviceNames(body json.RawMessage) []string {
	var m mapping
	if err := json.Unmarshal(body, &m); err != nil {
		return nil
	}
	var names []string
	for _, s := range m.Services {
		names = append(names, s.Name)
	}
	return names
}

// audits returns what is asked for audits: a service and an interval, with a
// space between.
func (s *Source) audits(services []string) []string {
	wanted := s.o.Services
	switch {
	case len(wanted) == 0:
		wanted = []string{permissionService}
	case slices.Equal(wanted, []string{"*"}):
		wanted = services
	}
	var list []string
	for _, name := range wanted {
		if slices.Contains(services, name) {
			list = append(list, name+" "+span(s.o.Until.Add(-s.o.AuditFor), s.o.Until))
		}
	}
	return list
}

// longestAudit is the interval that is asked for where the platform refuses a
// longer one.
const longestAudit = 30 * 24 * time.Hour

// parts returns the intervals that together are one that the platform refused,
// nil if it did not, or if it is short enough.
func (r *run) parts(q *reading) []string {
	if q.at.name != rowAudits || !status(q.err, http.StatusBadRequest) {
		return nil
	}
	service, interval, _ := strings.Cut(q.of, " ")
	a, b, _ := strings.Cut(interval, "/")
	from, err := time.Parse(time.RFC3339, a)
	if err != nil {
		return nil
	}
	until, err := time.Parse(time.RFC3339, b)
	if err != nil || until.Sub(from) <= longestAudit {
		return nil
	}
	var list []string
	for ; from.Before(until); from = from.Add(longestAudit) {
		to := from.Add(longestAudit)
		if to.After(until) {
			to = until
		}
		list = append(list, service+" "+span(from, to))
	}
	return list
}
