package genesyscloud

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// makers tell who made grants, as audits say: the platform's grants have a date
// and no maker. Which fields of an event name the role and the division is not
// documented, so they are looked for wherever an event says what is new. An event
// counts only if it names one subject, one role and one division, by id.
type makers struct {
	roles, divisions map[string]bool // that are known
	made             map[grantIDs][]making
}

// grantIDs are the parties of a grant.
type grantIDs struct{ subject, role, division string }

// A making is one event: who made a grant, and when.
type making struct {
	by string
	at time.Time
}

// nearly is how far the date of an event may be from that of the grant it made.
const nearly = time.Minute

func newMakers() makers {
	return makers{map[string]bool{}, map[string]bool{authz.AllDivisions: true}, map[grantIDs][]making{}}
}

// know takes in a role or a division.
func (m *makers) know(key authz.Key) {
	switch key.Kind {
	case authz.KindRole:
		m.roles[key.ID] = true
	case authz.KindDivision:
		m.divisions[key.ID] = true
	default:
	}
}

// audited is what matters of an audit message.
type audited struct {
	Action string    `json:"action"`
	Status string    `json:"status"`
	Date   time.Time `json:"eventDate"`
	User   struct {
		ID string `json:"id"`
	} `json:"user"`
	Client struct {
		ID string `json:"id"`
	} `json:"client"`
	Entity struct {
		ID string `json:"id"`
	} `json:"entity"`
	Properties []struct {
		New []any `json:"newValues"`
		Old []any `json:"oldValues"`
	} `json:"propertyChanges"`
	Entities []struct {
		ID  string `json:"entityId"`
		New []any  `json:"newValues"`
		Old []any  `json:"oldValues"`
	} `json:"entityChanges"`
	Context map[string]any `json:"context"`
}

// by is who did it: the user, or else the client.
func (e *audited) by() string {
	if e.User.ID != "" {
		return e.User.ID
	}
	return e.Client.ID
}

// adds reports whether the event can be the making of one grant: it was done,
// and took nothing away.
func (e *audited) adds() bool {
	if e.Status != "" && !strings.EqualFold(e.Status, "SUCCESS") || strings.Contains(e.Action, "Remove") || strings.Contains(e.Action, "Delete") {
		return false
	}
	for _, p := range e.Properties {
		if len(p.Old) > 0 {
			return false
		}
	}
	for _, c := range e.Entities {
		if len(c.Old) > 0 {
			return false
		}
	}
	return true
}

// names returns every value by which the event may name something.
func (e *audited) names() map[string]bool {
	set := map[string]bool{e.Entity.ID: true}
	add := func(list ...any) {
		for _, v := range list {
			if s, ok := v.(string); ok {
				set[s] = true
			}
		}
	}
	for _, p := range e.Properties {
		add(p.New...)
	}
	for _, c := range e.Entities {
		add(c.ID)
		add(c.New...)
	}
	for _, v := range e.Context {
		add(v)
	}
	delete(set, "")
	return set
}

// note takes in an audit message. One that cannot be read makes nothing: it is
// counted where it is told.
func (m *makers) note(raw json.RawMessage, subjects kinds) {
	var e audited
	if err := json.Unmarshal(raw, &e); err != nil || e.by() == "" || !e.adds() {
		return
	}
	var g grantIDs
	for id := range e.names() {
		into := (*string)(nil)
		switch {
		case m.roles[id]:
			into = &g.role
		case m.divisions[id]:
			into = &g.division
		case subjects.of(id) != 0:
			into = &g.subject
		default:
			continue
		}
		if *into != "" {
			return // two of a sort: which of them belong together is not said
		}
		*into = id
	}
	if g.subject != "" && g.role != "" && g.division != "" {
		m.made[g] = append(m.made[g], making{e.by(), e.Date})
	}
}

// of returns who made a grant, empty where audits do not say or disagree. An event
// at another time than the grant's is of one that was made before and taken away.
func (m *makers) of(g authz.Grant) string {
	by := ""
	for _, e := range m.made[grantIDs{g.Subject.ID, g.Role, g.Division}] {
		if !g.MadeAt.IsZero() && e.at.Sub(g.MadeAt).Abs() > nearly {
			continue
		}
		if by != "" && by != e.by {
			return ""
		}
		by = e.by
	}
	return by
}
