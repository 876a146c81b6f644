package rules

import (
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A logRow is the audit log of one organization, as far as it was read.
type logRow struct {
	org            string
	read           bool // the list is complete
	events         int
	oldest, newest time.Time
	roleEvents     int // about roles, role assignments and groups
	serviceEvents  int // made by clients
	changes        int // that the two snapshots show and only the log can explain
}

func logFact() *fact {
	type row = logRow
	f := &fact{name: "log", rows: logRows, doc: "the platform's audit log of one organization, as far as it was read"}
	f.fields = []field{
		text("org", "id of the organization", func(_ *index, r *row) string { return r.org }),
		flag("read", "whether the list of audit events was read completely", func(_ *index, r *row) bool { return r.read }),
		number("events", "the number of events", func(_ *index, r *row) int { return r.events }),
		moment("oldest", "the date of the oldest event; ask events first", func(_ *index, r *row) time.Time { return r.oldest }),
		span("reaches_back", "how far back it reaches; 0 if there is no event with a date", func(x *index, r *row) time.Duration { return x.since(r.oldest) }),
		number("role_events", "the number of events about roles, role assignments and groups", func(_ *index, r *row) int { return r.roleEvents }),
		number("service_events", "the number of events that OAuth clients made", func(_ *index, r *row) int { return r.serviceEvents }),
		number("changes", "how many roles and role assignments differ from an earlier snapshot; 0 without one", func(_ *index, r *row) int { return r.changes }),
		text("archive_owner", "who attests that older events are archived; empty if nobody does", func(x *index, _ *row) string { return x.m.Config.AuditArchive.Owner }),
		span("archive_age", "how long ago that was attested; 0 if nobody does", func(x *index, _ *row) time.Duration { return x.since(x.m.Config.AuditArchive.Date) }),
	}
	f.members = func(*index, any) []uint32 { return nil }
	f.records = func(_ *index, r any) []record {
		return []record{{r.(*row).org, analyzer.TargetRef{Kind: authz.KindOther, ID: string(authz.ListAudits), Name: "audit log"}}}
	}
	f.org = func(_ *index, r any) string { return r.(*row).org }
	return f
}

func logRows(x *index, _ *query, visit func(any) error) error {
	for _, o := range x.orgs {
		r := &logRow{org: o.id, read: x.g.Complete(o.id, authz.ListAudits), changes: x.changedSince(o)}
		if x.extra != nil {
			for _, e := range x.extra.events {
				if e.org == o.id {
					x.count(r, e)
				}
			}
		}
		if err := visit(r); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) count(r *logRow, e event) {
	r.events++
	if !e.date.IsZero() && (r.oldest.IsZero() || e.date.Before(r.oldest)) {
		r.oldest = e.date
	}
	if e.date.After(r.newest) {
		r.newest = e.date
	}
	recent := x.before == nil || e.date.After(x.before.Model.Graph.Info().TakenAt)
	word := strings.ToLower(e.service + " " + e.action + " " + e.entityType)
	if recent && (strings.Contains(word, "role") || strings.Contains(word, "authoriz") || strings.Contains(word, "group") || strings.Contains(word, "permission")) {
		r.roleEvents++
	}
	if recent && e.client != "" {
		r.serviceEvents++
	}
}

// changedSince counts the roles and role assignments of an organization that an
// earlier snapshot does not have in the same way, and those that only it has.
func (x *index) changedSince(o *orgIndex) int {
	if x.before == nil {
		return 0
	}
	type key struct{ subject, role, division string }
	then := map[key]bool{}
	was := x.before.Model.Graph
	for g := range was.AllGrants() {
		if k := was.NodeKey(g.Node); k.Org == o.id {
			then[key{k.String(), was.Role(g.Role).Key.ID, was.DivisionKey(o.id, g.Division).ID}] = true
		}
	}
	n := 0
	for g := range x.g.AllGrants() {
		k := x.g.NodeKey(g.Node)
		if k.Org != o.id {
			continue
		}
		now := key{k.String(), x.roleID(g.Role), x.g.DivisionKey(o.id, g.Division).ID}
		if !then[now] {
			n++
		}
		delete(then, now)
	}
	for role := range x.roles {
		if x.roles[role].org == o && x.changedRole(uint32(role)) {
			n++
		}
	}
	return n + len(then)
}
