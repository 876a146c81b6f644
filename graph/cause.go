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

// A Cause says why access is not what it was: the kind of record whose change
// alone suffices. Where no single kind does, or more than one, it is
// [CauseSeveral].
type Cause struct {
	Kind CauseKind
	// Kinds are those of [CauseSeveral], sorted.
	Kinds []CauseKind
	// Records are what changed, in a fixed order.
	Records []CauseRecord
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
	for i := range c.Records {
		r := &c.Records[i]
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

// judge says what alone is enough to explain that access came or went, given for
// each derivation what stands or stood in its way: it came if one derivation is
// complete, and it went if none is.
func judge(obstacles [][]CauseRecord, came bool) Cause {
	list := slices.DeleteFunc(obstacles, func(s []CauseRecord) bool { return len(s) == 0 })
	if len(list) == 0 {
		return Cause{Kind: CauseCoverage}
	}
	if came {
		return judgeCame(list)
	}
	return judgeWent(list)
}

// judgeAny says what explains that a mark came or went: everything that differs.
func judgeAny(obstacles [][]CauseRecord) Cause {
	all := slices.Concat(obstacles...)
	if len(all) == 0 {
		return Cause{Kind: CauseCoverage}
	}
	return causeOf(kindsOf(all), all)
}

func judgeCame(list [][]CauseRecord) Cause {
	least, total := 0, 0
	kinds := make([]int, len(list))
	for i := range list {
		if kinds[i] = countKinds(list[i]); least == 0 || kinds[i] < least {
			least = kinds[i]
		}
		total += len(list[i])
	}
	all := make([]CauseRecord, 0, total)
	for i, s := range list {
		if kinds[i] == least {
			all = append(all, s...)
		}
	}
	return causeOf(kindsOf(all), all)
}

// countKinds returns how many kinds some records are of.
func countKinds(list []CauseRecord) int {
	n := 0
	for i := range list {
		if !slices.ContainsFunc(list[:i], func(r CauseRecord) bool { return r.Kind == list[i].Kind }) {
			n++
		}
	}
	return n
}

func judgeWent(list [][]CauseRecord) Cause {
	var all []CauseRecord
	for _, s := range list {
		all = append(all, s...)
	}
	enough := slices.DeleteFunc(kindsOf(all), func(k CauseKind) bool {
		return slices.ContainsFunc(list, func(s []CauseRecord) bool { return !slices.Contains(kindsOf(s), k) })
	})
	if len(enough) == 0 {
		return causeOf(kindsOf(all), all)
	}
	return causeOf(enough, slices.DeleteFunc(all, func(r CauseRecord) bool { return !slices.Contains(enough, r.Kind) }))
}

func causeOf(kinds []CauseKind, records []CauseRecord) Cause {
	records = slices.Clone(records)
	slices.SortFunc(records, CauseRecord.compare)
	c := Cause{Kind: CauseSeveral, Kinds: kinds, Records: slices.Compact(records)}
	if len(kinds) == 1 {
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
