package rules

import (
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A trustRow is one organization that is let in.
type trustRow struct {
	t       authz.Trust
	members []uint32 // its principals here
}

func trustFact() *fact {
	type row = trustRow
	f := &fact{name: "trust", doc: "another organization that is let in (an authorized organization)", rows: trustRows}
	f.fields = []field{
		text("org", "id of the organization that lets it in", func(_ *index, r *row) string { return r.t.Org }),
		text("id", "id of the organization that is let in", func(_ *index, r *row) string { return r.t.ID }),
		named("name", "its name", func(_ *index, r *row) string { return r.t.Name }, func(_ *index, r *row) string { return r.t.ID }),
		flag("enabled", "whether it is enabled and not past its last day", func(x *index, r *row) bool { return r.enabled(x) }),
		moment("expires", "when it ends; ask expires_known first", func(_ *index, r *row) time.Time { return r.t.Expires }),
		flag("expires_known", "whether it ends by itself", func(_ *index, r *row) bool { return !r.t.Expires.IsZero() }),
		flag("full_access", "whether the trust itself gives full access", func(_ *index, r *row) bool { return r.t.FullAccess == authz.True }),
		flag("default_role", "whether the trust itself gives the default role", func(_ *index, r *row) bool { return r.t.DefaultRole == authz.True }),
		number("users", "the number of its users that are principals here", func(x *index, r *row) int { return r.count(x, authz.KindTrusteeUser) }),
		number("groups", "the number of its groups that are principals here", func(x *index, r *row) int { return r.count(x, authz.KindTrusteeGroup) }),
		text("tenant", "the tenant of its principals; empty if it has none", func(x *index, r *row) string { return r.tenant(x) }),
		texts("tenants", "tenants whose divisions its principals hold roles in; * for all divisions", func(x *index, r *row) []string { return r.reaches(x) }),
		flag("listed", "whether the lists of its users and groups were read completely", func(x *index, r *row) bool {
			return x.g.Complete(r.t.Org, authz.ListTrusteeUsers) && x.g.Complete(r.t.Org, authz.ListTrusteeGroups)
		}),
		flag("administration", "whether any of its principals holds administration", func(x *index, r *row) bool { return r.admin(x) }),
	}
	f.selectors = []selector{
		{name: "enabled", kind: selFlag, doc: "whether it is enabled and not past its last day"},
		{name: "full_access", kind: selFlag, doc: "whether the trust itself gives full access"},
	}
	f.members = func(x *index, r any) []uint32 {
		var live []uint32
		for _, p := range r.(*row).members {
			if x.g.Acting().Has(p) {
				live = append(live, p)
			}
		}
		return live
	}
	f.records = func(_ *index, r any) []record {
		t := r.(*row).t
		return []record{{t.Org, analyzer.TargetRef{Kind: authz.KindTrust, ID: t.ID, Name: t.Name}}}
	}
	f.org = func(_ *index, r any) string { return r.(*row).t.Org }
	f.tenant = func(x *index, r any) string { return r.(*row).tenant(x) }
	return f
}

func trustRows(x *index, q *query, visit func(any) error) error {
	by := map[[2]string][]uint32{}
	for n := range x.g.Principals() {
		p := x.g.Principal(uint32(n))
		id := ""
		switch {
		case p.Key.Kind == authz.KindTrusteeOrganization:
			id = p.Key.ID
		case p.User() != nil:
			id = p.User().Trustee
		case p.Group != nil:
			id = p.Group.Trustee
		}
		if id != "" {
			k := [2]string{p.Key.Org, id}
			by[k] = append(by[k], uint32(n))
		}
	}
	for _, t := range x.g.Trusts() {
		row := trustRow{t: t, members: by[[2]string{t.Org, t.ID}]}
		if !q.is("enabled", row.enabled(x)) || !q.is("full_access", t.FullAccess == authz.True) {
			continue
		}
		if err := visit(&row); err != nil {
			return err
		}
	}
	return nil
}

func (r *trustRow) enabled(x *index) bool {
	taken := x.g.Info().TakenAt
	ended := !r.t.Expires.IsZero() && !taken.IsZero() && !r.t.Expires.After(taken)
	return r.t.Enabled.OrTrue() && !ended
}

func (r *trustRow) count(x *index, k authz.Kind) int {
	n := 0
	for _, p := range r.members {
		if x.g.Principal(p).Key.Kind == k {
			n++
		}
	}
	return n
}

func (r *trustRow) tenant(x *index) string {
	if len(r.members) == 0 {
		return ""
	}
	return x.tenantName(x.tenant[r.members[0]])
}

func (r *trustRow) admin(x *index) bool {
	for _, p := range r.members {
		if x.elevatedSet(true).Has(p) {
			return true
		}
	}
	return false
}

func (r *trustRow) reaches(x *index) []string {
	var out []string
	for _, p := range r.members {
		if !x.g.Acting().Has(p) {
			continue
		}
		if x.anywhere(p) || x.g.Principal(p).Key.Kind == authz.KindTrusteeOrganization {
			out = append(out, authz.AllDivisions)
		}
		out = append(out, x.grantTenants(p)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
