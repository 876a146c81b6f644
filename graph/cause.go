package graph

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A CauseKind says what kind of record's change a difference comes from.
type CauseKind string

// The kinds of cause.
const (
	CausePrincipal    CauseKind = "principal"     // it appeared, or is gone
	CauseState        CauseKind = "state"         // it, or a group or team, came alive or fell dormant
	CauseClient       CauseKind = "client"        // an OAuth client's grant type
	CauseTrust        CauseKind = "trust"         // a trust came, went, was switched, or expired
	CauseMembership   CauseKind = "membership"    // of a group, team or queue
	CauseGroup        CauseKind = "group"         // a group came, went, its owners, or whether roles reach its members
	CauseGrant        CauseKind = "grant"         // a role assignment was made or revoked
	CauseRole         CauseKind = "role"          // a role was edited, came, or went
	CauseBuiltInRole  CauseKind = "built-in role" // the platform changed a role of its own
	CauseScope        CauseKind = "scope"         // a scope or condition of a role's policy
	CauseCatalogue    CauseKind = "catalogue"     // whether divisions limit the permission
	CauseDivision     CauseKind = "division"      // a user or queue lies in another division
	CauseResource     CauseKind = "resource"      // a user, queue or view came, went or was changed
	CauseAccessPolicy CauseKind = "access policy" // an access policy came, went or was changed
	CauseCoverage     CauseKind = "coverage"      // what the snapshots could read
	CauseSeveral      CauseKind = "several"       // no single one of several
)

// A Cause says why access is not what it was: which changes are enough to make it
// what it is. Where those are of more than one kind, it is [CauseSeveral].
type Cause struct {
	Kind CauseKind
	// Kinds are those of [CauseSeveral], sorted.
	Kinds []CauseKind
	// Records are what changed, in a fixed order: those of the smallest ways.
	Records []CauseRecord
	// Ways are the sets of changes of which each alone is enough, and no part of
	// which is; the smallest first. They are empty where nothing is known to have
	// changed, and where they are too many to be told apart: then all the records
	// together are enough.
	Ways [][]CauseRecord
}

// Least returns the ways of the fewest changes.
func (c *Cause) Least() [][]CauseRecord {
	n := 0
	for n < len(c.Ways) && len(c.Ways[n]) == len(c.Ways[0]) {
		n++
	}
	return c.Ways[:n]
}

// A CauseRecord is one record whose change a difference comes from.
type CauseRecord struct {
	Kind CauseKind
	// Record is what changed: the container of a membership, the role of a grant.
	// It is zero where it is the principal itself, or the catalogue.
	Record authz.Key
	// Of is the member, or the grant's subject; it is zero where that is the
	// principal itself.
	Of authz.Key
	// Division is that of a grant: an id, or [authz.AllDivisions].
	Division string
}

func (r CauseRecord) compare(o CauseRecord) int {
	switch {
	case r.Kind != o.Kind:
		return strings.Compare(string(r.Kind), string(o.Kind))
	case r.Record != o.Record:
		return r.Record.Compare(o.Record)
	case r.Of != o.Of:
		return r.Of.Compare(o.Of)
	default:
		return strings.Compare(r.Division, o.Division)
	}
}

func (c Cause) appendKey(b []byte) []byte {
	b = append(b, c.Kind...)
	for _, k := range c.Kinds {
		b = append(append(b, '|'), k...)
	}
	b = appendRecords(b, c.Records)
	if len(c.Ways) == 1 && len(c.Ways[0]) == len(c.Records) {
		return append(b, 2) // the records are the way
	}
	for _, w := range c.Ways {
		b = appendRecords(append(b, 3), w)
	}
	return b
}

func appendRecords(b []byte, list []CauseRecord) []byte {
	for i := range list {
		r := &list[i]
		b = append(append(b, 0), r.Kind...)
		b = append(appendKey(append(append(b, r.Record.Org...), '/'), r.Record), 1)
		b = append(appendKey(b, r.Of), 1)
		b = append(b, r.Division...)
	}
	return b
}

// appendKey appends what [authz.Key.String] returns.
func appendKey(b []byte, k authz.Key) []byte {
	return append(append(append(b, k.Kind.String()...), ':'), k.ID...)
}

// CauseOf returns the cause that some records are together.
func CauseOf(records []CauseRecord) Cause { return causeOf(kindsOf(records), records) }

// causeOfWays makes a cause of the sets of records that are enough, the smallest first.
func causeOfWays(ways []Set, records []CauseRecord) Cause {
	list := make([][]CauseRecord, len(ways))
	for i, w := range ways {
		list[i] = make([]CauseRecord, 0, w.Len())
		for n := range w.All() {
			list[i] = append(list[i], records[n])
		}
	}
	least := Cause{Ways: list}
	told := slices.Concat(least.Least()...)
	c := causeOf(kindsOf(told), told)
	c.Ways = list
	return c
}

func causeOf(kinds []CauseKind, records []CauseRecord) Cause {
	records = slices.Clone(records)
	slices.SortFunc(records, CauseRecord.compare)
	c := Cause{Kind: CauseSeveral, Kinds: kinds, Records: slices.Compact(records)}
	switch len(kinds) {
	case 0: // nothing is seen to differ
		c.Kind = CauseCoverage
	case 1:
		c.Kind, c.Kinds = kinds[0], nil
	}
	return c
}

// kindsOf returns the kinds of some records, sorted, each once.
func kindsOf(list []CauseRecord) []CauseKind {
	var out []CauseKind
	for _, r := range list {
		if !slices.Contains(out, r.Kind) {
			out = append(out, r.Kind)
		}
	}
	slices.Sort(out)
	return out
}
