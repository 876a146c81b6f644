package snapshot

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Raw returns the JSON that a record came from. It is nil where none was kept;
// it wraps [ErrNoRecord] where there is no such record. The key of a grant is that of
// [authz.Grant]; of grants to subjects of several kinds it takes the first.
func (r *Reader) Raw(key authz.Key) (json.RawMessage, error) {
	table := tableOf(key.Kind)
	if key.Kind == authz.KindGrant {
		return r.rawGrant(key)
	}
	if table == "" {
		return nil, fmt.Errorf("raw json of %v: %w", key, ErrNoRecord)
	}
	return r.rawWhere(key, key, "SELECT t.raw FROM "+table+" AS t JOIN ref ON ref.ref = t.ref "+
		"WHERE ref.org = ? AND ref.kind = ? AND ref.id = ?", key.Org, key.Kind.String(), key.ID)
}

// RawMembers returns the JSON that the list of members of a container came from.
func (r *Reader) RawMembers(container authz.Key) (json.RawMessage, error) {
	return r.rawWhere(container, container, "SELECT t.raw FROM member_list AS t JOIN ref ON ref.ref = t.container "+
		"WHERE ref.org = ? AND ref.kind = ? AND ref.id = ?", container.Org, container.Kind.String(), container.ID)
}

// tableOf names the table that keeps a kind; empty is none.
func tableOf(k authz.Kind) string {
	switch k {
	case authz.KindOrganization, authz.KindDivision, authz.KindRole, authz.KindTeam, authz.KindClient, authz.KindView,
		authz.KindTrust, authz.KindAccessPolicy, authz.KindPermission, authz.KindOther:
		return k.String()
	case authz.KindUser, authz.KindTrusteeUser:
		return "user"
	case authz.KindGroup, authz.KindTrusteeGroup:
		return "group_"
	case authz.KindQueue, authz.KindFlow, authz.KindResource:
		return "resource"
	default:
		return ""
	}
}

// rawGrant takes the key apart. Ids may contain the slash that joins them, so
// every way to cut it is tried.
func (r *Reader) rawGrant(key authz.Key) (json.RawMessage, error) {
	parts := strings.Split(key.ID, "/")
	for i := 1; i < len(parts)-1 && len(parts) <= 16; i++ {
		for j := i + 1; j < len(parts); j++ {
			subject, role, division := strings.Join(parts[:i], "/"), strings.Join(parts[i:j], "/"), strings.Join(parts[j:], "/")
			raw, found, err := r.rawOne(key, "SELECT g.raw FROM grant_ AS g "+
				"JOIN ref AS s ON s.ref = g.subject JOIN ref AS r ON r.ref = g.role JOIN ref AS d ON d.ref = g.division "+
				"WHERE g.subject IN (SELECT ref FROM ref WHERE id = ?1) AND r.org = ?2 AND r.kind = 'role' AND r.id = ?3 "+
				"AND d.org = ?2 AND d.kind = 'division' AND d.id = ?4 ORDER BY s.kind", subject, key.Org, role, division)
			if err != nil || found {
				return raw, err
			}
		}
	}
	return nil, fmt.Errorf("raw json of %v: %w", key, ErrNoRecord)
}

// rawWhere returns the text that a query numbers.
func (r *Reader) rawWhere(about, key authz.Key, query string, args ...any) (json.RawMessage, error) {
	raw, found, err := r.rawOne(key, query, args...)
	if err == nil && !found {
		err = fmt.Errorf("raw json of %v: %w", about, ErrNoRecord)
	}
	return raw, err
}

func (r *Reader) rawOne(key authz.Key, query string, args ...any) (raw json.RawMessage, found bool, err error) {
	var number int64
	for f, err := range r.rows(query, args...) {
		if err != nil {
			return nil, false, fmt.Errorf("raw json of %v: %w", key, err)
		}
		number, found = f.number(), true
		break
	}
	if !found || number == 0 {
		return nil, found, nil
	}
	for f, err := range r.rows("SELECT first, texts, data FROM raw_block WHERE first <= ? ORDER BY first DESC LIMIT 1", number) {
		if err != nil {
			return nil, true, fmt.Errorf("raw json of %v: %w", key, err)
		}
		b := rawBlock{first: f.number(), texts: f.number(), data: f.blob()}
		raw, err := textOf(b, number, key)
		if err != nil {
			return nil, true, fmt.Errorf("raw json of %v: %w: %w", key, ErrDamaged, err)
		}
		return raw, true, nil
	}
	return nil, true, fmt.Errorf("raw json of %v: %w: no block has text %d", key, ErrDamaged, number)
}
