package report

import (
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// addLedger adds what was read, how odd values were read, and the grants that
// name what is gone.
func (b *builder) addLedger() {
	for _, c := range b.g.Coverage() {
		line := Coverage{Coverage: c, Gap: c.IsGap(), Reading: c.Status == authz.StatusReading, Touches: []string{}}
		if line.Gap {
			line.Touches = analyzer.Touches(c.List)
		}
		b.d.Coverage = append(b.d.Coverage, line)
	}
	for _, d := range b.g.Dangling() {
		b.d.Dangling = append(b.d.Dangling, b.dangling(d))
	}
}

func (b *builder) dangling(d graph.Dangling) Dangling {
	out := Dangling{Org: d.Subject.Org, Subject: d.Subject.String(), RoleID: d.Role, Role: nameOr(d.RoleName, d.Role), Division: d.Division}
	if n, ok := b.g.FindDivision(authz.Key{Org: d.Subject.Org, Kind: authz.KindDivision, ID: d.Division}); ok {
		out.Division = b.divisionName(n)
	}
	var missing []string
	for _, m := range []struct {
		is   bool
		name string
	}{{d.MissingSubject, "subject"}, {d.MissingRole, "role"}, {d.MissingDivision, "division"}} {
		if m.is {
			missing = append(missing, m.name)
		}
	}
	out.Missing = strings.Join(missing, ", ")
	if d.MadeAt != 0 {
		out.MadeAt = time.UnixMilli(d.MadeAt).UTC()
	}
	return out
}

func (b *builder) addExceptions() {
	for _, e := range b.m.Exceptions() {
		a := e.Allow
		out := Exception{
			From: a.From, Principals: nonNil(a.Principals), To: nonNil(a.To), Permissions: nonNil(a.Permissions),
			AtMost: a.AtMost, Used: e.Used, Reason: a.Reason, ApprovedBy: a.ApprovedBy, Until: a.Until,
			State: "in force", Place: a.Pos.String(),
		}
		switch {
		case e.Expired:
			out.State = "expired"
		case e.Outgrown:
			out.State = "outgrown"
		}
		b.d.Exceptions = append(b.d.Exceptions, out)
	}
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
