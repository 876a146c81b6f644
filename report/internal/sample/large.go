package sample

import (
	"fmt"
	"iter"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

const largeTenants = 20

// Large returns a document with n principals and a number of findings. Nothing
// in it follows from anything: it is there for its size.
func Large(n, findings int) *report.Document {
	d := &report.Document{
		Tool: "grantgraph test", Digest: strings.Repeat("d1", 32),
		Head: analyzer.Head{Snapshot: analyzer.SnapshotRef{ID: "0123456789ab", TakenAt: Moment(), Organizations: []analyzer.Named{{ID: "o", Name: "Large"}}}, Now: Moment()},
	}
	d.Head.Coverage.Complete = true
	for i := range largeTenants {
		d.Matrix.Tenants = append(d.Matrix.Tenants, analyzer.TenantRef{Name: tenant(i), External: true, Principals: n / largeTenants})
		d.Verdicts = append(d.Verdicts, report.Verdict{Tenant: tenant(i), External: true, Standing: report.StandingReached, Sentence: "Reached."})
	}
	for i := range n {
		d.Principals = append(d.Principals, person(i))
	}
	for i := range largeTenants * largeTenants {
		if c := i % largeTenants; i/largeTenants != c {
			d.Matrix.Cells = append(d.Matrix.Cells, largeCell(n, i/largeTenants, c))
		}
	}
	for i := range findings {
		d.Findings = append(d.Findings, largeFinding(n, i))
	}
	d.Totals.High = findings
	d.Escalation = largeEscalation(n)
	d.Counts = report.Counts{Principals: n, Live: n, External: n, Grants: 10 * n, WhoCanSee: 4 * n}
	d.Grants, d.WhoCanSee = largeGrants(10*n), largeSee(4*n)
	d.SeeAlike = each(d.WhoCanSee)
	d.GrantCells = []report.GrantCell{{Role: "Agent", Division: "BPO_00", Grants: 10 * n}}
	d.SeeCells = []report.SeeCell{{Tenant: tenant(0), Whole: 4 * n}}
	return d
}

// each says what the rows of single principals say as rows of classes, of which
// there are none.
func each(rows iter.Seq[report.SeeRow]) iter.Seq[report.SeeAlike] {
	return func(yield func(report.SeeAlike) bool) {
		for r := range rows {
			alike := report.SeeAlike{
				Principal: r.Principal, Principals: 1, TargetTenant: r.TargetTenant, Divisions: []analyzer.Named{r.Division},
				Shared: r.Shared, Outside: r.Outside, Reach: r.Reach, Permissions: r.Permissions, Via: r.Via,
			}
			if !yield(alike) {
				return
			}
		}
	}
}

// largeEscalation is a graph of 200 vertices: 130 sources, 50 groups and principals
// that they gain, and 20 goals.
func largeEscalation(n int) report.Escalation {
	const sources, gained = 130, 50
	e := report.Escalation{Sources: 40, External: 30, Cross: 90, MaxHops: 6, LeftOut: 12, AtLeast: true}
	for i := range sources {
		e.Vertices = append(e.Vertices, report.EscalationVertex{Kind: "user", Name: fmt.Sprintf("Firstname Lastname-%d", i), Tenant: tenant(i % largeTenants), Alike: i % 5, Source: true, External: true})
	}
	for i := range gained {
		e.Vertices = append(e.Vertices, report.EscalationVertex{Kind: "group", Name: fmt.Sprintf("Group of permissions %d", i), Column: 1})
		e.Edges = append(e.Edges, report.EscalationEdge{From: sources + i, To: sources + gained + i%20, Ways: []string{"reaches"}})
	}
	e.Vertices = append(e.Vertices, report.EscalationVertex{Kind: analyzer.Total, Name: "everything in Large", Column: 2})
	for i := range 19 {
		e.Vertices = append(e.Vertices, report.EscalationVertex{Kind: "tenant", Name: tenant(i), Column: 2})
	}
	for i := range sources {
		for _, g := range []int{i % gained, (i * 7) % gained} {
			p := report.EscalationPath{From: i % n, Hops: 1, Certainty: "documented", Vertices: []int{i, sources + g, sources + gained + g%20}}
			p.Steps = []report.EscalationStep{{Way: "join-group", Gains: e.Vertices[sources+g].Name, Kind: authz.KindGroup, Certainty: "documented"}}
			if g%20 > 0 {
				p.To = []string{tenant(g%20 - 1)}
			}
			e.Paths = append(e.Paths, p)
			e.Edges = append(e.Edges, report.EscalationEdge{From: i, To: sources + g, Ways: []string{"join-group"}, Likely: i%3 == 0})
		}
	}
	return e
}

func tenant(i int) string { return fmt.Sprintf("BPO_%02d", i) }

func uuid(i int) string { return fmt.Sprintf("%08x-4c1d-4e2f-9a3b-%012x", uint32(i)*2654435761, i) }

func person(i int) report.Principal {
	p := report.Principal{Live: true, Acts: true, TenantBy: "email", LastSeen: Moment().AddDate(0, 0, -i%400), RoleCount: 3, Elevated: i % 7}
	p.PrincipalRef = analyzer.PrincipalRef{
		Org: "o", Kind: authz.KindUser, ID: uuid(i), Name: fmt.Sprintf("Firstname Lastname-%d", i), Email: fmt.Sprintf("firstname.lastname-%d@bpo-%02d.example", i, i%largeTenants),
		Division: analyzer.Named{ID: tenant(i % largeTenants), Name: tenant(i % largeTenants)}, Tenant: tenant(i % largeTenants), External: true, State: "active", Known: true,
	}
	p.Assignments = []string{
		"Agent in " + tenant(i%largeTenants), fmt.Sprintf("Quality Evaluator %d in %s", i%60, tenant(i%200)), "Supervisor in " + tenant(i%97),
	}
	p.MoreAssignments = i % 13
	return p
}

func largeCell(n, from, to int) report.Cell {
	c := report.Cell{Row: from, Column: to, MatrixCell: analyzer.MatrixCell{
		From: tenant(from), To: tenant(to), Principals: 1_000, Widest: graph.Whole, Permissions: permissions(200), OrganizationWidePermissions: permissions(20),
	}}
	for i := range 1_000 {
		c.Holders = append(c.Holders, report.Holder{
			Principal: (from + i*largeTenants) % n, Reach: graph.Whole, Permissions: 40 + i%9,
			Via: report.Via{Role: "Supervisor", Division: tenant(to), Group: fmt.Sprintf("Group %d", i%50)},
		})
	}
	return c
}

func permissions(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("domain%d:entity%d:view", i%20, i)
	}
	return out
}

func largeFinding(n, i int) report.Finding {
	f := report.Finding{Tenants: []string{tenant(i % 20)}, Targets: []string{tenant(i % 20)}}
	f.Finding = rules.Finding{
		Fingerprint: fmt.Sprintf("TI-%03d/%016x", i%25, i), Rule: fmt.Sprintf("TI-%03d", i%25), Severity: rules.High, Title: "Access to another tenant's data", Status: "open",
		Message: fmt.Sprintf("%d principals of %s hold recording:recording:view over %s", 100, tenant(i%20), tenant((i+1)%20)), Why: strings.Repeat("Why it matters. ", 10), Fix: "Take the role away.",
		Controls: []string{"PCI-DSS-4.0.1/7.2.1"},
	}
	links := []report.Link{
		{Kind: "principal", Label: "principal", Name: fmt.Sprintf("Firstname Lastname-%d", i)},
		{Kind: "member", Label: "member of group", Name: fmt.Sprintf("Group %d", i%50)},
		{Kind: "grant", Label: "role assignment", Name: "Supervisor in " + tenant(i%20)},
		{Kind: "policy", Label: "permission", Name: "recording:recording:view"},
		{Kind: "reach", Label: "reaches (whole)", Name: "recording:recording:view @ " + tenant(i%20), Detail: "assigned in this division"},
	}
	f.Picture = links
	f.Facts = []report.Fact{{Kind: "access", Fields: []rules.Field{{Name: "permission", Value: "recording:recording:view"}}, Chains: []report.Chain{{Links: links, Reach: graph.Whole}}}}
	for k := range 100 {
		at := (i*31 + k) % n
		f.People = append(f.People, at)
		f.Principals = append(f.Principals, analyzer.PrincipalRef{Kind: authz.KindUser, ID: uuid(at)})
	}
	return f
}

func largeGrants(n int) func(func(report.Grant) bool) {
	return func(yield func(report.Grant) bool) {
		for i := range n {
			if !yield(report.Grant{SubjectKind: authz.KindUser, SubjectID: uuid(i / 10), SubjectName: fmt.Sprintf("Firstname Lastname-%d", i/10), Role: "Agent", Division: tenant(i % 20), Members: 1, MadeAt: Moment()}) {
				return
			}
		}
	}
}

func largeSee(n int) func(func(report.SeeRow) bool) {
	return func(yield func(report.SeeRow) bool) {
		for i := range n {
			row := report.SeeRow{Principal: i / 4, Division: analyzer.Named{ID: tenant(i % 20), Name: tenant(i % 20)}, Reach: graph.Whole, Permissions: 12, Via: report.Via{Role: "Agent", Division: tenant(i % 20)}}
			if !yield(row) {
				return
			}
		}
	}
}
