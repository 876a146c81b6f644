package platform

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An auditFilter wants a property to have a value.
type auditFilter struct {
	Property string `json:"property"`
	Value    string `json:"value"`
}

// An event is what a query looks at of an audit message.
type event struct {
	ServiceName string    `json:"serviceName"`
	Date        time.Time `json:"eventDate"`
	Action      string    `json:"action"`
	EntityType  string    `json:"entityType"`
	Entity      struct {
		ID string `json:"id"`
	} `json:"entity"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Client struct {
		ID string `json:"id"`
	} `json:"client"`
}

// An auditRequest is what a query for audit messages says.
type auditRequest struct {
	Interval    string        `json:"interval"`
	ServiceName string        `json:"serviceName"`
	Filters     []auditFilter `json:"filters"`
}

// auditQuery begins to look for audit messages.
func auditQuery(c *call) (any, error) {
	var q auditRequest
	if err := json.NewDecoder(c.r.Body).Decode(&q); err != nil {
		return nil, badRequest("bad.request", "The body cannot be read: %v", err)
	}
	from, to, err := interval(q.Interval)
	if err != nil {
		return nil, err
	}
	if _, ok := auditServices()[q.ServiceName]; !ok {
		return nil, badRequest("invalid.value", "The service %q is not known.", q.ServiceName)
	}
	j := &job{rows: q.find(c.org.all(authz.ListAudits), from, to)}
	j.about = map[string]any{"interval": q.Interval, "serviceName": q.ServiceName, "dateStart": c.s.o.Now().UTC().Format(timeForm)}
	id := c.s.start("audit", j)
	return auditState(j, id, "Queued"), nil
}

// find returns the messages that a query is about.
func (q auditRequest) find(messages []*entity, from, to time.Time) [][]byte {
	var out [][]byte
	for _, e := range messages {
		var v event
		if json.Unmarshal(e.raw, &v) != nil || v.ServiceName != q.ServiceName || v.Date.Before(from) || !v.Date.Before(to) {
			continue
		}
		if !slices.ContainsFunc(q.Filters, func(f auditFilter) bool { return !v.has(f) }) {
			out = append(out, e.raw)
		}
	}
	return out
}

// has reports whether a message passes a filter. Properties that are not known
// let everything pass.
func (v event) has(f auditFilter) bool {
	switch f.Property {
	case "UserId":
		return v.User.ID == f.Value
	case "ClientId":
		return v.Client.ID == f.Value
	case "Action":
		return v.Action == f.Value
	case "EntityType":
		return v.EntityType == f.Value
	case "EntityId":
		return v.Entity.ID == f.Value
	default:
		return true
	}
}

func auditState(j *job, id, state string) map[string]any {
	out := map[string]any{"id": id, "state": state}
	for k, v := range j.about {
		out[k] = v
	}
	return out
}

// auditStatus tells how far a query is.
func auditStatus(c *call) (any, error) {
	id := c.r.PathValue("transactionId")
	j, done := c.s.look(id, true)
	if j == nil || j.about == nil {
		return nil, notFound("Unable to find the query with id %s.", id)
	}
	if !done {
		return auditState(j, id, "Running"), nil
	}
	return auditState(j, id, "Succeeded"), nil
}

// auditResults serves what was found, by cursor.
func auditResults(c *call) (any, error) {
	id := c.r.PathValue("transactionId")
	j, done := c.s.look(id, false)
	if j == nil || j.about == nil {
		return nil, notFound("Unable to find the query with id %s.", id)
	}
	if !done {
		return nil, badRequest("bad.request", "The query with id %s is not finished.", id)
	}
	size, err := c.size()
	if err != nil {
		return nil, err
	}
	from := 0
	if s := c.q.Get("cursor"); s != "" {
		text, err := base64.RawURLEncoding.DecodeString(s)
		if from, _ = strconv.Atoi(strings.TrimPrefix(string(text), "audit ")); err != nil || from < 1 {
			return nil, badRequest("invalid.value", "The cursor is not valid.")
		}
	}
	from = min(from, len(j.rows))
	to := min(from+size, len(j.rows))
	b := c.entities(from, to, func(b []byte, i int) []byte { return append(b, j.rows[i]...) })
	b = appendText(b, "id", id)
	b = appendNumber(b, "pageSize", size)
	if to < len(j.rows) {
		b = appendText(b, "cursor", base64.RawURLEncoding.EncodeToString([]byte("audit "+strconv.Itoa(to))))
	}
	return append(b, '}'), nil
}

// auditServices returns services with the entities and actions that they tell of.
func auditServices() map[string]map[string][]string {
	actions := []string{"Create", "Update", "Delete", "Add", "Remove", "MemberAdd", "MemberUpdate", "MemberRemove", "AuthorizationChanged", "Enable", "Disable"}
	out := map[string]map[string][]string{"PeoplePermissions": {}, "Directory": {"User": actions}, "Groups": {"DirectoryGroup": actions, "Team": actions}, "Routing": {"Queue": actions}}
	for _, name := range []string{"AuthUser", "AuthOrganization", "Role", "RoleSettings", "Policy", "OAuthClient", "OAuthClientAuthorization", "IdentityProvider", "OrganizationAuthorizationTrust", "OrganizationAuthorizationUserTrust", "DirectoryGroup"} {
		out["PeoplePermissions"][name] = actions
	}
	return out
}

// serviceMapping serves them.
func serviceMapping(*call) (any, error) {
	services := []map[string]any{}
	all := auditServices()
	for _, name := range sorted(all) {
		entities := []map[string]any{}
		for _, e := range sorted(all[name]) {
			entities = append(entities, map[string]any{"name": e, "actions": all[name][e]})
		}
		services = append(services, map[string]any{"name": name, "entities": entities})
	}
	return map[string]any{"services": services}, nil
}
