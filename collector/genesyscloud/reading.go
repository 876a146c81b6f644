package genesyscloud

import (
	"encoding/json"
	"errors"
	"hash/fnv"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
)

// A reading is what became of one walk of an endpoint. Its entities are in the
// log; here are only numbers and, where others are asked for each, ids.
type reading struct {
	at   *endpoint
	of   string // what it was asked for; empty where the endpoint is asked once
	size int    // page size that the platform took

	pages    int   // with entities that count
	void     int   // before them, of a list that was begun again
	received int64 // different entities
	expected int64 // as the platform announces; -1 is unknown
	started  time.Time
	ended    time.Time
	again    bool // it was read a second time
	denied   int  // how often it was begun again because its token was not taken
	err      error
	absent   bool   // there is no such list, and that is no fault
	fault    string // why it counts as partial although there was no error

	toldReceived, toldExpected int64 // of these, what progress was told of

	// begun is the answer to what began a job, and notBegun why there is none.
	begun    *rest.Response
	notBegun error

	ids    []string
	named  map[string]bool   // divisions that subjects of a role have it in
	prints map[string]uint64 // of the entities, where they are compared at the end
	seen   map[uint64]struct{}
}

// keeps says what of a reading's entities stays in memory.
type keeps struct{ ids, prints bool }

// reset begins the reading again.
func (q *reading) reset(void int) {
	*q = reading{
		at: q.at, of: q.of, size: q.size, void: void, again: q.again, denied: q.denied, expected: -1,
		toldReceived: q.toldReceived, toldExpected: q.toldExpected,
	}
}

// path is that of the request.
func (q *reading) path() string { return strings.ReplaceAll(q.at.path, "{}", q.of) }

func (q *reading) request() rest.Request { return rest.Get(q.path(), q.at.query...) }

// complete reports whether all came.
func (q *reading) complete() bool { return q.err == nil && q.fault == "" }

// short reports whether another number came than was announced.
func (q *reading) short() bool { return q.expected >= 0 && q.received != q.expected }

// add takes a page in.
func (q *reading) add(p rest.Page, k keeps) {
	if p.Again {
		q.reset(q.void + q.pages)
	}
	q.pages++
	if q.started.IsZero() {
		q.started = p.At
	}
	if p.At.After(q.ended) {
		q.ended = p.At
	}
	if p.Total >= 0 {
		q.expected = p.Total
	}
	for _, e := range p.Entities {
		q.count(e, k)
	}
}

// count takes an entity in, unless it was there before: pages shift when
// something is added or removed while they are read.
func (q *reading) count(e json.RawMessage, k keeps) {
	if q.at.style == job {
		q.received++ // lines of a report, not entities: two may be equal
		return
	}
	id, key := identify(e)
	if q.seen == nil {
		q.seen = map[uint64]struct{}{}
	}
	if _, again := q.seen[key]; again {
		return
	}
	q.seen[key] = struct{}{}
	q.received++
	if k.ids {
		q.ids = append(q.ids, q.askedFor(e, id)...)
	}
	if k.prints && id != "" {
		if q.prints == nil {
			q.prints = map[string]uint64{}
		}
		q.prints[id] = hashOf(e)
	}
}

// askedFor returns what other endpoints are asked for because of an entity.
func (q *reading) askedFor(e json.RawMessage, id string) []string {
	switch q.at.name {
	case rowServices:
		return serviceNames(e)
	case rowSubjects:
		if !q.subject(e) {
			return nil
		}
	}
	if id == "" {
		return nil
	}
	return []string{id}
}

// subject notes the divisions of a subject of a role, and reports whether it is
// a group.
func (q *reading) subject(e json.RawMessage) bool {
	var subject struct {
		Type      string `json:"type"`
		Divisions []struct {
			ID string `json:"id"`
		} `json:"divisions"`
	}
	var odd *json.UnmarshalTypeError
	if err := json.Unmarshal(e, &subject); err != nil && !errors.As(err, &odd) {
		return false
	}
	if q.named == nil {
		q.named = map[string]bool{}
	}
	for _, d := range subject.Divisions {
		q.named[d.ID] = true
	}
	return subject.Type == "PC_GROUP"
}

// done lets go of what was needed only while reading.
func (q *reading) done() { q.seen, q.begun, q.notBegun = nil, nil, nil }

// An identity is what makes an entity the same one on two pages.
type identity struct {
	ID        string `json:"id"`
	Domain    string `json:"domain"`
	SubjectID string `json:"subjectId"`
	Role      struct {
		ID string `json:"id"`
	} `json:"role"`
	Division struct {
		ID string `json:"id"`
	} `json:"division"`
	Organization struct {
		ID string `json:"id"`
	} `json:"organization"`
}

// identify returns the id of an entity, and a number that is another for each
// entity of its list. What has no id is told apart by its bytes.
func identify(e json.RawMessage) (string, uint64) {
	// An odd entity counts, and is asked about, like any other: where a field is
	// not of its type, the others are read all the same.
	var is identity
	var odd *json.UnmarshalTypeError
	if err := json.Unmarshal(e, &is); err != nil && !errors.As(err, &odd) {
		return "", hashOf(e)
	}
	switch {
	case is.SubjectID != "":
		return "", hashOf([]byte(is.SubjectID + "\x00" + is.Role.ID + "\x00" + is.Division.ID))
	case is.ID != "":
		return is.ID, hashOf([]byte(is.ID))
	case is.Organization.ID != "":
		return is.Organization.ID, hashOf([]byte(is.Organization.ID))
	default:
		return "", hashOf(e)
	}
}

func hashOf(b []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(b) // never fails
	return h.Sum64()
}
