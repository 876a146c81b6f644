package xlsx

import (
	"fmt"
	"iter"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/report"
)

// shownPeople is how many principals a finding's cell spells out.
const shownPeople = 20

// rowsOf yields a row for each element of a list.
func rowsOf[T any](items []T, line func(*T) row) iter.Seq[row] {
	return func(yield func(row) bool) {
		for i := range items {
			if !yield(line(&items[i])) {
				return
			}
		}
	}
}

// rowsInto is rowsOf for lists of very many: all rows are one slice, which fill is
// given empty.
func rowsInto[T any](items []T, fill func(row, *T) row) iter.Seq[row] {
	return func(yield func(row) bool) {
		var r row
		for i := range items {
			if r = fill(r[:0], &items[i]); !yield(r) {
				return
			}
		}
	}
}

// rowsOfSeq is rowsInto for the elements of a sequence.
func rowsOfSeq[T any](items iter.Seq[T], fill func(row, *T) row) iter.Seq[row] {
	return func(yield func(row) bool) {
		var r row
		item := new(T)
		for *item = range items {
			if r = fill(r[:0], item); !yield(r) {
				return
			}
		}
	}
}

func (b *book) findings() list {
	accepted := rowsOf(b.d.Accepted, func(a *report.Accepted) row {
		return findingRow(&a.Finding, "accepted", fmt.Sprintf("%s (approved by %s, until %s)", a.Reason, a.ApprovedBy, a.Until))
	})
	fixed := rowsOf(b.d.Fixed, func(f *report.Finding) row { return findingRow(f, "fixed", "") })
	b.findingRow = map[string]int{}
	for i := range b.d.Findings {
		b.findingRow[b.d.Findings[i].Fingerprint] = i + 2
	}
	open := rowsOf(b.d.Findings, func(f *report.Finding) row { return findingRow(f, f.Status, "") })
	return list{
		name: "Findings", what: "What is wrong, worst first; accepted and fixed findings at the end", count: len(b.d.Findings) + len(b.d.Accepted) + len(b.d.Fixed),
		columns: []column{
			{"Severity", 11, false},
			{"Rule", 9, false},
			{"Title", 34, true},
			{"Status", 10, false},
			{"Message", 60, true},
			{"Tenants", 22, true},
			{"Principals", 11, false},
			{"Who", 40, true},
			{"Why", 50, true},
			{"Fix", 50, true},
			{"Smallest set of changes", 50, true},
			{"Path", 60, true},
			{"Controls", 30, true},
			{"Accepted because", 30, true},
			{"Finding", 26, false},
		},
		rows: func(yield func(row) bool) {
			for _, part := range []iter.Seq[row]{open, accepted, fixed} {
				for r := range part {
					if !yield(r) {
						return
					}
				}
			}
		},
	}
}

func findingRow(f *report.Finding, status, accepted string) row {
	path := ""
	for _, fa := range f.Facts {
		if len(fa.Chains) > 0 {
			path = fa.Chains[0].Text()
			break
		}
	}
	return row{
		f.Severity, f.Rule, f.Title, status, f.Message, strings.Join(f.Tenants, ", "), f.Count, people(f), f.Why, f.Fix,
		strings.Join(f.Cut, "; "), path, strings.Join(f.Controls, ", "), accepted, f.Fingerprint,
	}
}

func people(f *report.Finding) string {
	var names []string
	for i := range f.Principals {
		if i == shownPeople {
			break
		}
		names = append(names, nameOr(f.Principals[i].Name, f.Principals[i].ID))
	}
	if left := f.Count - len(names); left > 0 {
		names = append(names, fmt.Sprintf("and %d more", left))
	}
	return strings.Join(names, ", ")
}

func nameOr(name, id string) string {
	if name == "" {
		return id
	}
	return name
}

// nameOf points to a principal's name, or to its id if it has none.
func nameOf(p *report.Principal) *string {
	if p.Name == "" {
		return &p.ID
	}
	return &p.Name
}

func (b *book) matrix() list {
	return list{
		name: "Tenant matrix", what: "Which tenant's principals reach which other tenant", count: len(b.d.Matrix.Cells),
		columns: []column{
			{"From", 20, false},
			{"From is external", 10, false},
			{"To", 20, false},
			{"Principals", 11, false},
			{"Allowed", 10, false},
			{"Not allowed", 10, false},
			{"Widest reach", 13, false},
			{"Organization-wide principals", 14, false},
			{"Permissions", 12, false},
			{"Role assignments it comes through", 60, true},
			{"Permissions through divisions", 60, true},
			{"Organization-wide permissions", 60, true},
		},
		rows: rowsOf(b.d.Matrix.Cells, func(c *report.Cell) row {
			return row{
				c.From, b.d.Matrix.Tenants[c.Row].External, c.To, c.Principals, c.Allowed, c.Principals - c.Allowed, reach(c.Widest),
				c.OrganizationWide, len(c.Permissions), through(c.Through), strings.Join(c.Permissions, ", "), strings.Join(c.OrganizationWidePermissions, ", "),
			}
		}),
	}
}

func through(list []report.Through) string {
	var parts []string
	for i, t := range list {
		if i == shownPeople {
			parts = append(parts, fmt.Sprintf("and %d more", len(list)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", assignment(t.Role, t.Division, t.Group), t.Principals))
	}
	return strings.Join(parts, "; ")
}

func assignment(role, division, group string) string {
	if role == "" {
		return "a trust, or a role that was not read"
	}
	s := role + " in " + division
	if group != "" {
		s += " through group " + group
	}
	return s
}

func reach(l graph.Level) string {
	if l == graph.None {
		return ""
	}
	return l.String()
}

func (b *book) whoCanSee() list {
	return list{
		name: "Who can see", what: "A row for each live principal and division that it can see", count: b.d.Counts.WhoCanSee,
		columns: []column{
			{"Principal", 30, false},
			{"Kind", 14, false},
			{"E-mail", 38, false},
			{"Tenant", 18, false},
			{"External", 10, false},
			{"Division", 22, false},
			{"Division's tenant", 18, false},
			{"From outside", 10, false},
			{"Reach", 12, false},
			{"Permissions", 12, false},
			{"Role", 26, false},
			{"Assigned in", 20, false},
			{"Through group", 22, false},
			{"Further assignments", 12, false},
			{"Principal id", 38, false},
		},
		rows: rowsOfSeq(b.d.WhoCanSee, func(r row, s *report.SeeRow) row {
			p := &b.d.Principals[s.Principal]
			return append(r,
				nameOf(p), p.Kind, &p.Email, &p.Tenant, p.External, &s.Division.Name, &s.TargetTenant, s.Outside, s.Reach,
				known(s.Permissions), &s.Via.Role, &s.Via.Division, &s.Via.Group, s.Via.Others, &p.ID)
		}),
		beside:  []list{b.seeByClass(), b.classMembers()},
		fewWhat: "How many principals of each tenant can see each division",
		fewColumns: []column{
			{"Tenant", 20, false},
			{"External", 10, false},
			{"Division", 24, false},
			{"Division's tenant", 20, false},
			{"From outside", 10, false},
			{"Principals", 12, false},
			{"Whole", 10, false},
			{"Conditional", 12, false},
			{"Limited", 10, false},
		},
		fewRows: rowsOf(b.d.SeeCells, func(c *report.SeeCell) row {
			return row{
				c.Tenant, c.External, c.Division.Name, c.TargetTenant, c.Outside, c.Whole + c.Conditional + c.Limited, c.Whole, c.Conditional, c.Limited,
			}
		}),
	}
}

// known is a count, or text where nobody can tell.
func known(n int) any {
	if n == 0 {
		return "not known"
	}
	return n
}

func (b *book) grants() list {
	return list{
		name: "Grants", what: "Every role assignment", count: b.d.Counts.Grants,
		columns: []column{
			{"Subject", 30, false},
			{"Kind", 14, false},
			{"Tenant", 18, false},
			{"Principals", 11, false},
			{"Role", 28, false},
			{"Division", 22, false},
			{"Division's tenant", 18, false},
			{"Made", 12, false},
			{"Dormant", 10, false},
			{"Subject id", 38, false},
			{"Role id", 38, false},
			{"Division id", 38, false},
		},
		rows: rowsOfSeq(b.d.Grants, func(r row, g *report.Grant) row {
			return append(r,
				&g.SubjectName, g.SubjectKind, &g.Tenant, g.Members, &g.Role, &g.Division, &g.DivisionTenant, (*day)(&g.MadeAt), g.Dormant,
				&g.SubjectID, &g.RoleID, &g.DivisionID)
		}),
		fewWhat: "How often each role is assigned in each division",
		fewColumns: []column{
			{"Role", 28, false},
			{"Division", 24, false},
			{"Division's tenant", 20, false},
			{"Grants", 10, false},
			{"Of them to groups", 10, false},
			{"Principals", 11, false},
			{"Role id", 38, false},
			{"Division id", 38, false},
		},
		fewRows: rowsOf(b.d.GrantCells, func(c *report.GrantCell) row {
			return row{c.Role, c.Division, c.DivisionTenant, c.Grants, c.Groups, c.Principals, c.RoleID, c.DivisionID}
		}),
	}
}

func (b *book) principals() list {
	counts, order := b.principalCounts()
	return list{
		name: "Principals", what: "Everybody who can hold access", count: len(b.d.Principals),
		columns: []column{
			{"Name", 30, false},
			{"Kind", 16, false},
			{"E-mail", 38, false},
			{"Tenant", 18, false},
			{"Placed by", 12, false},
			{"Disputed", 10, false},
			{"External", 10, false},
			{"Division", 22, false},
			{"State", 10, false},
			{"Access today", 12, false},
			{"Last seen", 12, false},
			{"Roles", 8, false},
			{"Role assignments", 50, false},
			{"Elevated permissions", 11, false},
			{"Class", 8, false},
			{"Id", 38, false},
		},
		rows: rowsInto(b.d.Principals, func(r row, p *report.Principal) row {
			return append(r,
				&p.Name, p.Kind, &p.Email, &p.Tenant, &p.TenantBy, p.Disputed, p.External, nameOr(p.Division.Name, p.Division.ID), &p.State, standing(p),
				(*day)(&p.LastSeen), p.RoleCount, p.Roles(), p.Elevated, class(p.Class), &p.ID)
		}),
		fewWhat: "How many principals each tenant has, by kind and state",
		fewColumns: []column{
			{"Tenant", 20, false}, {"Kind", 18, false}, {"State", 12, false}, {"Principals", 12, false}, {"Elevated", 12, false},
		},
		fewRows: rowsOf(order, func(k *[3]string) row { return row{k[0], k[1], k[2], counts[*k][0], counts[*k][1]} }),
	}
}

// class is the number of a class, or nothing.
func class(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func standing(p *report.Principal) string {
	switch {
	case !p.Acts:
		return "delegated"
	case !p.Live:
		return "none"
	default:
		return "yes"
	}
}

// principalCounts counts principals, and the elevated ones, in the order in
// which each combination first occurs.
func (b *book) principalCounts() (map[[3]string][2]int, [][3]string) {
	counts, order := map[[3]string][2]int{}, [][3]string{}
	for i := range b.d.Principals {
		p := &b.d.Principals[i]
		k := [3]string{p.Tenant, p.Kind.String(), p.State}
		c, seen := counts[k]
		if !seen {
			order = append(order, k)
		}
		c[0]++
		if p.Elevated > 0 {
			c[1]++
		}
		counts[k] = c
	}
	return counts, order
}

func (b *book) roles() list {
	return list{
		name: "Roles", what: "What each role gives, and to how many", count: len(b.d.Roles),
		columns: []column{
			{"Role", 30, false},
			{"Built in", 9, false},
			{"Based on", 20, false},
			{"Total control", 10, false},
			{"Permissions", 12, false},
			{"Narrowed", 10, false},
			{"Elevated", 10, false},
			{"Wildcards", 40, true},
			{"Inherits from", 26, true},
			{"Holders", 10, false},
			{"External holders", 10, false},
			{"Tenants of holders", 30, true},
			{"Grants", 10, false},
			{"Divisions", 10, false},
			{"In all divisions", 10, false},
			{"Read", 8, false},
			{"Role id", 38, false},
		},
		rows: rowsOf(b.d.Roles, func(r *report.Role) row {
			return row{
				r.Name, r.BuiltIn, r.BasedOn, r.Admin, r.Permissions, r.Narrowed, r.Elevated, strings.Join(r.Wildcards, ", "), strings.Join(r.Inherits, ", "),
				r.Holders, r.External, strings.Join(r.Tenants, ", "), r.Grants, r.Divisions, r.Everywhere, r.Known, r.ID,
			}
		}),
	}
}

func (b *book) clients() list {
	return list{
		name: "OAuth clients", what: "Programs with access, and those that act as whoever signs in", count: len(b.d.Clients),
		columns: []column{
			{"Client", 30, false},
			{"Tenant", 18, false},
			{"Grant type", 24, false},
			{"Delegated", 10, false},
			{"State", 10, false},
			{"Token seconds", 10, false},
			{"Created", 12, false},
			{"Modified", 12, false},
			{"Created by", 24, false},
			{"Roles", 8, false},
			{"Role assignments", 50, true},
			{"Elevated permissions", 11, false},
			{"Scopes", 30, true},
			{"Redirect addresses", 40, true},
			{"Client id", 38, false},
		},
		rows: rowsOf(b.d.Clients, func(c *report.Client) row {
			p := &b.d.Principals[c.Principal]
			return row{
				linked{nameOr(p.Name, p.ID), "Principals", b.principalRow(c.Principal)},
				p.Tenant, c.GrantType, c.Delegated, p.State, c.TokenSeconds, day(c.Created), day(c.Modified), c.CreatedBy, p.RoleCount,
				p.Roles(), p.Elevated, strings.Join(c.Scopes, ", "), strings.Join(c.Redirects, ", "), p.ID,
			}
		}),
	}
}

// principalRow is where a principal stands, or the first row where its sheet only counts.
func (b *book) principalRow(i int) int {
	if len(b.d.Principals) > b.limit {
		return 1
	}
	return i + 2
}

func (b *book) coverage() list {
	return list{
		name: "Coverage", what: "What was read, what is missing, how odd values were read", count: len(b.d.Coverage),
		columns: []column{
			{"List", 20, false},
			{"Status", 14, false},
			{"Gap", 8, false},
			{"Announced", 12, false},
			{"Received", 12, false},
			{"Pages", 8, false},
			{"Reason", 60, true},
			{"Missing permission", 30, false},
			{"Touches", 26, false},
			{"Source", 40, false},
			{"Started", 17, false},
			{"Ended", 17, false},
			{"Organization", 38, false},
		},
		rows: rowsOf(b.d.Coverage, func(c *report.Coverage) row {
			var announced any = "not said"
			if c.Expected >= 0 {
				announced = c.Expected
			}
			return row{
				string(c.List), string(c.Status), c.Gap, announced, c.Received, c.Pages, c.Reason, c.MissingPermission, strings.Join(c.Touches, ", "),
				c.Source, c.Started, c.Ended, c.Org,
			}
		}),
	}
}

func (b *book) undetermined() list {
	return list{
		name: "Undetermined", what: "What the snapshot does not decide", count: len(b.d.Undetermined),
		columns: []column{{"Subject", 44, false}, {"Role", 38, false}, {"Division", 38, false}, {"Why", 70, true}},
		rows:    undeterminedRows(b.d),
	}
}

func undeterminedRows(d *report.Document) iter.Seq[row] {
	return func(yield func(row) bool) {
		for _, u := range d.Undetermined {
			if !yield(row{u.Subject, u.Role, u.Division, u.Why}) {
				return
			}
		}
	}
}

func (b *book) dangling() list {
	return list{
		name: "Dangling grants", what: "Grants that name what no longer exists: they give nobody anything", count: len(b.d.Dangling),
		columns: []column{{"Subject", 48, false}, {"Role", 38, false}, {"Division", 24, false}, {"Missing", 20, false}, {"Made", 12, false}, {"Role id", 38, false}},
		rows: rowsOf(b.d.Dangling, func(x *report.Dangling) row {
			return row{x.Subject, x.Role, x.Division, x.Missing, day(x.MadeAt), x.RoleID}
		}),
	}
}

func (b *book) exceptions() list {
	return list{
		name: "Allowed", what: "Cross-tenant access that the configuration allows", count: len(b.d.Exceptions),
		columns: []column{
			{"From", 18, false},
			{"To", 26, true},
			{"Principals", 30, true},
			{"Permissions", 46, true},
			{"At most", 9, false},
			{"Used", 9, false},
			{"State", 11, false},
			{"Until", 12, false},
			{"Reason", 40, true},
			{"Approved by", 26, false},
			{"Place", 30, false},
		},
		rows: rowsOf(b.d.Exceptions, func(e *report.Exception) row {
			var atMost any = "no number"
			if e.AtMost > 0 {
				atMost = e.AtMost
			}
			who := "any of the tenant"
			if len(e.Principals) > 0 {
				who = strings.Join(e.Principals, ", ")
			}
			return row{
				e.From, strings.Join(e.To, ", "), who, strings.Join(e.Permissions, ", "), atMost, e.Used, e.State, day(e.Until), e.Reason, e.ApprovedBy, e.Place,
			}
		}),
	}
}
