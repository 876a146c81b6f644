package snapshot

import (
	"fmt"
	"iter"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A GrantDetail is a grant with what its [authz.GrantRow] leaves out.
type GrantDetail struct {
	authz.GrantRow
	MadeBy string
	// Sources says where the grant was told. It is shared: do not change it.
	Sources []string
}

const queryGrants = "SELECT subject, role, division, made_at, made_by, source FROM grant_ ORDER BY subject, role, division"

// Grants yields the grants by number, ordered by subject, role and division.
func (r *Reader) Grants() iter.Seq2[authz.GrantRow, error] {
	return func(yield func(authz.GrantRow, error) bool) {
		packed, err := r.hasAid(aidGrants)
		if err == nil {
			err = r.loadKeys()
		}
		if err != nil {
			yield(authz.GrantRow{}, err)
			return
		}
		if packed {
			r.packedGrants(yield)
			return
		}
		for g, err := range r.GrantSources() {
			if !yield(g.GrantRow, err) {
				return
			}
		}
	}
}

// hasAid reports whether the file has an aid that was made for its seal.
func (r *Reader) hasAid(name string) (bool, error) {
	found := false
	for f, err := range r.rows("SELECT count(*) > 0 AND min(seal = ?) AND max(part) = count(*) - 1 FROM aid WHERE name = ?",
		r.seal.seal, name) {
		if err != nil {
			return false, r.wrap("aid", err)
		}
		found = f.flag()
	}
	return found, nil
}

func (r *Reader) packedGrants(yield func(authz.GrantRow, error) bool) {
	one := func(g authz.GrantRow) bool { return yield(g, nil) }
	for f, err := range r.rows("SELECT data FROM aid WHERE name = ? ORDER BY part", aidGrants) {
		if err != nil {
			yield(authz.GrantRow{}, r.wrap("aid", err))
			return
		}
		data, ok := f.next().([]byte)
		if !ok {
			yield(authz.GrantRow{}, r.wrap("aid", fmt.Errorf("%w: no blob", ErrDamaged)))
			return
		}
		switch more, err := unpackGrants(data, len(r.keys()), one); {
		case err != nil:
			yield(authz.GrantRow{}, r.wrap("aid", fmt.Errorf("%w: %w", ErrDamaged, err)))
			return
		case !more:
			return
		}
	}
}

// GrantSources yields the grants with their makers and sources, in the order of [Reader.Grants].
func (r *Reader) GrantSources() iter.Seq2[GrantDetail, error] {
	return func(yield func(GrantDetail, error) bool) {
		sources, err := r.sources()
		if err != nil {
			yield(GrantDetail{}, err)
			return
		}
		var order ladder
		for f, err := range r.rows(queryGrants) {
			if err != nil {
				yield(GrantDetail{}, r.wrap("grant_", err))
				return
			}
			g := GrantDetail{GrantRow: authz.GrantRow{Subject: f.number32(), Role: f.number32(), Division: f.number32(), MadeAt: f.number()}}
			order.step(f, int64(g.Subject), int64(g.Role), int64(g.Division))
			g.MadeBy = f.text()
			names, ok := sources[f.number()]
			if g.Sources = names; !ok {
				f.fail("no such source")
			}
			if f.err != nil {
				yield(GrantDetail{}, r.wrap("grant_", f.err))
				return
			}
			if !yield(g, nil) {
				return
			}
		}
	}
}

func (r *Reader) sources() (map[int64][]string, error) {
	if err := r.loadKeys(); err != nil {
		return nil, err
	}
	sources := map[int64][]string{}
	for f, err := range r.rows("SELECT source, names FROM grant_source ORDER BY source") {
		if err != nil {
			return nil, r.wrap("grant_source", err)
		}
		sources[f.number()] = f.list()
		if f.err != nil {
			return nil, r.wrap("grant_source", f.err)
		}
	}
	return sources, nil
}

// bulk yields what read makes of the rows of a query; read also climbs the ladder.
func bulk[T any](r *Reader, table, query string, read func(*fields, *ladder) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if err := r.loadKeys(); err != nil {
			yield(none, err)
			return
		}
		var order ladder
		for f, err := range r.rows(query) {
			if err != nil {
				yield(none, r.wrap(table, err))
				return
			}
			v := read(f, &order)
			if f.err != nil {
				yield(none, r.wrap(table, f.err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

// MemberLists yields the lists of members that were read, without the members.
func (r *Reader) MemberLists() iter.Seq2[authz.MemberList, error] {
	return bulk(r, "member_list", "SELECT container, partial FROM member_list ORDER BY container",
		func(f *fields, order *ladder) authz.MemberList {
			n := f.number32()
			order.step(f, int64(n))
			return authz.MemberList{Container: f.keys[n], Partial: f.flag()}
		})
}

// Members yields the members by number, ordered by container and member.
func (r *Reader) Members() iter.Seq2[authz.MemberRow, error] {
	return bulk(r, "member", "SELECT container, member FROM member ORDER BY container, member",
		func(f *fields, order *ladder) authz.MemberRow {
			m := authz.MemberRow{Container: f.number32(), Member: f.number32()}
			order.step(f, int64(m.Container), int64(m.Member))
			return m
		})
}

// Usages yields what OAuth clients called.
func (r *Reader) Usages() iter.Seq2[authz.Usage, error] {
	return bulk(r, "usage", "SELECT client, template, method, date, requests FROM usage ORDER BY client, template, method, date",
		func(f *fields, order *ladder) authz.Usage {
			k := f.key(authz.KindClient)
			f.at = 0
			now := usageKey{f.number32(), f.text(), f.text(), f.text()}
			order.stepUsage(f, now)
			f.at-- // the date once more, as a time
			return authz.Usage{
				Org: k.Org, Client: k.ID, Template: now.template, Method: now.method, Date: f.time(), Requests: f.number(),
			}
		})
}

// A Count is how many records of a kind a snapshot holds.
type Count struct {
	Kind string
	Rows int64
}

const queryCounts = "SELECT CASE kind WHEN 'other' THEN 'other: ' || substr(id, 1, instr(id, '/') - 1) ELSE kind END, count(*) " +
	"FROM ref WHERE known AND kind <> 'subject' GROUP BY 1 " +
	"UNION ALL SELECT 'grant', count(*) FROM grant_ " +
	"UNION ALL SELECT 'member', count(*) FROM member " +
	"UNION ALL SELECT 'member_list', count(*) FROM member_list " +
	"UNION ALL SELECT 'policy', count(*) FROM policy " +
	"UNION ALL SELECT 'usage', count(*) FROM usage ORDER BY 1"

// Counts returns the number of records of each kind that has any, by name, those
// that the model does not interpret by their list ("other: audits"), and those of grants, members, lists of members, policies and usage.
func (r *Reader) Counts() ([]Count, error) {
	var out []Count
	for f, err := range r.rows(queryCounts) {
		if err != nil {
			return nil, r.wrap("ref", err)
		}
		out = append(out, Count{f.text(), f.number()})
	}
	return out, nil
}
