package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// listOf returns the list that tells a record.
func listOf(rec authz.Record) authz.List {
	if o, ok := rec.(authz.Other); ok {
		return o.List
	}
	return authz.ListOf(rec.Key().Kind)
}

// toldLines returns a line of the ledger for each record that was told with
// different values.
func (w *Writer) toldLines() []authz.Coverage {
	keys := slices.SortedFunc(maps.Keys(w.told), func(a, b retold) int {
		return cmp.Or(cmp.Compare(a.list, b.list), a.key.Compare(b.key), cmp.Compare(a.line, b.line))
	})
	out := make([]authz.Coverage, len(keys))
	for i, k := range keys {
		what := fmt.Sprintf("%v %q", k.key.Kind, k.key.ID)
		if k.line != "" {
			what += ": " + k.line
		}
		out[i] = authz.Coverage{
			Org: k.key.Org, List: k.list, Source: "snapshot", Status: authz.StatusReading, Expected: -1, Received: w.told[k],
			Reason: what + ": told again with other values, and kept as told last",
		}
	}
	return out
}
