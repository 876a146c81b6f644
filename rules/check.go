package rules

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Warning is something in a pack that is probably not meant.
type Warning struct {
	Rule     string `json:"rule"`
	Position string `json:"position"`
	Text     string `json:"text"`
}

// Check loads packs and looks at them against a model for what is not wrong but
// probably not meant: permissions that no catalogue has, tenants that nobody
// knows. A nil model gives no warnings.
func Check(sources []Source, o LoadOptions, m *analyzer.Model) (*Set, []Warning, error) {
	set, err := Load(sources, o)
	if err != nil || m == nil {
		return set, nil, err
	}
	x := newIndex(m)
	var out []Warning
	for _, r := range set.rules {
		warn := func(format string, args ...any) {
			out = append(out, Warning{Rule: r.id, Position: r.pos.String(), Text: fmt.Sprintf(format, args...)})
		}
		if err := x.tenantsExist(r); err != nil {
			warn("%s", err)
		}
		for _, s := range r.fact.selectors {
			if s.kind != selPatterns {
				continue
			}
			for i, p := range r.query.pats[s.name] {
				if !x.inAnyUniverse(p) {
					warn("select %s: no permission of the snapshot's catalogue is covered by %q", s.name, r.query.sel[s.name][i])
				}
			}
		}
	}
	return set, out, nil
}

func (x *index) inAnyUniverse(c authz.Pattern) bool {
	return slices.ContainsFunc(x.orgs, func(o *orgIndex) bool {
		return slices.ContainsFunc(o.perms, func(p graph.Perm) bool { return c.Covers(p.Pattern) })
	})
}
