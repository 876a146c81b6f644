package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// compared audits an organization and an earlier state of it.
func compared(t *testing.T, before, now *authz.Records) *rules.Result {
	t.Helper()
	before.About.TakenAt = now.About.TakenAt.AddDate(0, -1, 0)
	before.About.ID = "earlier"
	o := rules.AuditOptions{Before: &rules.Before{Model: model(t, before, smallConfig)}}
	set, err := rules.Load(named(t, "tenant-isolation"), rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := rules.Audit(t.Context(), model(t, now, smallConfig), set, o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func named(t *testing.T, pack string) []rules.Source {
	t.Helper()
	kept, unknown := rules.Named(rules.Shipped(), []string{pack})
	if len(unknown) > 0 {
		t.Fatal(unknown)
	}
	return kept
}

func statuses(res *rules.Result) map[string]string {
	out := map[string]string{}
	for _, f := range slices.Concat(res.Findings, res.Fixed) {
		out[f.Fingerprint] = f.Status
	}
	return out
}

// TestBaselineSurvives shows that findings are the same ones after a new
// collection, new names, other ways round, and others who join.
func TestBaselineSurvives(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*authz.Records){
		"collected again": func(*authz.Records) {},
		"renamed": func(r *authz.Records) {
			for i := range r.User {
				r.User[i].Name += " (married)"
			}
			r.Role[0].Name = "Hearer"
			r.Division[1].Name, r.Division[2].Name = "A", "B"
		},
		"in another order": func(r *authz.Records) {
			slices.Reverse(r.User)
			slices.Reverse(r.Grant)
			slices.Reverse(r.Division)
		},
		"others join": func(r *authz.Records) {
			u := r.User[0]
			u.ID, u.Name = "amy", "amy"
			g := r.Grant[0]
			g.Subject.ID = "amy"
			r.User, r.Grant = append(r.User, u), append(r.Grant, g)
		},
		"one leaves": func(r *authz.Records) { r.Grant = r.Grant[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := small()
			change(now)
			res := compared(t, small(), now)
			if len(res.Findings) == 0 || len(res.Fixed) != 0 || res.Totals.New != 0 || res.Baseline != "earlier" {
				t.Errorf("%d findings, new and fixed: %v", len(res.Findings), statuses(res))
			}
		})
	}
}

// TestBaselineTells shows what is new and what was fixed.
func TestBaselineTells(t *testing.T) {
	t.Parallel()
	now := small()
	for i := range now.Grant {
		now.Grant[i].Division = "home" // no longer B, but Home
	}
	res := compared(t, small(), now)
	fixed, fresh := 0, 0
	for id, status := range statuses(res) {
		switch {
		case status == "fixed" && strings.HasPrefix(id, "TI-001/"):
			fixed++
		case status == "open": // what is wrong with the people, not with where they reach
		case status == "new" && strings.HasPrefix(id, "TI-004/"):
			fresh++
		default:
			t.Errorf("%s is %s", id, status)
		}
	}
	if fixed == 0 || fresh == 0 || res.Totals.Fixed != fixed || res.Totals.New != fresh {
		t.Errorf("%d fixed and %d new; totals %+v", fixed, fresh, res.Totals)
	}
}
