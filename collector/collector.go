// Package collector is the way in: a source tells records, and a sink keeps
// them together with what the source could not tell.
//
// Sources never decide anything about access; they record what they were told
// and what they were not told.
package collector

import (
	"context"
	"encoding/json"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Sink takes what a [Source] reads. Records may come in any order. A Sink is
// used by one goroutine at a time.
type Sink interface {
	// Put keeps a record and the JSON it came from, without secrets. Raw may be
	// nil where several records come from one entity (the raw JSON stands with
	// the first of them).
	Put(rec authz.Record, raw json.RawMessage) error
	// Cover keeps a line of the ledger.
	Cover(line authz.Coverage) error
}

// A Source reads one or more organizations.
type Source interface {
	// Collect reads everything into the sink. What could not be read becomes a
	// line of the ledger; an error means that the source itself is unusable or
	// the sink failed.
	Collect(ctx context.Context, sink Sink) error
}

// Progress is told how far a run is. A nil Progress is silent.
type Progress func(list authz.List, received, expected int64)
