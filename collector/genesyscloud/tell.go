package genesyscloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// product is the name of what this package reads.
const product = "genesys-cloud"

// A teller is the second phase under way: it makes records of the kept answers.
type teller struct {
	*Source
	ctx  context.Context
	sink collector.Sink
	api  API
	d    *bundle.Decoder
	org  string

	kinds   kinds
	grants  grantJoin
	makers  makers
	odd     map[string]*oddness // by row
	cloned  map[string]string   // user → organization it was cloned from
	dynamic map[string]bool     // groups that rules fill
	trusted map[string]bool     // trustees that were told
	inside  census
}

// oddness counts entities that could not be read, and says what was wrong with
// the first.
type oddness struct {
	n     int64
	first string
}

// Collect implements [collector.Source]. It asks what was not asked yet.
func (s *Source) Collect(ctx context.Context, sink collector.Sink) error {
	if !s.asked {
		if err := s.Ask(ctx); err != nil {
			return err
		}
	}
	t := &teller{
		Source: s, ctx: ctx, sink: sink, api: s.o.API, kinds: kinds{}, odd: map[string]*oddness{},
		cloned: map[string]string{}, dynamic: map[string]bool{}, trusted: map[string]bool{}, inside: census{}, makers: newMakers(),
	}
	t.d = bundle.NewDecoder(t.kinds.of)
	if s.o.Kept != nil {
		t.api = s.o.Kept
	}
	t.rewind()
	if err := t.tell(); err != nil {
		return fmt.Errorf("telling what was read: %w", err)
	}
	return nil
}

// rewind goes back to the first answer to each question.
func (t *teller) rewind() {
	if t.o.Rewind != nil {
		t.o.Rewind()
	}
}

func (t *teller) tell() error {
	if err := t.organization(); err != nil {
		return err
	}
	if err := t.marks(); err != nil {
		return err
	}
	for i := range t.rows {
		e := &t.rows[i]
		if err := t.row1(e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	if err := t.tellGrants(); err != nil {
		return fmt.Errorf("grants: %w", err)
	}
	return t.ledger()
}

// organization tells the organization with its settings.
func (t *teller) organization() error {
	for _, name := range []string{rowOrganization, "settings"} {
		if err := t.each(name, func(q *reading, raw json.RawMessage) error {
			_, _, err := t.d.Decode(bundle.Item{List: q.at.list, Source: q.at.source(), JSON: raw})
			if err != nil {
				t.note(q.at, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	about, raw := t.d.Organization()
	if about.ID == "" || t.odd[rowOrganization] != nil {
		return errors.New("the organization cannot be read")
	}
	if about.Platform == "" {
		about.Platform = product
	}
	if about.Region == "" {
		about.Region = t.o.Region
	}
	t.org = about.ID
	return t.sink.Put(about, raw)
}

// marks reads what only adds to records of other rows.
func (t *teller) marks() error {
	err := t.each(rowCloned, func(q *reading, raw json.RawMessage) error {
		if id, _ := identify(raw); id != "" {
			t.cloned[id] = q.of
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.each(rowDynamic, func(q *reading, raw json.RawMessage) error {
		var is struct {
			Query struct {
				SkillConditions []json.RawMessage `json:"skillConditions"`
			} `json:"query"`
		}
		if err := json.Unmarshal(raw, &is); err != nil {
			t.note(q.at, err)
			return nil
		}
		if len(is.Query.SkillConditions) > 0 {
			t.dynamic[q.of] = true
		}
		return nil
	})
}

// row1 tells the entities of one row.
func (t *teller) row1(e *endpoint) error {
	switch e.name {
	case rowOrganization, "settings", rowCloned, rowDynamic, rowSubjects, rowGrants, rowServices:
		return nil // told elsewhere
	case rowGroupMembers:
		return t.members(e, authz.KindGroup)
	case rowTeamMembers:
		return t.members(e, authz.KindTeam)
	case rowQueueMembers:
		return t.members(e, authz.KindQueue)
	case rowDivisions:
		return t.each(e.name, func(q *reading, raw json.RawMessage) error {
			t.inside.announced(raw)
			return t.entity(q, raw)
		})
	case rowAudits: // after those whom audits name
		return t.each(e.name, func(q *reading, raw json.RawMessage) error {
			t.makers.note(raw, t.kinds)
			return t.entity(q, raw)
		})
	default:
		return t.each(e.name, t.entity)
	}
}

// entity tells the records of one entity.
func (t *teller) entity(q *reading, raw json.RawMessage) error {
	list, kept, err := t.d.Decode(bundle.Item{List: q.at.list, Source: q.at.source(), Of: t.belongsTo(q), JSON: raw})
	if err != nil {
		return t.keepOdd(q, raw, err)
	}
	for _, rec := range list {
		rec, ok := t.adjust(q, rec)
		if !ok {
			continue
		}
		t.kinds.note(rec.Key())
		t.makers.know(rec.Key())
		t.inside.count(rec)
		if err := t.sink.Put(rec, kept); err != nil {
			return err
		}
		kept = nil
	}
	return nil
}

// belongsTo returns what the entities of a reading belong to, where records say it.
func (t *teller) belongsTo(q *reading) string {
	switch q.at.name {
	case rowUsage, rowTrusteeUsers, rowTrusteeGroups, rowSubjects:
		return q.of
	default:
		return ""
	}
}

// adjust adds to a record what other endpoints say of it, and reports whether
// it is to be told.
func (t *teller) adjust(q *reading, rec authz.Record) (authz.Record, bool) {
	switch r := rec.(type) {
	case authz.User:
		if from := t.cloned[r.ID]; from != "" && r.ClonedFrom == "" && r.Trustee == "" {
			r.ClonedFrom = from
		}
		return r, true
	case authz.Group:
		if t.dynamic[r.ID] && r.Trustee == "" {
			r.Dynamic = authz.True
		}
		return r, true
	case authz.Resource:
		if q.at.kind != "" { // a type that the entity itself has is of another sort
			r.Type = q.at.kind
		}
		return r, true
	case authz.Trust:
		// Customer care may be in the list of trustees too, and is told more of there.
		again := t.trusted[r.ID] && q.at.name == rowCare
		t.trusted[r.ID] = true
		return r, !again
	default:
		return rec, true
	}
}

// keepOdd keeps an entity that could not be read as it is, so that one odd
// record costs no other.
func (t *teller) keepOdd(q *reading, raw json.RawMessage, cause error) error {
	t.note(q.at, cause)
	id, key := identify(raw)
	if id == "" {
		id = fmt.Sprintf("%016x", key)
	}
	kept, err := bundle.WithoutSecrets(raw)
	if err != nil {
		kept = nil // what cannot be read cannot be cleaned of secrets either
	}
	return t.sink.Put(authz.Other{Org: t.org, List: q.at.list, ID: strings.ToValidUTF8(id, "\uFFFD")}, kept)
}

// note counts an odd entity.
func (t *teller) note(e *endpoint, cause error) {
	o := t.odd[e.name]
	if o == nil {
		o = &oddness{first: clip(cause.Error())}
		t.odd[e.name] = o
	}
	o.n++
}

// members tells the members of each container of a row.
func (t *teller) members(e *endpoint, kind authz.Kind) error {
	for _, q := range t.readings[e.name] {
		if q.pages == 0 {
			continue // not read: there is no list, which is not the same as an empty one
		}
		m := authz.MemberList{Container: authz.Key{Org: t.org, Kind: kind, ID: q.of}, Partial: !q.complete()}
		err := t.replay(q, func(q *reading, raw json.RawMessage) error {
			k, err := t.d.Member(m.Container, bundle.Item{List: e.list, Source: e.source(), JSON: raw})
			if err != nil {
				m.Partial = true
				return t.keepOdd(q, raw, err)
			}
			m.Members = append(m.Members, k)
			return nil
		})
		if err != nil {
			return err
		}
		if err := t.sink.Put(m, nil); err != nil {
			return err
		}
	}
	return nil
}

// each passes the entities of all readings of a row.
func (t *teller) each(row string, fn func(q *reading, raw json.RawMessage) error) error {
	for _, q := range t.readings[row] {
		if err := t.replay(q, fn); err != nil {
			return err
		}
	}
	return nil
}

var errLost = errors.New("an answer is no longer in the log of the run")

// replay passes the entities of a reading, from the kept answers.
func (t *teller) replay(q *reading, fn func(q *reading, raw json.RawMessage) error) error {
	if q.pages == 0 {
		return t.ctx.Err()
	}
	n := 0
	for p, err := range t.pages(t.ctx, t.api, q) {
		if err != nil {
			return fmt.Errorf("%w: %w", errLost, err)
		}
		if n++; n > q.void {
			for _, raw := range p.Entities {
				if err := fn(q, raw); err != nil {
					return err
				}
			}
		}
		if n == q.void+q.pages {
			return t.ctx.Err()
		}
	}
	return fmt.Errorf("%w: %d of %d pages of %s", errLost, n-q.void, q.pages, q.path())
}
