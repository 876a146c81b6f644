package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/collector/genesyscloud"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// verified ends a run: it says what was written, and with --verify asks the
// platform whether it agrees.
func (p *process) verified(ctx context.Context, r *liveRun, got taken, o collectOptions) error {
	if o.live.verify == 0 {
		return p.collected(r.path, got, o.allowed)
	}
	reader, err := snapshot.Open(r.path)
	if err != nil {
		return err
	}
	defer done(reader)
	m, err := analyzer.Build(reader, analyzer.Options{})
	if err != nil {
		return err
	}
	differ := 0
	for i, l := range r.all {
		v := verifier{p: p, l: l, g: m.Graph, rng: rand.New(rand.NewPCG(o.live.seed, uint64(i)))}
		if err := v.run(ctx, o.live.verify); err != nil {
			return l.explain(err)
		}
		differ += v.differ
	}
	ended := p.collected(r.path, got, o.allowed)
	if differ > 0 {
		return exit(statusBad)
	}
	return ended
}

// A verifier compares what the snapshot says with what the platform answers, for
// principals and permissions that it draws.
type verifier struct {
	p      *process
	l      *live
	g      *graph.Graph
	rng    *rand.Rand
	asked  int
	differ int
}

// run compares n answers. Drawn are permissions that divisions limit: of others
// the platform's answer is documented nowhere.
func (v *verifier) run(ctx context.Context, n int) error {
	principals := v.principals()
	perms := v.permissions()
	if len(principals) == 0 || len(perms) == 0 {
		v.p.note("verify: the snapshot has nothing to ask about")
		return nil
	}
	for range n {
		who := principals[v.rng.IntN(len(principals))]
		what := v.draw(who, perms)
		if err := v.compare(ctx, who, what); err != nil {
			return err
		}
	}
	v.p.note("verify: %s compared with the platform's, %d differ (seed of the draw: --verify-seed)", count(v.asked, "answer"), v.differ)
	return nil
}

// principals are those whom the platform knows and who act.
func (v *verifier) principals() (list []uint32) {
	for n := range v.g.Acting().All() {
		p := v.g.Principal(n)
		if p.Known && p.Key.Org == v.l.org.ID && p.Key.Kind != authz.KindTrusteeOrganization && p.Key.Kind != authz.KindTrusteeGroup {
			list = append(list, n)
		}
	}
	return list
}

func (v *verifier) permissions() []graph.Perm {
	return slices.DeleteFunc(slices.Clone(v.g.Universe(v.l.org.ID)), func(m graph.Perm) bool {
		return m.Aware != authz.True || m.Kept || m.Pattern.IsLegacy()
	})
}

// draw draws a permission: every second time one that the principal has.
func (v *verifier) draw(who uint32, perms []graph.Perm) graph.Perm {
	if v.rng.IntN(2) == 0 {
		var own []graph.Perm
		for _, row := range v.g.Access(who) {
			if row.Permission.Aware == authz.True && !row.Permission.Kept && !row.Permission.Pattern.IsLegacy() {
				own = append(own, row.Permission)
			}
		}
		if len(own) > 0 {
			return own[v.rng.IntN(len(own))]
		}
	}
	return perms[v.rng.IntN(len(perms))]
}

// compare asks about one principal and one permission.
func (v *verifier) compare(ctx context.Context, who uint32, what graph.Perm) error {
	theirs, err := genesyscloud.AskPermitted(ctx, v.l.client, v.g.Principal(who).Key.ID, what.Name)
	if _, refused := asAPIError(err); refused {
		v.p.note("verify: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	v.asked++
	ours := v.ours(who, what)
	if theirs.All == ours.All && (theirs.All || slices.Equal(theirs.Divisions, ours.Divisions)) {
		return nil
	}
	v.differ++
	p := v.g.Principal(who)
	v.p.note("verify: %s %s: the platform says %s, the snapshot %s", p.Key, what.Name, permittedText(theirs), permittedText(ours))
	return nil
}

// ours is the answer of the snapshot.
func (v *verifier) ours(who uint32, what graph.Perm) genesyscloud.Permitted {
	var a genesyscloud.Permitted
	a.All = len(v.g.Reasons(who, what, graph.AnyDivision)) > 0
	for d := range v.g.DivisionsOf(v.l.org.ID).All() {
		if len(v.g.Reasons(who, what, d)) > 0 {
			a.Divisions = append(a.Divisions, v.g.Divisions()[d].Key.ID)
		}
	}
	slices.Sort(a.Divisions)
	return a
}

func permittedText(a genesyscloud.Permitted) string {
	switch {
	case a.All:
		return "in all divisions"
	case len(a.Divisions) == 0:
		return "nowhere"
	default:
		return "in " + strings.Join(a.Divisions[:min(len(a.Divisions), 5)], ", ") + moreText(len(a.Divisions)-5)
	}
}

func moreText(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

func asAPIError(err error) (*rest.APIError, bool) {
	return errors.AsType[*rest.APIError](err)
}
