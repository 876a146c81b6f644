package rules

import (
	"cmp"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A changeRow is changes of one kind that the audit log tells and one maker made.
type changeRow struct {
	org, action, entityType string
	client, user            string
	events                  int
	entities                []record
}

func changeFact() *fact {
	type row = changeRow
	f := &fact{name: "change", rows: changeRows, doc: "changes that the audit log tells, once for each maker, action and type of what was changed"}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.org }),
		text("action", "the action, as the platform names it", func(_ *index, r *row) string { return r.action }),
		text("entity_type", "the type of what was changed, as the platform names it", func(_ *index, r *row) string { return r.entityType }),
		named("client", "the OAuth client that made it; empty if none did", func(x *index, r *row) string { return x.clientName(r) }, func(_ *index, r *row) string { return r.client }),
		named("user", "the user that made it; empty if the log names none", func(x *index, r *row) string { return x.userName(r) }, func(_ *index, r *row) string { return r.user }),
		flag("client_shared", "whether that client serves several tenants, or none that anybody can name", func(x *index, r *row) bool { return x.sharedClient(r) }),
		number("events", "the number of events", func(_ *index, r *row) int { return r.events }),
	}
	f.selectors = []selector{
		{name: "by", kind: selWords, words: []string{"client", "user", "both", "nobody"}, doc: "whom the log names as its maker"},
	}
	f.members = func(x *index, r any) []uint32 {
		if n, ok := x.g.FindPrincipal(r.(*row).clientKey()); ok {
			return []uint32{n}
		}
		return nil
	}
	f.records = func(_ *index, r any) []record { return r.(*row).entities }
	f.org = func(_ *index, r any) string { return r.(*row).org }
	return f
}

func (r *changeRow) clientKey() authz.Key {
	return authz.Key{Org: r.org, Kind: authz.KindClient, ID: r.client}
}

func (x *index) clientName(r *changeRow) string {
	if r.client == "" {
		return ""
	}
	return x.nameOf(r.clientKey())
}

func (x *index) userName(r *changeRow) string {
	if r.user == "" {
		return ""
	}
	return x.nameOf(authz.Key{Org: r.org, Kind: authz.KindUser, ID: r.user})
}

// sharedClient reports whether nobody can tell from a client whom it worked for.
func (x *index) sharedClient(r *changeRow) bool {
	n, ok := x.g.FindPrincipal(r.clientKey())
	if !ok {
		return r.client != ""
	}
	return x.tenant[n] == x.m.Tenants.Unassigned() || x.external(x.tenant[n]) && len(x.grantTenants(n)) > 1
}

func changeRows(x *index, q *query, visit func(any) error) error {
	if x.extra == nil {
		return nil
	}
	rows := map[[5]string]*changeRow{}
	var order []*changeRow
	for _, e := range x.extra.events {
		k := [5]string{e.org, e.client, e.user, e.action, e.entityType}
		if rows[k] == nil {
			rows[k] = &changeRow{org: e.org, client: e.client, user: e.user, action: e.action, entityType: e.entityType}
			order = append(order, rows[k])
		}
		r := rows[k]
		r.events++
		if len(r.entities) < namesShown {
			r.entities = append(r.entities, record{e.org, analyzer.TargetRef{Kind: authz.KindOther, ID: "audits/" + e.id, Name: cmp.Or(e.entityName, e.entity, e.id)}})
		}
	}
	slices.SortFunc(order, func(a, b *changeRow) int {
		return slices.Compare([]string{a.org, a.client, a.user, a.action, a.entityType}, []string{b.org, b.client, b.user, b.action, b.entityType})
	})
	for _, r := range order {
		if !q.has("by", r.by()) {
			continue
		}
		if err := visit(r); err != nil {
			return err
		}
	}
	return nil
}

func (r *changeRow) by() string {
	switch {
	case r.client != "" && r.user != "":
		return "both"
	case r.client != "":
		return "client"
	case r.user != "":
		return "user"
	default:
		return "nobody"
	}
}
