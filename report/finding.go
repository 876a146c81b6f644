package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/rules"
)

func (b *builder) addFindings(r *rules.Result) {
	if r == nil {
		return
	}
	divisions := b.divisionTenants()
	for i := range r.Findings {
		b.d.Findings = append(b.d.Findings, b.finding(&r.Findings[i], divisions))
	}
	for i := range r.Accepted {
		a := &r.Accepted[i]
		b.d.Accepted = append(b.d.Accepted, Accepted{
			Finding: b.finding(&a.Finding, divisions), Reason: a.Reason, ApprovedBy: a.ApprovedBy, Until: a.Until,
		})
	}
	b.d.Baseline = r.Baseline
	for i := range r.Fixed {
		b.d.Fixed = append(b.d.Fixed, b.finding(&r.Fixed[i], divisions))
	}
	b.countRules()
	b.countStatuses()
}

func (b *builder) finding(f *rules.Finding, divisions map[string]string) Finding {
	out := Finding{Finding: *f, Facts: []Fact{}, People: b.people(f)}
	out.Principals = f.Principals[:min(len(f.Principals), Listed)]
	out.Count = max(f.Count, len(out.People))
	out.Controls, out.Covers, out.Principals, out.Records = nonNil(f.Controls), nonNil(f.Covers), nonNil(out.Principals), nonNil(f.Records)
	out.Evidence, out.Cut = nonNil(f.Evidence), nonNil(f.Cut)
	out.Tenants, out.Targets = b.tenantsOf(f, out.People, divisions)
	for i := range f.Evidence {
		out.Facts = append(out.Facts, fact(&f.Evidence[i], &out))
	}
	for _, fa := range out.Facts {
		if len(fa.Chains) > 0 {
			out.Picture = fa.Chains[0].Links
			break
		}
	}
	return out
}

// people are the principals of a finding by index of [Document.Principals].
func (b *builder) people(f *rules.Finding) []int {
	if f.Members != nil {
		out := make([]int, len(f.Members))
		for i, p := range f.Members {
			out[i] = int(p)
		}
		return out
	}
	out := make([]int, len(f.Principals))
	for i := range f.Principals {
		out[i] = b.reference(keyOf(f.Principals[i]))
	}
	return out
}

// divisionTenants maps ids and unambiguous names of divisions to tenants.
func (b *builder) divisionTenants() map[string]string {
	out := map[string]string{}
	for d, div := range b.g.Divisions() {
		t := b.m.Tenants.Tenants[b.m.Tenants.OfDivision(uint32(d))].Name
		if _, shared := b.m.Tenants.Shared(uint32(d)); shared {
			t = ""
		}
		for _, name := range []string{div.Key.ID, div.Name} {
			if old, seen := out[name]; seen && old != t {
				t = ""
			}
			out[name] = t
		}
	}
	delete(out, "")
	return out
}

// tenantsOf finds the tenants of a finding: those of its principals and those
// that its facts name. Targets are those whose data is concerned.
func (b *builder) tenantsOf(f *rules.Finding, people []int, divisions map[string]string) (all, targets []string) {
	for i := range f.Principals {
		all = append(all, f.Principals[i].Tenant)
	}
	of := make([]bool, len(b.m.Tenants.Tenants))
	for _, p := range people {
		if p >= 0 {
			of[b.m.Tenants.Of(uint32(p)).Tenant] = true
		}
	}
	for i, has := range of {
		if has {
			all = append(all, b.m.Tenants.Tenants[i].Name)
		}
	}
	for i := range f.Evidence {
		for _, fl := range f.Evidence[i].Fields {
			names, isTarget := b.namedTenants(fl, divisions)
			all = append(all, names...)
			if isTarget {
				targets = append(targets, names...)
			}
		}
	}
	return distinct(all), distinct(targets)
}

func (b *builder) namedTenants(f rules.Field, divisions map[string]string) (names []string, target bool) {
	switch f.Name {
	case "target_tenant", "division_tenant", "to", "to_tenant":
		target = true
	case "tenant", "holder_tenant", "from", "from_tenant", "name_tenant", "tenants", "member_tenants":
	case "division":
		if t := divisions[f.Value]; t != "" {
			return []string{t}, true
		}
		return nil, false
	default:
		return nil, false
	}
	for _, part := range strings.Split(f.Value, ",") {
		if i, ok := b.m.Tenants.Find(strings.TrimSpace(part)); ok {
			names = append(names, b.m.Tenants.Tenants[i].Name)
		}
	}
	return names, target
}

func distinct(list []string) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(out)
	out = slices.Compact(out)
	if out == nil {
		out = []string{}
	}
	return out
}

func fact(e *rules.Evidence, of *Finding) Fact {
	f := Fact{Kind: e.Fact, Fields: e.Fields, Chains: []Chain{}}
	for i := range e.Reasons {
		f.Chains = append(f.Chains, chain(holderName(e.Fields, of), &e.Reasons[i]))
	}
	return f
}

func (b *builder) countRules() {
	at := map[string]int{}
	for i := range b.d.Findings {
		f := &b.d.Findings[i]
		n, ok := at[f.Rule]
		if !ok {
			n = len(b.d.Rules)
			at[f.Rule] = n
			b.d.Rules = append(b.d.Rules, RuleCount{Rule: f.Rule, Title: f.Title})
		}
		c := &b.d.Rules[n]
		c.Severity = max(c.Severity, f.Severity)
		c.Findings++
		c.Principals += f.Count
	}
	slices.SortFunc(b.d.Rules, func(x, y RuleCount) int {
		return cmp.Or(-cmp.Compare(x.Severity, y.Severity), -cmp.Compare(x.Findings, y.Findings), cmp.Compare(x.Rule, y.Rule))
	})
}

func (b *builder) countStatuses() {
	counts := map[string]int{}
	for i := range b.d.Findings {
		counts[b.d.Findings[i].Status]++
	}
	for name, n := range counts {
		b.d.Statuses = append(b.d.Statuses, Count{name, n})
	}
	slices.SortFunc(b.d.Statuses, func(x, y Count) int { return cmp.Compare(x.Name, y.Name) })
}
