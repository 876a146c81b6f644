package genesyscloud

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A census compares what the platform counts in its divisions with what it
// gave: it leaves out, without a word, what lies in divisions that the client has
// no rights in. By type of object, as the platform names it in upper case.
type census map[string]*population

// A population is the objects of one type, by the id of their division.
type population struct {
	counted map[string]int64 // as the platform counts
	came    map[string]int64
	deleted map[string]int64 // users that were deleted, of those that came
}

func (c census) of(kind string) *population {
	kind = strings.ToUpper(kind)
	p := c[kind]
	if p == nil {
		p = &population{map[string]int64{}, map[string]int64{}, map[string]int64{}}
		c[kind] = p
	}
	return p
}

// announced takes in the counts that a division comes with.
func (c census) announced(division json.RawMessage) {
	var d struct {
		ID     string           `json:"id"`
		Counts map[string]int64 `json:"objectCounts"`
	}
	if err := json.Unmarshal(division, &d); err != nil || d.ID == "" {
		return
	}
	for kind, n := range d.Counts {
		c.of(kind).counted[d.ID] = n
	}
}

// count takes in a record that came.
func (c census) count(rec authz.Record) {
	switch r := rec.(type) {
	case authz.User:
		if r.Trustee != "" {
			return
		}
		c.of("USER").came[r.Division]++
		if r.State == "deleted" {
			c.of("USER").deleted[r.Division]++
		}
	case authz.Team:
		c.of("TEAM").came[r.Division]++
	case authz.Resource:
		kind := r.Type
		switch r.Kind {
		case authz.KindQueue:
			kind = "QUEUE"
		case authz.KindFlow:
			kind = "FLOW"
		default:
		}
		c.of(kind).came[r.Division]++
	default:
	}
}

// counted returns the type by which the platform counts the objects of a row,
// empty if they are not counted in divisions.
func (e *endpoint) counted() string {
	switch e.list {
	case authz.ListUsers:
		return "USER"
	case authz.ListTeams:
		return "TEAM"
	case authz.ListQueues:
		return "QUEUE"
	case authz.ListFlows:
		return "FLOW"
	default:
		return e.kind
	}
}

// hidden says how many objects of a type the platform counts and did not give,
// empty if none.
func (c census) hidden(kind string) string {
	p := c[kind]
	if p == nil {
		return ""
	}
	var missing, counted int64
	var divisions []string
	for _, id := range sortedKeys(p.counted) {
		if n := p.counted[id]; n > p.came[id] {
			missing += n - p.came[id]
			counted += n
			divisions = append(divisions, id)
		}
	}
	if missing == 0 {
		return ""
	}
	return fmt.Sprintf("the platform counts %d of type %s in %s and gave %d: the client has not the right to see them there",
		counted, kind, some(divisions, "division"), counted-missing)
}

// unlisted says how many objects there are of types that no list of the plan
// gives, empty if none.
func (c census) unlisted(rows []endpoint) string {
	var n int64
	var kinds []string
	for _, kind := range sortedKeys(c) {
		if slices.ContainsFunc(rows, func(e endpoint) bool { return e.counted() == kind }) {
			continue
		}
		var of int64
		for _, k := range c[kind].counted {
			of += k
		}
		if of -= c.cameOf(kind); of > 0 {
			n += of
			kinds = append(kinds, kind)
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("the platform counts %d objects of %s that are not read", n, some(kinds, "type"))
}

func (c census) cameOf(kind string) (n int64) {
	for _, k := range c[kind].came {
		n += k
	}
	return n
}

// some names the first of a list, and says how many there are.
func some(list []string, what string) string {
	const most = 3
	if len(list) == 1 {
		return what + " " + clip(list[0])
	}
	text := fmt.Sprintf("%d %ss (%s", len(list), what, clip(strings.Join(list[:min(most, len(list))], ", ")))
	if len(list) > most {
		text += ", …"
	}
	return text + ")"
}
