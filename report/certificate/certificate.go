package certificate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

// A Certificate is what one tenant may know of who reaches it.
type Certificate struct {
	Schema       string    `json:"schema"` // grantgraph/certificate/v1
	Organization string    `json:"organization"`
	Tenant       string    `json:"tenant"`
	Snapshot     string    `json:"snapshot"`
	TakenAt      time.Time `json:"taken_at"`
	// Seal and Digest let the same snapshot be recognized.
	Seal         string `json:"seal"`
	Digest       string `json:"digest"`
	ConfigDigest string `json:"config_digest"`
	Tool         string `json:"tool"`

	Standing report.Standing `json:"standing"`
	Sentence string          `json:"sentence"`
	// Assumed says that nobody named the tenants: they were guessed.
	Assumed bool `json:"assumed"`
	// Outside are the parties with reach, the organization's own staff first.
	Outside []Party `json:"outside"`
	Checked Checked `json:"checked"`
	// Findings count what rules found about reach into the tenant.
	Findings []Finding `json:"findings"`
	// Unknown is what could change the answer.
	Unknown []string `json:"unknown"`
}

// A Party is somebody from outside, without its name.
type Party struct {
	Party    string `json:"party"` // "the organization's own staff", "company 1"
	External bool   `json:"external"`
	// Principals reach the tenant through divisions; allow entries of the
	// configuration cover the whole reach of Allowed of them.
	Principals int    `json:"principals"`
	Allowed    int    `json:"allowed"`
	Widest     string `json:"widest"`
	// Permissions are those that reach through divisions.
	Permissions []string `json:"permissions"`
	// OrganizationWide principals reach the tenant's data by permissions that no
	// division limits.
	OrganizationWide            int      `json:"organization_wide"`
	OrganizationWidePermissions []string `json:"organization_wide_permissions"`
	// Everywhere counts those whose first way in is a role in all divisions,
	// ThroughGroups those whose first way in is a group's or team's role.
	Everywhere    int `json:"everywhere"`
	ThroughGroups int `json:"through_groups"`
}

// Checked is how much was looked at.
type Checked struct {
	Divisions  []string `json:"divisions"` // the tenant's own, by name
	Members    int      `json:"members"`   // its live principals
	Principals int      `json:"principals"`
	Live       int      `json:"live"`
	Roles      int      `json:"roles"`
	Grants     int      `json:"grants"`
	Rules      int      `json:"rules"`
}

// A Finding counts the findings of a rule.
type Finding struct {
	Severity rules.Severity `json:"severity"`
	Rule     string         `json:"rule"`
	Title    string         `json:"title"`
	Findings int            `json:"findings"`
}

// New makes the certificate of a tenant of the document.
func New(d *report.Document, tenant string) (*Certificate, error) {
	column := slices.IndexFunc(d.Verdicts, func(v report.Verdict) bool { return v.Tenant == tenant })
	if column < 0 {
		return nil, fmt.Errorf("certificate of tenant %q: no such tenant with divisions", tenant)
	}
	v := &d.Verdicts[column]
	c := &Certificate{
		Schema: "grantgraph/certificate/v1", Tenant: tenant, Snapshot: d.Snapshot.ID, TakenAt: d.Snapshot.TakenAt.UTC(),
		Seal: d.Snapshot.Seal, Digest: d.Digest, ConfigDigest: d.ConfigDigest, Tool: d.Tool,
		Standing: v.Standing, Sentence: v.Sentence, Assumed: d.Assumed,
		Outside: parties(d, tenant), Findings: findings(d, tenant), Unknown: slices.Clone(v.Unknown),
		Checked: Checked{
			Divisions: []string{}, Members: v.Members, Principals: d.Counts.Principals, Live: d.Counts.Live,
			Roles: d.Counts.Roles, Grants: d.Counts.Grants,
		},
	}
	for i, o := range d.Snapshot.Organizations {
		if i > 0 {
			c.Organization += ", "
		}
		c.Organization += o.Name
	}
	for _, t := range d.Matrix.Tenants {
		if t.Name != tenant {
			continue
		}
		for _, div := range t.Divisions {
			c.Checked.Divisions = append(c.Checked.Divisions, cmp.Or(div.Name, div.ID))
		}
	}
	for _, p := range d.Packs {
		c.Checked.Rules += p.Rules
	}
	return c, nil
}

// parties are the tenants with reach, numbered in the order of the matrix.
func parties(d *report.Document, tenant string) []Party {
	out := []Party{}
	companies := 0
	for row := range d.Matrix.Tenants {
		from := &d.Matrix.Tenants[row]
		name := "the organization's own staff"
		switch {
		case from.Name == tenant:
			continue
		case from.External:
			companies++
			name = fmt.Sprintf("company %d", companies)
		case isNobody(from.Name):
			name = "accounts that belong to no tenant"
		}
		for i := range d.Matrix.Cells {
			c := &d.Matrix.Cells[i]
			if c.Row == row && c.To == tenant && (c.Principals > 0 || c.OrganizationWide > 0) {
				out = append(out, party(c, name, from.External))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Party) int { return cmp.Compare(rank(a), rank(b)) })
	return merge(out)
}

// isNobody reports whether a tenant's name stands for those in none.
func isNobody(name string) bool { return name == "Unassigned" }

func rank(p Party) int {
	if p.External {
		return 1
	}
	return 0
}

// merge puts parties of one name together: several of the organization's own
// units are one to the reader.
func merge(list []Party) []Party {
	out := list[:0]
	for _, p := range list {
		i := slices.IndexFunc(out, func(q Party) bool { return q.Party == p.Party })
		if i < 0 {
			out = append(out, p)
			continue
		}
		q := &out[i]
		q.Principals, q.Allowed, q.OrganizationWide = q.Principals+p.Principals, q.Allowed+p.Allowed, q.OrganizationWide+p.OrganizationWide
		q.Everywhere, q.ThroughGroups = q.Everywhere+p.Everywhere, q.ThroughGroups+p.ThroughGroups
		q.Permissions = union(q.Permissions, p.Permissions)
		q.OrganizationWidePermissions = union(q.OrganizationWidePermissions, p.OrganizationWidePermissions)
		q.Widest = wider(q.Widest, p.Widest)
	}
	return out
}

// wider returns the wider of two reaches by name.
func wider(a, b string) string {
	order := []string{"", "none", "limited", "conditional", "whole"}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func party(c *report.Cell, name string, external bool) Party {
	p := Party{
		Party: name, External: external, Principals: c.Principals, Allowed: c.Allowed, Widest: c.Widest.String(),
		Permissions: union(c.Permissions, nil), OrganizationWide: c.OrganizationWide,
		OrganizationWidePermissions: union(c.OrganizationWidePermissions, nil),
	}
	if p.Permissions == nil {
		p.Permissions = []string{}
	}
	if p.OrganizationWidePermissions == nil {
		p.OrganizationWidePermissions = []string{}
	}
	for _, h := range c.Holders {
		if h.Via.Division == "all divisions" {
			p.Everywhere++
		}
		if h.Via.Group != "" {
			p.ThroughGroups++
		}
	}
	return p
}

func findings(d *report.Document, tenant string) []Finding {
	out := []Finding{}
	for i := range d.Findings {
		f := &d.Findings[i]
		if !slices.Contains(f.Targets, tenant) {
			continue
		}
		at := slices.IndexFunc(out, func(o Finding) bool { return o.Rule == f.Rule })
		if at < 0 {
			at = len(out)
			out = append(out, Finding{Rule: f.Rule, Title: f.Title})
		}
		out[at].Severity = max(out[at].Severity, f.Severity)
		out[at].Findings++
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(-cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}
