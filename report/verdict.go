package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
)

// addVerdicts judges every tenant that has divisions.
func (b *builder) addVerdicts() {
	for i, t := range b.d.Matrix.Tenants {
		if len(t.Divisions) == 0 {
			continue
		}
		v := Verdict{Tenant: t.Name, External: t.External, Owner: t.Owner, Divisions: len(t.Divisions), Members: t.Principals}
		b.addCells(&v, i)
		b.addWorst(&v)
		v.Unknown = b.unknowns(i)
		v.Standing = standing(&v)
		v.Sentence = sentence(&v)
		b.d.Verdicts = append(b.d.Verdicts, v)
	}
}

// addCells sums a column of the matrix: each principal has one tenant, so that
// nobody is counted twice.
func (b *builder) addCells(v *Verdict, column int) {
	for i := range b.d.Matrix.Cells {
		c := &b.d.Matrix.Cells[i]
		if c.Column != column || c.Row == column {
			continue
		}
		v.Outside += c.Principals
		v.Allowed += c.Allowed
		v.OrganizationWide += c.OrganizationWide
		v.Widest = max(v.Widest, c.Widest)
		if b.d.Matrix.Tenants[c.Row].External {
			v.FromExternal += c.Principals
		}
	}
}

func (b *builder) addWorst(v *Verdict) {
	for i := range b.d.Findings {
		f := &b.d.Findings[i]
		if slices.Contains(f.Tenants, v.Tenant) {
			v.Named++
		}
		if !slices.Contains(f.Targets, v.Tenant) {
			continue
		}
		v.Findings++
		if f.Severity > v.Worst {
			v.Worst, v.WorstFinding = f.Severity, f.Fingerprint
		}
	}
}

// unknowns are the gaps and undetermined entries that could change who reaches
// a tenant.
func (b *builder) unknowns(tenant int) []string {
	out := []string{}
	for i := range b.orgs {
		x := &b.orgs[i]
		divs := x.divs.Clone()
		divs.And(b.m.Tenants.Tenants[tenant].Divisions)
		if divs.Empty() {
			continue
		}
		for _, g := range b.m.Head("report", analyzer.QuestionAccess, x.id).Coverage.Gaps {
			out = append(out, gapText(g))
		}
		q := graph.Query{Org: x.id, Permissions: b.carrying(x), Divisions: divs}
		if n := len(b.g.Undetermined(q)); n > 0 {
			out = append(out, plural(n, "undetermined entry", "undetermined entries"))
		}
	}
	return slices.Compact(out)
}

func (b *builder) carrying(x *orgIndex) []graph.Perm {
	var out []graph.Perm
	for _, p := range b.g.Universe(x.id) {
		if x.thru.Has(p.ID) || x.see.Has(p.ID) {
			out = append(out, p)
		}
	}
	return out
}

func gapText(g analyzer.Gap) string {
	return fmt.Sprintf("%s (%s)", strings.ReplaceAll(string(g.Kind), "_", " "), strings.ReplaceAll(string(g.Status), "_", " "))
}

func standing(v *Verdict) Standing {
	switch {
	case v.Outside > v.Allowed:
		return StandingReached
	case v.OrganizationWide > 0:
		return StandingWide
	case len(v.Unknown) > 0:
		return StandingUnknown
	case v.Outside > 0:
		return StandingAgreed
	default:
		return StandingIsolated
	}
}

// sentence says the verdict in words. It never claims more than is known.
func sentence(v *Verdict) string {
	var s []string
	switch {
	case v.Outside == 0 && v.Standing == StandingIsolated:
		s = append(s, fmt.Sprintf("%s is isolated: no live principal of another tenant reaches it.", v.Tenant))
	case v.Outside == 0:
		s = append(s, "No live principal of another tenant was found to reach it through divisions.")
	default:
		s = append(s, fmt.Sprintf("%s of other tenants %s it (widest reach: %s), %s of them from external tenants.",
			plural(v.Outside, "live principal", "live principals"), verb(v.Outside, "reaches", "reach"), v.Widest, grouped(v.FromExternal)))
		s = append(s, allowedText(v))
	}
	if v.OrganizationWide > 0 {
		s = append(s, fmt.Sprintf("%s its data by permissions that no division limits.", plural(v.OrganizationWide, "outsider reaches", "outsiders reach")))
	}
	if len(v.Unknown) > 0 {
		s = append(s, "Not known: "+strings.Join(firstFew(v.Unknown, 3), "; ")+".")
	}
	return strings.Join(s, " ")
}

func allowedText(v *Verdict) string {
	switch v.Allowed {
	case 0:
		return "No allow entry covers any of them."
	case v.Outside:
		return "Allow entries cover all of them."
	default:
		return fmt.Sprintf("Allow entries cover %s; %s %s not allowed.", grouped(v.Allowed), grouped(v.Outside-v.Allowed), verb(v.Outside-v.Allowed, "is", "are"))
	}
}

func firstFew(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(slices.Clone(list[:n]), fmt.Sprintf("and %d more", len(list)-n))
}

func plural(n int, one, many string) string { return grouped(n) + " " + verb(n, one, many) }

// grouped writes a number of people with commas.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
