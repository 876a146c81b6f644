package lexicon

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// VerbAdminister is the verb that covers the list of administration.
const VerbAdminister = "administer"

// changeVerbs applies the changes of verbs, and those of the list of
// administration to the verb that stands for it.
func (l *Lexicon) changeVerbs(admin Change, c VerbChange) error {
	l.verbs, l.data = slices.Clone(l.verbs), slices.Clone(l.data)
	if i := l.verbIndex(VerbAdminister); i >= 0 {
		if err := l.verbs[i].list.change(admin); err != nil {
			return err
		}
	}
	for _, e := range c.Add {
		i := l.verbIndex(e.Verb)
		if i < 0 {
			l.verbs = append(l.verbs, Verb{Name: authz.Fold(e.Verb), Help: e.Help})
			i = len(l.verbs) - 1
		}
		for _, name := range e.Permissions {
			if err := l.verbs[i].list.change(Change{Add: []Entry{{Permission: name}}}); err != nil {
				return err
			}
		}
	}
	for _, e := range c.Remove {
		i := l.verbIndex(e.Verb)
		if i < 0 {
			return fmt.Errorf("removing from %q: there is no such verb", e.Verb)
		}
		for _, name := range e.Permissions {
			if err := l.verbs[i].exclude(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Lexicon) verbIndex(name string) int {
	return slices.IndexFunc(l.verbs, func(v Verb) bool { return v.Name == authz.Fold(name) })
}

// exclude takes a pattern out of the verb. An open verb covers what nothing
// names, so that there is always something to take out.
func (v *Verb) exclude(name string) error {
	if !v.open {
		return v.list.remove(name)
	}
	f, err := parseFamily(name)
	if err != nil {
		return err
	}
	if n, err := v.list.without(f); err == nil {
		v.list = n
		return nil
	}
	v.list = list{v.list.add(row[bool]{f, false, configured})}
	return nil
}

// reclass tells the kinds of data that follow classes of a new row.
func (l *Lexicon) reclass(r row[string]) {
	l.data = slices.Clone(l.data)
	for i, d := range l.data {
		if len(d.classes) > 0 {
			in := slices.Contains(d.classes, r.value)
			l.data[i].list = list{d.list.add(row[bool]{r.family, in, r.reason})}
		}
	}
}
