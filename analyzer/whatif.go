package analyzer

import (
	"slices"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A WhatIfAnswer says what some changes would do before they are made.
type WhatIfAnswer struct {
	Head
	Changes []ChangeRef `json:"changes"`
	Form    string      `json:"form"`
	Totals  DiffTotals  `json:"totals"`
	Causes  []DiffCause `json:"causes"`
	Gained  []DiffRow   `json:"gained"`
	Lost    []DiffRow   `json:"lost"`
	Changed []DiffRow   `json:"changed"`
	Blocks  []DiffBlock `json:"blocks,omitempty"`
	// NewReach is what principals would gain of other tenants' data that nothing
	// shares or allows.
	NewReach []NewReach `json:"new_reach"`
}

// A ChangeRef is a change as answers show it.
type ChangeRef struct {
	Kind   change.Kind `json:"kind"`
	Record TargetRef   `json:"record"`
	ID     string      `json:"id"`
	Text   string      `json:"text"`
}

// A NewReach is a principal's new reach into one other tenant.
type NewReach struct {
	From        string       `json:"from"`
	To          string       `json:"to"`
	Principal   PrincipalRef `json:"principal"`
	Reach       graph.Level  `json:"reach"` // the widest
	Permissions []string     `json:"permissions"`
	Divisions   []Named      `json:"divisions"`
	Cause       CauseRef     `json:"cause"` // of the first permission
}

// After returns the model of a source after some changes, with what this model
// was made with. The source must be the one that this model was built from.
func (m *Model) After(src graph.Source, list []change.Change) (*Model, error) {
	resolve := func(name string) (authz.Pattern, error) { return m.Pattern(name) }
	return Build(change.Overlay(src, list, resolve), m.options)
}

// WhatIf says what changes do: the comparison is one of a model and the same
// after them.
func (c *Comparison) WhatIf(list []change.Change, form string) *WhatIfAnswer {
	d := c.Answer(form)
	a := &WhatIfAnswer{
		Head: c.Old.Head("whatif", QuestionAccess, ""), Form: d.Form, Totals: d.Totals, Causes: d.Causes,
		Gained: []DiffRow{}, Lost: []DiffRow{}, Changed: []DiffRow{}, Changes: []ChangeRef{}, NewReach: c.newReach(),
	}
	a.Undetermined = c.Old.undetermined(c.Old.Graph.AllUndetermined())
	for _, u := range c.New.undetermined(c.New.Graph.AllUndetermined()) {
		if !slices.Contains(a.Undetermined, u) {
			u.Why = "after the changes: " + u.Why
			a.Undetermined = append(a.Undetermined, u)
		}
	}
	for _, x := range list {
		a.Changes = append(a.Changes, ChangeRef{
			Kind: x.Kind, ID: x.ID(), Text: c.Old.changeText(x),
			Record: TargetRef{Kind: x.Record.Kind, ID: x.Record.ID, Name: c.recordName(x.Record)},
		})
	}
	return a
}

// FillWhatIf spells the differences out in the form of the answer.
func (c *Comparison) FillWhatIf(a *WhatIfAnswer) {
	d := &DiffAnswer{Form: a.Form, Gained: a.Gained, Lost: a.Lost, Changed: a.Changed}
	c.Fill(d)
	a.Gained, a.Lost, a.Changed, a.Blocks = d.Gained, d.Lost, d.Changed, d.Blocks
}

// newReach gathers what principals gained, or have a wider reach of, of other
// tenants' data, by principal and tenant.
func (c *Comparison) newReach() []NewReach {
	out := []NewReach{}
	for _, p := range c.members() {
		b := c.Graph.Blocks[p.block]
		from, _ := c.tenantOf(p.Pair)
		at := map[string]int{}
		first := len(out)
		for _, x := range b.Changes {
			if !widens(x) {
				continue
			}
			perms := x.Permissions.Clone()
			perms.And(c.carriers(b.Org))
			for id := range perms.All() {
				c.addReach(&out, at, p.Pair, from, id, x)
			}
		}
		for i := first; i < len(out); i++ {
			slices.Sort(out[i].Permissions)
			slices.SortFunc(out[i].Divisions, func(x, y Named) int { return compareNamed(x, y) })
		}
		slices.SortFunc(out[first:], func(x, y NewReach) int { return compareText(x.To, y.To) })
	}
	return out
}

func (c *Comparison) addReach(out *[]NewReach, at map[string]int, p graph.Pair, from string, id uint32, x graph.Change) {
	perm := c.Graph.Permissions(p.Key.Org)[id]
	for d := range x.Divisions.All() {
		to := c.into(p, from, perm, d)
		if to == "" {
			continue
		}
		i, ok := at[to]
		if !ok {
			i = len(*out)
			at[to] = i
			*out = append(*out, NewReach{From: from, To: to, Principal: c.Ref(p), Cause: c.cause(p, x)})
		}
		r := &(*out)[i]
		r.Reach = max(r.Reach, x.To.Level)
		if !slices.Contains(r.Permissions, perm.Name) {
			r.Permissions = append(r.Permissions, perm.Name)
		}
		if !slices.Contains(r.Divisions, c.places[d].named) {
			r.Divisions = append(r.Divisions, c.places[d].named)
		}
	}
}
