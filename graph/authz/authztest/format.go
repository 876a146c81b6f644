package authztest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Format writes records in the language of [Parse], so that a random
// organization that fails a test can be kept. It writes what access depends on,
// and leaves out usage, other records and what only people or rules look at.
func Format(r *authz.Records) string {
	w := &writer{r: r, lists: map[authz.Key]bool{}}
	if !r.About.TakenAt.IsZero() {
		w.line("at", stamp(r.About.TakenAt))
	}
	for _, org := range organizations(r) {
		w.organization(org)
	}
	return w.b.String()
}

type writer struct {
	r     *authz.Records
	b     strings.Builder
	lists map[authz.Key]bool // containers whose members were written
}

// line writes the words that are not empty.
func (w *writer) line(words ...string) {
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	w.b.WriteString(strings.Join(words, " ") + "\n")
}

func option(key, value string) string {
	if value == "" {
		return ""
	}
	return key + "=" + quoteValue(value)
}

func options(key string, values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, key+"="+quoteValue(v))
	}
	return strings.Join(out, " ")
}

func flag(on bool, word string) string {
	if on {
		return word
	}
	return ""
}

func tri(v authz.Tri, yes, no string) string {
	return flag(v == authz.True, yes) + flag(v == authz.False, no)
}

func in(division string) string {
	if division == "" {
		return ""
	}
	return "in " + quote(division)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return `"` + t.UTC().Format(time.RFC3339) + `"`
}

func timeOption(key string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return key + "=" + stamp(t)
}

func key(k authz.Key) string { return k.Kind.String() + ":" + quote(k.ID) }

// keys writes members; those of the kind that goes without saying by id alone.
func keys(list []authz.Key, plain authz.Kind) string {
	var out []string
	for _, k := range list {
		if k.Kind == plain && !strings.Contains(k.ID, ":") {
			out = append(out, quote(k.ID))
		} else {
			out = append(out, key(k))
		}
	}
	return strings.Join(out, " ")
}

// organizations returns the organizations of the records in the order in which
// they are written: those with a record first.
func organizations(r *authz.Records) []string {
	var out []string
	add := func(org string) {
		if org != "" && !slices.Contains(out, org) {
			out = append(out, org)
		}
	}
	for _, o := range r.Organization {
		add(o.ID)
	}
	each(r, func(rec authz.Record) { add(rec.Key().Org) })
	for _, c := range r.CoverageLedger {
		add(c.Org)
	}
	return out
}

// each calls f with every record that the language can write, but organizations.
func each(r *authz.Records, f func(authz.Record)) {
	eachOf(r.Division, f)
	eachOf(r.Permission, f)
	eachOf(r.Role, f)
	eachOf(r.User, f)
	eachOf(r.Group, f)
	eachOf(r.Team, f)
	eachOf(r.Client, f)
	eachOf(r.Resource, f)
	eachOf(r.View, f)
	eachOf(r.Trust, f)
	eachOf(r.AccessPolicy, f)
	eachOf(r.Grant, f)
	eachOf(r.Member, f) // last: those of records are written with them
}

func eachOf[T authz.Record](list []T, f func(authz.Record)) {
	for _, v := range list {
		f(v)
	}
}

func (w *writer) organization(org string) {
	i := slices.IndexFunc(w.r.Organization, func(o authz.Organization) bool { return o.ID == org })
	name := ""
	if i >= 0 {
		name = w.r.Organization[i].Name
	}
	w.line("org", quote(org), option("name", name), flag(i < 0, "untold"))
	each(w.r, func(rec authz.Record) {
		if rec.Key().Org == org {
			w.record(rec)
		}
	})
	w.coverage(org)
}

func (w *writer) record(rec authz.Record) {
	switch v := rec.(type) {
	case authz.Division:
		w.line("division", quote(v.ID), option("name", v.Name), flag(v.Home, "home"))
	case authz.Permission:
		w.line("catalogue", parts(v.Domain, v.Entity, v.Action), awareness(v.DivisionAware))
	case authz.Role:
		w.role(v)
	case authz.User:
		w.line("user", quote(v.ID), in(v.Division), option("state", v.State), option("trustee", v.Trustee), option("name", v.Name), option("email", v.Email))
	case authz.Group:
		w.line("group", quote(v.ID), w.members(v.Key()), option("state", v.State), triOption("roles", v.RolesEnabled), triOption("include", v.IncludeOwners),
			options("owners", v.Owners), option("trustee", v.Trustee), option("name", v.Name))
	case authz.Team:
		w.line("team", quote(v.ID), in(v.Division), w.members(v.Key()), option("name", v.Name))
	case authz.Client:
		w.line("client", quote(v.ID), option("type", v.GrantType), option("state", v.State), options("scopes", v.Scopes), option("name", v.Name))
	case authz.Resource:
		w.resource(v)
	case authz.View:
		w.line("view", quote(v.ID), options("queues", v.Queues), options("users", v.Users), option("name", v.Name))
	case authz.Trust:
		w.line("trust", quote(v.ID), tri(v.Enabled, "enabled", "disabled"), timeOption("created", v.Created), timeOption("expires", v.Expires),
			tri(v.FullAccess, "full", "limited"), tri(v.DefaultRole, "default", "undefault"), option("name", v.Name))
	case authz.AccessPolicy:
		w.line("policy", quote(v.ID), quote(v.Target), quote(v.Effect), policySubject(v), tri(v.Active, "active", "inactive"),
			tri(v.Clients, "clients", "users"), option("if", v.Condition), option("name", v.Name))
	case authz.Grant:
		w.line("grant", key(v.Subject), quote(v.Role), flag(v.Division != "", quote(v.Division)), timeOption("at", v.MadeAt), option("by", v.MadeBy), option("source", v.Source))
	case authz.MemberList:
		if !w.lists[v.Container] {
			w.line("members", key(v.Container), w.members(v.Container))
		}
	}
}

func (w *writer) resource(v authz.Resource) {
	switch v.Kind {
	case authz.KindQueue:
		var lists []string
		for _, g := range v.MemberGroups {
			lists = append(lists, g.Type+":"+g.ID)
		}
		w.line("queue", quote(v.ID), in(v.Division), w.members(v.Key()), options("lists", lists), option("name", v.Name))
	case authz.KindFlow:
		w.line("flow", quote(v.ID), in(v.Division), option("type", v.Type), option("name", v.Name))
	default:
		w.line("object", quote(v.ID), in(v.Division), option("type", v.Type), option("name", v.Name))
	}
}

// members writes the first list of a container's members.
func (w *writer) members(container authz.Key) string {
	w.lists[container] = true
	plain := authz.KindSubject
	if container.Kind == authz.KindQueue {
		plain = authz.KindUser
	}
	for _, l := range w.r.Member {
		if l.Container == container {
			return strings.TrimSpace(keys(l.Members, plain) + " " + flag(l.Partial, "partial"))
		}
	}
	return "unread"
}

func (w *writer) role(r authz.Role) {
	id := quote(r.ID)
	w.line("role", id, option("name", r.Name), flag(r.LinesMissing, "unread"))
	for _, name := range r.Inherits {
		w.line("role", id, "inherits", quote(name))
	}
	for _, name := range r.Legacy {
		w.line("role", id, "legacy", quote(name))
	}
	for _, p := range r.Policies {
		what := "guide " + quote(p.Guide)
		if p.Guide == "" {
			what = parts(p.Domain, p.Entity, p.Action)
		}
		w.line("role", id, what, option("scope", p.Scope), options("groups", p.ScopeGroups), options("teams", p.ScopeTeams), options("views", p.ScopeViews), condition(p.Condition))
	}
}

func condition(c *authz.Condition) string {
	if c == nil {
		return ""
	}
	text, err := json.Marshal(c)
	if err != nil { // strings and slices of them: it cannot be
		return option("if", fmt.Sprintf("%v", err))
	}
	return option("if", string(text))
}

func parts(domain, entity, action string) string {
	return quote(domain) + ":" + quote(entity) + ":" + quote(action)
}

func awareness(v authz.Tri) string {
	switch v {
	case authz.True:
		return "aware"
	case authz.False:
		return "unlimited"
	default:
		return "unflagged"
	}
}

func triOption(key string, v authz.Tri) string {
	if v == authz.Unknown {
		return ""
	}
	return key + "=" + v.String()
}

func policySubject(a authz.AccessPolicy) string {
	switch {
	case a.SubjectType == "" && a.SubjectID == "":
		return "none"
	case a.SubjectID == "" && a.SubjectType != "none":
		return quote(a.SubjectType)
	default:
		return quote(a.SubjectType) + ":" + quote(a.SubjectID)
	}
}

func (w *writer) coverage(org string) {
	everywhere := org == organizations(w.r)[0] // lines for all are written once
	for _, list := range authz.Lists() {
		var lines []string
		for _, c := range w.r.CoverageLedger {
			if c.Org == org && c.List == list {
				lines = append(lines, string(c.Status))
			}
		}
		switch {
		case len(lines) == 0:
			w.line("silent", string(list))
		case len(lines) > 1 || lines[0] != string(authz.StatusComplete):
			for _, status := range lines {
				w.line("cover", string(list), status)
			}
		}
		for _, c := range w.r.CoverageLedger {
			if everywhere && c.Org == "" && c.List == list {
				w.line("cover", string(list), string(c.Status), "everywhere")
			}
		}
	}
}
