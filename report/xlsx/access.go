package xlsx

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/report"
)

// fewPeople is how many members a class's rows name in a file of very many.
const fewPeople = 3

// access writes what each class of equal principals holds: a row for a class and
// a role; where those are too many, a row for a class.
func (b *book) access() list {
	l := b.classRoles(shownPeople)
	l.beside = []list{b.classRoles(fewPeople), b.classMembers()}
	l.fewWhat, l.fewColumns = "What classes of equal principals can do: a row for each", append(classColumns(), column{"Roles", 60, true})
	l.fewRows = func(yield func(row) bool) {
		var roles []string
		for i := range b.d.Classes {
			roles = roles[:0]
			for _, n := range b.d.RolesOf(i) {
				roles = append(roles, b.d.Roles[n].Name)
			}
			if !yield(append(b.classRow(i, shownPeople), strings.Join(roles, ", "))) {
				return
			}
		}
	}
	return l
}

func classColumns() []column {
	return []column{
		{"Class", 8, false},
		{"Tenant", 18, false},
		{"External", 10, false},
		{"Kind", 14, false},
		{"Principals", 11, false},
		{"Members", 44, true},
		{"Permissions", 12, false},
		{"Elevated", 10, false},
		{"Reaches tenants", 30, true},
	}
}

// classRoles has a row for each class and role; each names some of the members.
func (b *book) classRoles(people int) list {
	return list{
		name: "Effective access", what: "What principals hold, by classes of equal access; the sheet Principals names each one's class", count: b.d.Counts.ClassRoles,
		columns: append(classColumns(), column{"Role", 30, false}, column{"Assigned in", 40, true}, column{"Permissions of the role", 12, false}, column{"Role id", 38, false}),
		rows: func(yield func(row) bool) {
			var line row
			names := make([]any, len(b.d.Roles)) // each once, not for each of millions of rows
			for i := range names {
				names[i] = linked{b.d.Roles[i].Name, "Roles", i + 2}
			}
			for i := range b.d.Classes {
				class := b.classRow(i, people)
				for _, h := range b.d.Holds(i) {
					r := &b.d.Roles[h.Role]
					line = append(append(line[:0], class...), names[h.Role], where(h), r.Permissions, &r.ID)
					if !yield(line) {
						return
					}
				}
			}
		},
	}
}

func (b *book) classRow(i, people int) row {
	c := &b.d.Classes[i]
	var names, tenants []string
	for n, m := range c.Members {
		if n == people {
			names = append(names, fmt.Sprintf("and %d more", len(c.Members)-n))
			break
		}
		names = append(names, *nameOf(&b.d.Principals[m]))
	}
	for _, r := range c.Reaches {
		tenants = append(tenants, fmt.Sprintf("%s (%s)", r.Tenant, r.Reach))
	}
	return row{i + 1, &c.Tenant, c.External, c.Kind, len(c.Members), strings.Join(names, ", "), c.Permissions, c.Elevated, strings.Join(tenants, ", ")}
}

func where(h report.ClassHolding) string {
	s := strings.Join(h.Divisions, ", ") // one alone is no new text
	if h.Doubtful {
		s += " (through a group that is not role-enabled)"
	}
	return s
}

func (b *book) escalation() list {
	e := &b.d.Escalation
	what := "Live principals that hold everything, and ways by which others could come to that"
	what += ", or come into another tenant"
	if left := e.LeftOut + e.CrossLeftOut; left > 0 {
		least := ""
		if e.AtLeast || e.CrossAtLeast {
			least = "at least "
		}
		what += fmt.Sprintf("; %s%d further ways of at most %d steps are not listed", least, left, e.MaxHops)
	}
	return list{
		name: "Escalation paths", what: what, count: len(e.Paths),
		columns: []column{
			{"Principal", 30, false},
			{"Kind", 14, false},
			{"Tenant", 18, false},
			{"External", 10, false},
			{"Others alike", 10, false},
			{"Leads to", 24, true},
			{"Steps", 8, false},
			{"Certainty", 13, false},
			{"How", 60, true},
			{"Derivation", 80, true},
			{"Principal id", 38, false},
		},
		rows: rowsOf(e.Paths, func(p *report.EscalationPath) row {
			if p.From < 0 {
				return row{"", "", "", false, p.Alike, p.Goal(), p.Hops, p.Certainty, p.Text(), p.Chain.Text(), ""}
			}
			who := &b.d.Principals[p.From]
			return row{
				*nameOf(who), who.Kind.String(), who.Tenant, who.External, p.Alike, p.Goal(), p.Hops, p.Certainty, p.Text(), p.Chain.Text(), who.ID,
			}
		}),
	}
}

func (b *book) stale() list {
	counts, order := map[[3]string]int{}, [][3]string{}
	for i := range b.d.Stale {
		s := &b.d.Stale[i]
		p := &b.d.Principals[s.Principal]
		k := [3]string{p.Tenant, p.Kind.String(), seen(s)}
		if counts[k]++; counts[k] == 1 {
			order = append(order, k)
		}
	}
	return list{
		name: "Stale", what: fmt.Sprintf("Live principals with roles that were not seen for %d days, and those of which the snapshot does not say", report.StaleDays),
		count: len(b.d.Stale),
		columns: []column{
			{"Principal", 30, false},
			{"Kind", 14, false},
			{"Tenant", 18, false},
			{"External", 10, false},
			{"Last seen", 12, false},
			{"Days", 8, false},
			{"What is known", 22, false},
			{"Elevated permissions", 11, false},
			{"Roles", 8, false},
			{"Role assignments", 50, true},
			{"Id", 38, false},
		},
		rows: rowsOf(b.d.Stale, func(s *report.Stale) row {
			p := &b.d.Principals[s.Principal]
			var days any
			if s.Days >= 0 {
				days = s.Days
			}
			return row{*nameOf(p), p.Kind.String(), p.Tenant, p.External, day(s.LastSeen), days, seen(s), p.Elevated, p.RoleCount, p.Roles(), p.ID}
		}),
		fewWhat: "How many principals of each tenant show no sign of use", fewColumns: []column{
			{"Tenant", 20, false}, {"Kind", 18, false}, {"What is known", 24, false}, {"Principals", 12, false},
		},
		fewRows: rowsOf(order, func(k *[3]string) row { return row{k[0], k[1], k[2], counts[*k]} }),
	}
}

func seen(s *report.Stale) string {
	if s.Days < 0 {
		return "last use not known"
	}
	return "not seen for long"
}

// about writes what the report rests on, a line for each fact.
func (b *book) about() list {
	d := b.d
	lines := []row{
		{"Made by", d.Tool},
		{"Snapshot", d.Snapshot.ID},
		{"Snapshot taken", d.Snapshot.TakenAt.UTC()},
		{"Seal", d.Snapshot.Seal},
		{"Content digest", d.Digest},
		{"Read from", d.Source},
		{"Configuration digest", d.ConfigDigest},
		{"Ages are told against", d.Now.UTC()},
		{"Compared with", nameOr(d.Baseline, "no earlier snapshot")},
		{"Stale after days", report.StaleDays},
		{"Ways to everything: most steps", d.Escalation.MaxHops},
	}
	for _, k := range d.Packs {
		lines = append(lines, row{"Rule pack", fmt.Sprintf("%s, version %d, %d rules, %s", k.Name, k.Version, k.Rules, k.Digest)})
	}
	if len(d.Deviations) == 0 {
		lines = append(lines, row{"Deviations", "none: the packs ran as they ship"})
	}
	for _, v := range d.Deviations {
		lines = append(lines, row{"Deviation", strings.TrimSuffix(fmt.Sprintf("%s: %s (%s)", v.Rule, v.What, v.Reason), " ()")})
	}
	return list{
		name: "About", what: "Versions, digests and parameters", count: len(lines),
		columns: []column{{"What", 30, false}, {"Value", 100, true}}, rows: rowsOf(lines, func(r *row) row { return *r }),
	}
}
