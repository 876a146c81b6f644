package analyzer_test

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// who compares the answers about each tenant: from everywhere, from one tenant,
// from outside, from one principal, about one kind of data, with the dormant, and
// all of these together.
func (a *tenantAgreement) who() {
	verbs := []string{"see", "edit", "impersonate", "routing:queue:view", "Directory > User > *", "recording:nothing:view"}
	for target := range a.tenancy.Tenants {
		for n, verb := range verbs {
			all := a.expected(target, verb, "", false)
			a.whoIs(target, verb, analyzer.WhoOptions{}, all)
			a.whoIs(target, verb, analyzer.WhoOptions{From: a.next(target)}, all)
			a.whoIs(target, verb, analyzer.WhoOptions{Outside: a.tenancy.Tenants[target].Name}, all)
			if a.turn(n, len(verbs)) {
				a.whoIs(target, verb, analyzer.WhoOptions{From: a.someone(target)}, all)
			}
		}
		if a.turn(target, len(a.tenancy.Tenants)) {
			a.narrowed(target, verbs[target%len(verbs)])
		}
	}
}

// turn picks one of some for an organization, which costs less than all; while
// a setup is made smaller, all.
func (a *tenantAgreement) turn(i, of int) bool {
	return a.seen == nil || len(a.principals)%of == i
}

// narrowed asks with each of the other options, and with several.
func (a *tenantAgreement) narrowed(target int, verb string) {
	kinds := a.m.Lexicon.DataNames()
	for n, data := range kinds {
		all := a.expected(target, "see", data, false)
		a.whoIs(target, "see", analyzer.WhoOptions{Data: data}, all)
		a.seen.when(len(all) > 0, "who:data:"+data)
		a.whoIs(target, "see", analyzer.WhoOptions{Data: data, From: a.someone(target + n), Outside: a.next(target)}, all)
	}
	data := kinds[target%len(kinds)]
	a.whoIs(target, verb, analyzer.WhoOptions{Data: data}, a.expected(target, verb, data, false))
	all := a.expected(target, verb, "", true)
	a.whoIs(target, verb, analyzer.WhoOptions{Dormant: true}, all)
	for _, p := range a.ref.Dormant() {
		a.whoIs(target, verb, analyzer.WhoOptions{From: name(p)}, nil)
		a.whoIs(target, verb, analyzer.WhoOptions{From: name(p), Dormant: true}, all)
		a.seen.when(all[p] != "", "who:dormant")
		a.seen.when(all[p] != "" && a.tenancy.Of(p) != target, "who:dormant:outside")
	}
	o := analyzer.WhoOptions{Data: data, From: a.next(target), Outside: a.tenancy.Tenants[target].Name, Dormant: true}
	a.whoIs(target, "see", o, a.expected(target, "see", data, true))
}

// next is the name of another tenant, if there is one.
func (a *tenantAgreement) next(target int) string {
	return a.tenancy.Tenants[(target+1)%len(a.tenancy.Tenants)].Name
}

// someone names one of the principals that act.
func (a *tenantAgreement) someone(n int) string {
	if len(a.principals) == 0 {
		return ""
	}
	return name(a.principals[n%len(a.principals)])
}

// expected is what the reference finds of every principal: its reach, whether it
// is from outside, whether it reaches through divisions, and whether it is dormant.
func (a *tenantAgreement) expected(target int, verb, data string, dormant bool) map[authz.Key]string {
	out := map[authz.Key]string{}
	list := a.principals
	if dormant {
		list = append(slices.Clone(list), a.ref.Dormant()...)
	}
	for _, p := range list {
		if l, through := a.reach(target, verb, data, p); l > reference.None {
			out[p] = fmt.Sprint(l, a.tenancy.Of(p) != target, through, !a.acts[p])
			a.seen.add("who:" + verb)
		}
	}
	return out
}

// whoIs compares one answer. Of all who have the access, the options keep some.
func (a *tenantAgreement) whoIs(target int, verb string, o analyzer.WhoOptions, all map[authz.Key]string) {
	what := fmt.Sprintf("who can %s %s %+v", verb, a.tenancy.Tenants[target].Name, o)
	t, _, err := a.m.FindTarget("tenant:" + a.tenancy.Tenants[target].Name)
	if err != nil {
		a.differ("%s: %v", what, err)
		return
	}
	answer, err := a.m.Who(verb, t, o)
	if err != nil {
		a.differ("%s: %v", what, err)
		return
	}
	want, got := map[string]string{}, map[string]string{}
	for p, how := range all {
		if a.keeps(o, p) {
			want[name(p)] = how
		}
	}
	for _, row := range answer.Answers {
		got[name(keyOf(row.Principal))] = fmt.Sprint(row.Reach, row.Outside, row.Through == analyzer.ThroughDivisions, row.Dormant)
	}
	a.same(what, want, got)
	a.seen.when(len(want) > 0 && a.tenant(o.From) < 0 && o.From != "", "who:from:principal")
	a.seen.when(len(all) > 0 && len(want) == 0 && o.From != "", "who:from:nobody")
	a.seen.when(len(want) > 0 && o.Outside != "", "who:outside")
	a.seen.when(len(want) > 0 && o.From != "" && o.Outside != "" && o.Data != "", "who:narrowed")
}

// keeps reports whether the options leave a principal in an answer.
func (a *tenantAgreement) keeps(o analyzer.WhoOptions, p authz.Key) bool {
	if o.Outside != "" && a.tenancy.Of(p) == a.tenant(o.Outside) {
		return false
	}
	if from := a.tenant(o.From); from >= 0 {
		return a.tenancy.Of(p) == from
	}
	return o.From == "" || o.From == name(p)
}

// tenant is the reference's number of the tenant with a name; -1 is none.
func (a *tenantAgreement) tenant(name string) int {
	return slices.IndexFunc(a.tenancy.Tenants, func(v reference.Tenant) bool { return v.Name == name })
}

// reach is the widest reach that the reference finds, and whether a permission
// that is not known to be unlimited by divisions reaches.
func (a *tenantAgreement) reach(target int, verb, data string, p authz.Key) (level reference.Level, through bool) {
	about, _ := a.m.Lexicon.Data(data)
	for _, perm := range a.asked(verb, p.Org) {
		if data != "" && !about.Covers(perm) {
			continue
		}
		for d := range a.tenancy.Tenants[target].Divisions {
			if d.Org != p.Org {
				continue
			}
			if l := a.level(p, perm, d.ID); l > reference.None {
				level = max(level, l)
				through = through || a.ref.Aware(p.Org, perm) != authz.False
			}
		}
	}
	return level, through
}

// asked returns the permissions that a verb or a name stands for.
func (a *tenantAgreement) asked(verb, org string) []authz.Pattern {
	k := verb + "\x00" + org
	if _, known := a.perms[k]; !known {
		a.perms[k] = a.permissions(verb, org)
	}
	return a.perms[k]
}

func (a *tenantAgreement) permissions(verb, org string) []authz.Pattern {
	var out []authz.Pattern
	if v, ok := a.m.Lexicon.Verb(verb); ok {
		for _, p := range a.tenancy.Carrying(org) {
			if v.Covers(p) {
				out = append(out, p)
			}
		}
		return out
	}
	pattern, _ := a.m.Pattern(verb)
	for _, p := range a.ref.Permissions(org) {
		if pattern.Covers(p) {
			out = append(out, p)
		}
	}
	if !slices.Contains(out, pattern) {
		out = append(out, pattern)
	}
	return out
}

// level is the reach of a principal; of one that is dormant, as if it were live.
func (a *tenantAgreement) level(p authz.Key, perm authz.Pattern, division string) reference.Level {
	if a.acts[p] {
		return a.tenancy.Level(p, perm, division)
	}
	return a.dormant.Level(p, perm, division)
}
