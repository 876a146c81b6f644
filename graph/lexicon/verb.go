package lexicon

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Verb is a word of a question ("who can see BPO_B") and the permissions that
// it covers.
type Verb struct {
	Name string
	Help string

	list list
	// open verbs cover what no entry speaks of: an action that this version does
	// not know may do anything.
	open bool
}

// Covers reports whether the verb covers p. A wildcard is covered if the verb
// covers anything that it could stand for.
func (v Verb) Covers(p authz.Pattern) bool {
	if p == (authz.Pattern{}) {
		return false
	}
	if v.open && (p == authz.Admin || action(p) == "*") {
		return true
	}
	if _, ok := v.list.reason(p); ok {
		return true
	}
	_, known := v.list.best(p)
	return v.open && !known
}

// Verbs returns the names of the verbs, in the order in which help lists them.
func (l *Lexicon) Verbs() []string {
	names := make([]string, len(l.verbs))
	for i, v := range l.verbs {
		names[i] = v.Name
	}
	return names
}

// Verb returns the verb of that name; case does not matter.
func (l *Lexicon) Verb(name string) (Verb, bool) {
	i := slices.IndexFunc(l.verbs, func(v Verb) bool { return v.Name == authz.Fold(name) })
	if i < 0 {
		return Verb{}, false
	}
	return l.verbs[i], true
}

// Data is a kind of data that a question can be narrowed to (--data).
type Data struct {
	Name string
	Help string

	list    list
	classes []string // the classes that it follows
	verb    string   // the verb that it follows
}

// Covers reports whether p shows or changes such data. A wildcard does if
// anything that it could stand for does.
func (d Data) Covers(p authz.Pattern) bool {
	_, ok := d.list.reason(p)
	return ok
}

// DataNames returns the names of the kinds of data, in the order in which help
// lists them.
func (l *Lexicon) DataNames() []string {
	names := make([]string, len(l.data))
	for i, d := range l.data {
		names[i] = d.Name
	}
	return names
}

// Data returns the kind of data of that name; case does not matter.
func (l *Lexicon) Data(name string) (Data, bool) {
	i := slices.IndexFunc(l.data, func(d Data) bool { return d.Name == authz.Fold(name) })
	if i < 0 {
		return Data{}, false
	}
	d := l.data[i]
	if v, ok := l.Verb(d.verb); ok {
		d.list = v.list
	}
	return d, true
}
