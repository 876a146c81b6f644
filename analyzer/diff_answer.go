package analyzer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A DiffAnswer says what access was gained, lost and changed between two
// snapshots, and why.
type DiffAnswer struct {
	Head
	Old SnapshotRef `json:"old"`
	New SnapshotRef `json:"new"`
	// Form is "rows" if the lists spell every cell out, or "factored" if Blocks do.
	Form    string      `json:"form"`
	Totals  DiffTotals  `json:"totals"`
	Causes  []DiffCause `json:"causes"`
	Gained  []DiffRow   `json:"gained"`
	Lost    []DiffRow   `json:"lost"`
	Changed []DiffRow   `json:"changed"`
	Blocks  []DiffBlock `json:"blocks,omitempty"`
	Records DiffRecords `json:"records"`
}

// DiffTotals count cells (principal, permission, division) and principals.
type DiffTotals struct {
	Principals int `json:"principals"`
	Gained     int `json:"gained"`
	Lost       int `json:"lost"`
	Changed    int `json:"changed"`
	// CrossTenant is the number of principals that gained, or widened, reach
	// into another tenant that nothing allows; External of those that belong to
	// an external tenant.
	CrossTenant int `json:"cross_tenant"`
	External    int `json:"cross_tenant_external"`
}

// DiffRecords count the records that came, went and were changed, by kind.
type DiffRecords struct {
	Added   map[string]int `json:"added"`
	Removed map[string]int `json:"removed"`
	Changed map[string]int `json:"changed"`
}

// A DiffReach is a reach in a row that changed.
type DiffReach struct {
	Reach      graph.Level `json:"reach"`
	Resources  []string    `json:"resources,omitempty"`
	Unresolved bool        `json:"unresolved"`
}

// A DiffRow is one permission over one division that a principal gained, lost
// or has another reach of.
type DiffRow struct {
	Principal  PrincipalRef `json:"principal"`
	Permission string       `json:"permission"`
	// Division is "*" for every division there is and will be; one without an id
	// stands for the divisions to come alone.
	Division Named `json:"division"`
	// Reach is what was gained or lost; of a changed row it is what it is now.
	DiffReach
	// From and To are set in a changed row.
	From *DiffReach `json:"from,omitempty"`
	To   *DiffReach `json:"to,omitempty"`
	// Into are the other tenants whose data it is, where nothing shares or allows it.
	Into  []string `json:"into,omitempty"`
	Cause CauseRef `json:"cause"`
}

// A CauseRef says why access differs.
type CauseRef struct {
	Kind graph.CauseKind `json:"kind"`
	// Kinds are those of "several".
	Kinds   []graph.CauseKind `json:"kinds,omitempty"`
	Text    string            `json:"text"`
	Records []TargetRef       `json:"records"`
	// Ways are the sets of changes of which each alone is enough, the smallest
	// first; they are left out where one change is the only way.
	Ways []CauseWay `json:"ways,omitempty"`
}

// A CauseWay is changes that together are enough.
type CauseWay struct {
	Text    string      `json:"text"`
	Records []TargetRef `json:"records"`
}

// A DiffCause is one cause with all that it did: a change that alone is enough, or
// changes that are together where no single one is. What several causes did, each
// alone, is told with each.
type DiffCause struct {
	Way   string   `json:"way"` // gained, lost or changed
	Cause CauseRef `json:"cause"`
	// Principals is their number, External that of external tenants' among them.
	Principals int `json:"principals"`
	External   int `json:"external"`
	// CrossTenant is the number of principals of which some of it is another
	// tenant's, CrossTenantExternal that of external tenants' among them.
	CrossTenant         int `json:"cross_tenant"`
	CrossTenantExternal int `json:"cross_tenant_external"`
	Cells               int `json:"cells"`
	// Also is how many of the cells came about in another way as well.
	Also int `json:"also"`
	// Access is what it is about, by reach: of all principals together.
	Access []DiffAccess `json:"access"`
	// First are some of the principals, the worst first.
	First []PrincipalRef `json:"first"`
}

// DiffAccess is what some principals gained, lost or have another reach of.
type DiffAccess struct {
	From graph.Level `json:"from"`
	To   graph.Level `json:"to"`
	// Permissions and Divisions are those of all the principals: not each of them
	// has each permission over each division.
	Permissions []string `json:"permissions"`
	Divisions   []Named  `json:"divisions"`
}

// A DiffBlock is principals with the same differences.
type DiffBlock struct {
	Principals []PrincipalRef    `json:"principals"`
	Changes    []DiffBlockChange `json:"changes"`
}

// A DiffBlockChange is permissions × divisions with the same change.
type DiffBlockChange struct {
	Way         string    `json:"way"`
	Permissions []string  `json:"permissions"`
	Divisions   []Named   `json:"divisions"`
	From        DiffReach `json:"from"`
	To          DiffReach `json:"to"`
	Cause       CauseRef  `json:"cause"`
}

func (r *DiffRow) reaches(p graph.Pair, x graph.Change) {
	from, to := reachRef(p, x.From), reachRef(p, x.To)
	switch wayOf(x) {
	case WayGained:
		r.DiffReach = to
	case WayLost:
		r.DiffReach = from
	default:
		r.DiffReach, r.From, r.To = to, &from, &to
	}
}

func reachRef(p graph.Pair, e graph.Extended) DiffReach {
	out := DiffReach{Reach: e.Level, Unresolved: e.Unresolved}
	for _, k := range e.Things {
		out.Resources = append(out.Resources, k.String())
	}
	if e.Self {
		out.Resources = append(out.Resources, p.Key.String())
	}
	slices.Sort(out.Resources)
	return out
}

func compareRows(x, y DiffRow) int {
	return cmp.Or(strings.Compare(x.Permission, y.Permission), strings.Compare(x.Division.Name, y.Division.Name), strings.Compare(x.Division.ID, y.Division.ID))
}

// compareMembers orders principals as answers do.
func (c *Comparison) compareMembers(x, y graph.Pair) int {
	return cmp.Or(strings.Compare(x.Key.Org, y.Key.Org), strings.Compare(x.Key.Kind.String(), y.Key.Kind.String()),
		strings.Compare(c.name(x), c.name(y)), strings.Compare(x.Key.ID, y.Key.ID))
}

func (c *Comparison) name(p graph.Pair) string {
	if p.New != graph.NoPrincipal {
		return c.New.Graph.Principal(p.New).Name
	}
	return c.Old.Graph.Principal(p.Old).Name
}

// mostRows is how many rows an answer spells out unless it must.
const mostRows = 50_000

// Answer makes the document of a comparison. Form is "rows", "factored" or, for
// what fits, "auto".
func (c *Comparison) Answer(form string) *DiffAnswer {
	a := &DiffAnswer{
		Head: c.head("diff"), Old: c.Old.Head("diff", QuestionAccess, "").Snapshot, New: c.New.Head("diff", QuestionAccess, "").Snapshot,
		Gained: []DiffRow{}, Lost: []DiffRow{}, Changed: []DiffRow{}, Form: form, Records: recordsRef(c.Graph.Records()),
	}
	a.Totals, a.Causes = c.summary()
	if form == "auto" {
		a.Form = "rows"
		if a.Totals.Gained+a.Totals.Lost+a.Totals.Changed > mostRows {
			a.Form = "factored"
		}
	}
	return a
}

// Fill spells the differences out in the form of the answer.
func (c *Comparison) Fill(a *DiffAnswer) {
	if a.Form == "factored" {
		a.Blocks = c.factored()
		return
	}
	a.Gained = append(a.Gained, slices.Collect(c.Rows(WayGained))...)
	a.Lost = append(a.Lost, slices.Collect(c.Rows(WayLost))...)
	a.Changed = append(a.Changed, slices.Collect(c.Rows(WayChanged))...)
}

// head is that of the new snapshot, with what the old one lacks.
func (c *Comparison) head(schema string) Head {
	h := c.New.Head(schema, QuestionAccess, "")
	h.Undetermined = c.New.undetermined(c.New.Graph.AllUndetermined())
	old := c.Old.Head(schema, QuestionAccess, "")
	for _, g := range old.Coverage.Gaps {
		g.Reason = oldText + g.Reason
		h.Coverage.Gaps = append(h.Coverage.Gaps, g)
	}
	h.Coverage.Complete = len(h.Coverage.Gaps) == 0
	for _, u := range c.Old.undetermined(c.Old.Graph.AllUndetermined()) {
		if !slices.Contains(h.Undetermined, u) {
			u.Why = oldText + u.Why
			h.Undetermined = append(h.Undetermined, u)
		}
	}
	for _, n := range old.Notes {
		if !slices.Contains(h.Notes, n) {
			h.Notes = append(h.Notes, oldText+n)
		}
	}
	return h
}

const oldText = "in the old snapshot: "

func recordsRef(c graph.RecordCounts) DiffRecords {
	of := func(m map[authz.Kind]int) map[string]int {
		out := map[string]int{}
		for k, n := range m {
			out[k.String()] = n
		}
		return out
	}
	return DiffRecords{Added: of(c.Added), Removed: of(c.Removed), Changed: of(c.Changed)}
}

// factored spells the differences out by blocks of equal principals.
func (c *Comparison) factored() []DiffBlock {
	out := []DiffBlock{}
	for _, b := range c.Graph.Blocks {
		var d DiffBlock
		for _, p := range b.Members {
			d.Principals = append(d.Principals, c.Ref(p))
		}
		for _, x := range b.Changes {
			d.Changes = append(d.Changes, DiffBlockChange{
				Way: wayOf(x), Permissions: c.permissionNames(b.Org, x.Permissions), Divisions: c.divisionsRef(b.Org, x),
				From: reachRef(symbolic(b), x.From), To: reachRef(symbolic(b), x.To), Cause: c.cause(symbolic(b), x),
			})
		}
		out = append(out, d)
	}
	return out
}

// symbolic stands for any member of a block, unless it has but one.
func symbolic(b graph.Block) graph.Pair {
	if len(b.Members) == 1 {
		return b.Members[0]
	}
	p := b.Members[0]
	p.Key.ID = "self"
	return p
}

func (c *Comparison) permissionNames(org string, set graph.Set) []string {
	var out []string
	for id := range set.All() {
		out = append(out, c.Graph.Permissions(org)[id].Name)
	}
	slices.Sort(out)
	return out
}

func (c *Comparison) divisionsRef(org string, x graph.Change) []Named {
	if x.Every && c.everywhere(org, x) {
		return []Named{{ID: authz.AllDivisions, Name: "all divisions"}}
	}
	return c.divisionNames(x.Divisions, x.Every)
}

func (c *Comparison) divisionNames(divs graph.Set, toCome bool) []Named {
	out := []Named{}
	for d := range divs.All() {
		out = append(out, c.places[d].named)
	}
	if toCome {
		out = append(out, Named{Name: "divisions to come"})
	}
	return out
}
