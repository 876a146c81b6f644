package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An emitter hands records to a sink and counts them for the ledger.
type emitter struct {
	ctx    context.Context
	sink   collector.Sink
	encode func(authz.Record) (json.RawMessage, error)
	counts map[authz.List]int64
	n      int
}

// put hands on one record of a list.
func (e *emitter) put(list authz.List, rec authz.Record) error {
	return e.putAs(list, rec, e.encode)
}

// putText hands on a record that is nothing but its JSON.
func (e *emitter) putText(rec authz.Other, text string) error {
	if e.encode == nil {
		return e.putAs(rec.List, rec, nil)
	}
	return e.putAs(rec.List, rec, func(authz.Record) (json.RawMessage, error) { return json.RawMessage(text), nil })
}

// putAs hands on one record of a list with the JSON that encode makes of it.
func (e *emitter) putAs(list authz.List, rec authz.Record, encode func(authz.Record) (json.RawMessage, error)) error {
	if e.n++; e.n%4096 == 1 {
		if err := e.ctx.Err(); err != nil {
			return fmt.Errorf("generate organization: %w", err)
		}
	}
	var raw json.RawMessage
	if encode != nil {
		var err error
		if raw, err = encode(rec); err != nil {
			return fmt.Errorf("generate %s: encode: %w", rec.Key(), err)
		}
	}
	if err := e.sink.Put(rec, raw); err != nil {
		return fmt.Errorf("generate %s: %w", rec.Key(), err)
	}
	e.counts[list]++
	return nil
}

// putAll hands on the records of a list that is held in memory.
func putAll[T authz.Record](e *emitter, list authz.List, records []T) error {
	for _, rec := range records {
		if err := e.put(list, rec); err != nil {
			return err
		}
	}
	return nil
}

// cover writes the ledger: everything is complete, but for one list if it is
// the fault to be found.
func (e *emitter) cover(org string, now time.Time, refused authz.List) error {
	for _, list := range authz.Lists() {
		line := authz.Coverage{
			Org: org, List: list, Source: "simulator", Status: authz.StatusComplete,
			Expected: e.counts[list], Received: e.counts[list], Pages: 1, Started: now, Ended: now,
		}
		if list == refused {
			line.Status, line.Expected, line.Received, line.Pages = authz.StatusRefused, -1, 0, 0
			line.Reason, line.MissingPermission = "403 Forbidden", "sso:provider:view"
		}
		if err := e.sink.Cover(line); err != nil {
			return fmt.Errorf("generate ledger of %s: %w", list, err)
		}
	}
	return nil
}
