package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// StaleDays is after how many days without a sign of use a principal's access is
// called stale.
const StaleDays = 90

// A Stale is a live principal with roles that shows no sign of use.
type Stale struct {
	// Principal is an index of [Document.Principals].
	Principal int `json:"principal"`
	// LastSeen is zero, and Days -1, where the snapshot does not say.
	LastSeen time.Time `json:"last_seen,omitzero"`
	Days     int       `json:"days"`
}

// addStale lists the live principals with roles that were not seen for long,
// longest first, and behind them those of which the snapshot does not say.
func (b *builder) addStale() {
	for i := range b.d.Principals {
		p := &b.d.Principals[i]
		if !p.Live || !p.Acts || p.RoleCount == 0 || (p.Kind != authz.KindUser && p.Kind != authz.KindClient && p.Kind != authz.KindTrusteeUser) {
			continue
		}
		s := Stale{Principal: i, LastSeen: p.LastSeen, Days: -1}
		if !p.LastSeen.IsZero() {
			if s.Days = int(b.d.Now.Sub(p.LastSeen).Hours() / 24); s.Days < StaleDays {
				continue
			}
		}
		b.d.Stale = append(b.d.Stale, s)
	}
	slices.SortStableFunc(b.d.Stale, func(x, y Stale) int { return -cmp.Compare(x.Days, y.Days) })
}
