package rules

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An event is one line of the platform's audit log.
type event struct {
	org, id                     string
	date                        time.Time // zero: not told
	service, action, entityType string
	entity, entityName          string // what was changed
	user, client                string // ids of who changed it
	status                      string
	secret                      bool   // whether the line speaks of a secret
	toDivision                  string // the division that a change moved the entity to, if it says so
}

// An integration is a program that the platform runs or lets in.
type integration struct {
	org, id, name string
	enabled       bool
	mentions      map[string]bool // every text that its record has, such as ids of clients
}

// A definition is a report or export that somebody defined.
type definition struct {
	org, id, name string
	filters       []string // fields that it is filtered by, in lower case
	shared        []string // ids of principals and groups that it is shared with
}

// A reference is what the platform gives to name a record: an object with an id, or an id.
type reference struct{ ID, Name string }

// UnmarshalJSON takes both forms.
func (r *reference) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.ID)
	}
	type plain reference
	var p plain
	// What is neither stands for nothing: the record is still worth reading.
	if json.Unmarshal(b, &p) == nil {
		*r = reference(p)
	}
	return nil
}

func eventOf(o authz.OtherRecord) event {
	var in struct {
		EventDate                       string
		ServiceName, Action, EntityType string
		Entity, User, Client            reference
		Status                          string
		PropertyChanges                 []struct {
			Property  string
			NewValues []string
		}
	}
	e := event{org: o.Org, id: o.ID, secret: bytes.Contains(bytes.ToLower(o.JSON), []byte("secret"))}
	// A line that is odd in one field keeps what the others say.
	_ = json.Unmarshal(o.JSON, &in)
	e.date, _ = time.Parse(time.RFC3339, in.EventDate)
	e.service, e.action, e.entityType, e.status = in.ServiceName, in.Action, in.EntityType, in.Status
	e.entity, e.entityName, e.user, e.client = in.Entity.ID, in.Entity.Name, in.User.ID, in.Client.ID
	for _, c := range in.PropertyChanges {
		if strings.Contains(strings.ToLower(c.Property), "division") && len(c.NewValues) > 0 {
			e.toDivision = c.NewValues[0]
		}
	}
	return e
}

func integrationOf(o authz.OtherRecord) integration {
	var in struct{ IntendedState string }
	_ = json.Unmarshal(o.JSON, &in)
	i := integration{org: o.Org, id: o.ID, name: o.Name, enabled: !strings.EqualFold(in.IntendedState, "disabled") && !strings.EqualFold(in.IntendedState, "deleted"), mentions: map[string]bool{}}
	var all any
	_ = json.Unmarshal(o.JSON, &all)
	mentioned(all, i.mentions)
	return i
}

// mentioned collects every text within a JSON value.
func mentioned(v any, into map[string]bool) {
	switch v := v.(type) {
	case string:
		into[v] = true
	case []any:
		for _, item := range v {
			mentioned(item, into)
		}
	case map[string]any:
		for _, item := range v {
			mentioned(item, into)
		}
	}
}

func definitionOf(o authz.OtherRecord) definition {
	var in struct {
		Filters    []struct{ Field string }
		SharedWith []reference `json:"shared_with"`
	}
	_ = json.Unmarshal(o.JSON, &in)
	d := definition{org: o.Org, id: o.ID, name: o.Name}
	for _, f := range in.Filters {
		d.filters = append(d.filters, strings.ToLower(f.Field))
	}
	for _, r := range in.SharedWith {
		d.shared = append(d.shared, r.ID)
	}
	slices.Sort(d.filters)
	return d
}

// addUnused reads which roles the platform itself says that a user does not use:
// the user's id with a list of roles.
func (e *Extra) addUnused(o authz.OtherRecord) {
	var in struct{ UnusedRoles, Roles []reference }
	_ = json.Unmarshal(o.JSON, &in)
	user := authz.Key{Org: o.Org, Kind: authz.KindUser, ID: o.ID}
	for _, r := range slices.Concat(in.UnusedRoles, in.Roles) {
		if e.unused[user] == nil {
			e.unused[user] = map[string]bool{}
		}
		e.unused[user][r.ID] = true
	}
}

func (e *Extra) sort() {
	slices.SortFunc(e.events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.org, b.org), a.date.Compare(b.date), cmp.Compare(a.id, b.id))
	})
	slices.SortFunc(e.integrations, func(a, b integration) int { return cmp.Or(cmp.Compare(a.org, b.org), cmp.Compare(a.id, b.id)) })
	slices.SortFunc(e.reports, func(a, b definition) int { return cmp.Or(cmp.Compare(a.org, b.org), cmp.Compare(a.id, b.id)) })
}
