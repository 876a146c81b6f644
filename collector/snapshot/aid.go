package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// The grants are kept once more as packed numbers: reading two million rows
// takes a second, reading these some hundredths.
const (
	aidGrants     = "grants"
	aidGrantsPart = 1 << 16 // grants in one part
)

func (w *Writer) writeAid(sealHex string) error {
	rows := w.grants.rows
	for part := 0; len(rows) > 0; part++ {
		n := min(aidGrantsPart, len(rows))
		if err := w.insert("aid", aidGrants, part, sealHex, packGrants(rows[:n])); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// packGrants writes for each grant the difference of its subject to the one
// before, role, division, and the difference of its date, as varints.
func packGrants(rows []grant) []byte {
	b := make([]byte, 0, 12*len(rows))
	var subject authz.Ref
	var at int64
	for i := range rows {
		g := &rows[i]
		b = binary.AppendUvarint(b, uint64(g.subject-subject))
		b = binary.AppendUvarint(b, uint64(g.role))
		b = binary.AppendUvarint(b, uint64(g.division))
		b = binary.AppendVarint(b, g.at-at)
		subject, at = g.subject, g.at
	}
	return b
}

var errAid = errors.New("packed grants are cut off or out of range")

// unpackGrants yields what packGrants wrote. It reports whether to go on.
func unpackGrants(b []byte, keys int, yield func(authz.GrantRow) bool) (bool, error) {
	var subject, at int64
	for len(b) > 0 {
		var v [3]uint64
		for i := range v {
			n := 0
			if v[i], n = binary.Uvarint(b); n <= 0 {
				return false, errAid
			}
			b = b[n:]
		}
		d, n := binary.Varint(b)
		if n <= 0 {
			return false, errAid
		}
		b = b[n:]
		at += d
		limit := uint64(keys)
		if v[0] >= limit || v[1] >= limit || v[2] >= limit || v[1] == 0 || v[2] == 0 {
			return false, errAid
		}
		subject += int64(v[0])
		if subject < 1 || subject >= int64(keys) {
			return false, fmt.Errorf("%w: subject %d", errAid, subject)
		}
		row := authz.GrantRow{Subject: authz.Ref(subject), Role: authz.Ref(v[1]), Division: authz.Ref(v[2]), MadeAt: at}
		if !yield(row) {
			return false, nil
		}
	}
	return true, nil
}
