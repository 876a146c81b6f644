package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
)

// A fact is one kind of thing that rules speak of. Its table of fields is the
// only source: expressions are checked against it, rows are read through it, and
// its documentation is printed from it.
type fact struct {
	name, doc string
	fields    []field
	selectors []selector
	// rows yields what a query selects, in a fixed order. The row is valid only
	// during the call.
	rows func(x *index, q *query, visit func(row any) error) error
	// members are the principals that a row concerns; the slice is not changed
	// and not kept.
	members func(x *index, row any) []uint32
	// records are what a row is about where it is not about principals.
	records func(x *index, row any) []record
	// causes are the role assignments that the row rests on; nil for facts that
	// rest on none.
	causes func(x *index, row any, add func(cause))
	// causing tells the causes of rows apart; nil: they are always read.
	causing func(x *index, row any) shape
	// tenant is what in_tenant asks: the tenant that the row belongs to.
	tenant func(x *index, row any) string
	org    func(x *index, row any) string
	// reasons returns derivations to show as evidence; nil: none.
	reasons func(x *index, row any, limit int) []analyzer.ExplainedReason
	// group lets several rules share one pass over the graph.
	group func(x *index, jobs []*job) error
}

// A cause is a role granted in a division.
type cause struct{ role, division uint32 }

// A record is what a finding is about, with the organization that it lives in.
type record struct {
	org string
	analyzer.TargetRef
}

type fieldType uint8

const (
	isText fieldType = iota
	isFlag
	isNumber
	isTexts
	isMoment
	isSpan
)

func (t fieldType) String() string {
	return [...]string{"string", "bool", "int", "list(string)", "timestamp", "duration"}[t]
}

// A field is one column of a fact.
type field struct {
	name string
	typ  fieldType
	doc  string
	get  func(x *index, row any) any
	// text is what get returns, of texts; nil of others.
	text func(x *index, row any) string
	// id is what tells two values apart in fingerprints, where that is not the
	// value itself: ids stay, names change. id is nil otherwise.
	id func(x *index, row any) string
	// token is a number that two rows share only if they have the same value; nil
	// where a value has none.
	token func(x *index, row any) uint64
	// key is the token of what identity returns, for fields that many rows are told
	// apart by; nil where it is worked out.
	key func(x *index, row any) uint64
	// all yields every value where a row stands for several; nil otherwise.
	all func(x *index, row any, yield func(string))
	// list tells lists of values apart, so that one that comes again and again is
	// read once; nil where all is.
	list func(row any) *uint32
}

func text[R any](name, doc string, get func(x *index, r *R) string) field {
	return field{
		name: name, typ: isText, doc: doc, get: func(x *index, r any) any { return get(x, r.(*R)) },
		text: func(x *index, r any) string { return get(x, r.(*R)) },
	}
}

// named is a text field whose value is a name; id gives what stands in fingerprints.
func named[R any](name, doc string, get, id func(x *index, r *R) string) field {
	f := text(name, doc, get)
	f.id = func(x *index, r any) string { return id(x, r.(*R)) }
	return f
}

func flag[R any](name, doc string, get func(x *index, r *R) bool) field {
	return field{name: name, typ: isFlag, doc: doc, get: func(x *index, r any) any { return get(x, r.(*R)) }, token: func(x *index, r any) uint64 {
		if get(x, r.(*R)) {
			return 1
		}
		return 0
	}}
}

func number[R any](name, doc string, get func(x *index, r *R) int) field {
	return field{
		name: name, typ: isNumber, doc: doc, get: func(x *index, r any) any { return int64(get(x, r.(*R))) },
		token: func(x *index, r any) uint64 { return uint64(get(x, r.(*R))) },
	}
}

func texts[R any](name, doc string, get func(x *index, r *R) []string) field {
	return field{name: name, typ: isTexts, doc: doc, get: func(x *index, r any) any { return get(x, r.(*R)) }}
}

// by gives a field its token.
func by[R any](f field, token func(x *index, r *R) uint64) field {
	f.token = func(x *index, r any) uint64 { return token(x, r.(*R)) }
	return f
}

// keyed gives a field the token of its identity.
func keyed[R any](f field, key func(r *R, x *index) uint64) field {
	f.key = func(x *index, r any) uint64 { return key(r.(*R), x) }
	return f
}

// nodes is a list of names of groups, teams or principals; their ids stand in fingerprints.
func nodes[R any](name, doc string, get func(x *index, r *R) []uint32) field {
	each := func(name func(x *index, n uint32) string) func(x *index, r *R) []string {
		return func(x *index, r *R) []string {
			var out []string
			for _, n := range get(x, r) {
				out = append(out, name(x, n))
			}
			slices.Sort(out)
			return out
		}
	}
	ids := each(func(x *index, n uint32) string { return x.g.NodeKey(n).ID })
	f := texts(name, doc, each(func(x *index, n uint32) string { return x.g.NodeName(n) }))
	f.id = func(x *index, r any) string { return strings.Join(ids(x, r.(*R)), ",") }
	return f
}

func moment[R any](name, doc string, get func(x *index, r *R) time.Time) field {
	return field{name: name, typ: isMoment, doc: doc, get: func(x *index, r any) any { return get(x, r.(*R)) }}
}

func span[R any](name, doc string, get func(x *index, r *R) time.Duration) field {
	return field{
		name: name, typ: isSpan, doc: doc, get: func(x *index, r any) any { return get(x, r.(*R)) },
		token: func(x *index, r any) uint64 { return uint64(get(x, r.(*R))) },
	}
}

func (f *fact) field(name string) *field {
	i := slices.IndexFunc(f.fields, func(c field) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &f.fields[i]
}

func (f *fact) fieldNames() []string {
	out := make([]string, len(f.fields))
	for i := range f.fields {
		out[i] = f.fields[i].name
	}
	slices.Sort(out)
	return out
}

func (f *fact) selector(name string) *selector {
	i := slices.IndexFunc(f.selectors, func(s selector) bool { return s.name == name })
	if i < 0 {
		return nil
	}
	return &f.selectors[i]
}

func (f *fact) selectorNames() []string {
	out := make([]string, len(f.selectors))
	for i := range f.selectors {
		out[i] = f.selectors[i].name
	}
	slices.Sort(out)
	return out
}

// factTable returns the facts that rules can use, in the order of documentation.
func factTable() []*fact {
	return []*fact{
		principalFact(), grantFact(), roleFact(), accessFact(), reachFact(), resourceFact(),
		clientFact(), trustFact(), coverageFact(), exceptionFact(), groupFact(), policyFact(), pairFact(),
		reportFact(), logFact(), changeFact(), unknownFact(), organizationFact(), escalationFact(), chokeFact(),
	}
}

// plannedFacts are those that the format knows and this version cannot compute.
func plannedFacts() []string { return []string{"engage"} }

// A FactDoc describes a kind of fact.
type FactDoc struct {
	Name      string        `json:"name"`
	Doc       string        `json:"doc"`
	Fields    []FieldDoc    `json:"fields"`
	Selectors []SelectorDoc `json:"selectors"`
}

// A FieldDoc describes a field of a fact.
type FieldDoc struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Doc  string `json:"doc"`
}

// A SelectorDoc describes a selector of a fact.
type SelectorDoc struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // words it takes; empty: see Doc
	Doc    string   `json:"doc"`
}

// Facts returns the documentation of every fact that rules can use.
func Facts() []FactDoc {
	var out []FactDoc
	for _, f := range factTable() {
		d := FactDoc{Name: f.name, Doc: f.doc, Selectors: []SelectorDoc{}}
		for _, c := range f.fields {
			d.Fields = append(d.Fields, FieldDoc{Name: c.name, Type: c.typ.String(), Doc: c.doc})
		}
		for _, s := range f.selectors {
			d.Selectors = append(d.Selectors, SelectorDoc{Name: s.name, Values: slices.Clone(s.allowed()), Doc: s.doc})
		}
		out = append(out, d)
	}
	return out
}

// FunctionDoc describes a function that expressions can call.
type FunctionDoc struct {
	Signature string `json:"signature"`
	Doc       string `json:"doc"`
}

// Functions returns the documentation of what expressions can call beside CEL's
// own functions.
func Functions() []FunctionDoc {
	return []FunctionDoc{
		{"matches_permission(permission, pattern)", "whether a pattern such as \"routing:queue:*\" covers a permission"},
		{"age(t)", "how long ago a moment was, measured from the audit's now; ask first whether it is known"},
		{"in_tenant(fact, name)", "whether what the fact is about belongs to the tenant of that name"},
		{"matches_regexp(text, expression)", "whether a regular expression matches somewhere in a text; faster than CEL's own matches where the expression is a parameter"},
		{"holds(principal, pattern)", "whether the principal (or OAuth client) holds a permission that the pattern covers, anywhere; of a list of patterns, one is enough"},
		{"holds_whole(principal, pattern)", "the same, of one pattern, for what no scope or condition narrows"},
	}
}

func joinWords(words []string) string { return strings.Join(words, ", ") }
