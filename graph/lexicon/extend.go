package lexicon

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An Extension is what a configuration adds to the shipped data and takes out
// of it. The zero Extension changes nothing.
type Extension struct {
	Elevated       Change
	Administration Change
	Forbidden      Change
	Toxic          PairChange
	Carries        CarriesChange
	DivisionAware  AwareChange
	Verbs          VerbChange
	Aliases        AliasChange
	Escalations    EscalationChange
}

// An Entry is a permission pattern, and why it is listed. Parts of the pattern
// may end in "*".
type Entry struct {
	Permission string `json:"permission"`
	Reason     string `json:"reason,omitempty"`
}

// A Change adds entries to a list, then takes patterns out of it.
type Change struct {
	Add    []Entry  `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// A PairEntry is a toxic combination. Without a name it is called "a + b".
type PairEntry struct {
	Name   string `json:"name,omitempty"`
	A      string `json:"a"`
	B      string `json:"b"`
	Reason string `json:"reason"`
}

// A PairChange adds toxic combinations, and takes out others by name.
type PairChange struct {
	Add    []PairEntry `json:"add,omitempty"`
	Remove []string    `json:"remove,omitempty"`
}

// A CarriesEntry says what a permission carries, its class, or both.
type CarriesEntry struct {
	Permission string `json:"permission"`
	Carries    string `json:"carries,omitempty"`
	Class      string `json:"class,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

// A CarriesChange adds entries to what permissions carry, and takes out shipped
// ones.
type CarriesChange struct {
	Add    []CarriesEntry `json:"add,omitempty"`
	Remove []string       `json:"remove,omitempty"`
}

// An AwareEntry says whether divisions limit a permission that a catalogue lacks.
type AwareEntry struct {
	Permission string `json:"permission"`
	Aware      bool   `json:"aware"`
	Reason     string `json:"reason,omitempty"`
}

// An AwareChange adds entries about division awareness, and takes out shipped ones.
type AwareChange struct {
	Add    []AwareEntry `json:"add,omitempty"`
	Remove []string     `json:"remove,omitempty"`
}

// A VerbEntry is permissions of a verb; "*:*:listen" is an action everywhere. A
// verb that does not exist comes into being.
type VerbEntry struct {
	Verb        string   `json:"verb"`
	Permissions []string `json:"permissions"`
	Help        string   `json:"help,omitempty"`
}

// A VerbChange adds permissions to verbs, and takes out others.
type VerbChange struct {
	Add    []VerbEntry `json:"add,omitempty"`
	Remove []VerbEntry `json:"remove,omitempty"`
}

// An AliasEntry is a name that people write, and the permission that it means.
type AliasEntry struct {
	Name  string `json:"name"`
	Means string `json:"means"`
}

// An AliasChange adds names, and takes out shipped ones.
type AliasChange struct {
	Add    []AliasEntry `json:"add,omitempty"`
	Remove []string     `json:"remove,omitempty"`
}

const configured = "named in the configuration"

// Extend returns the lexicon with the changes applied; l stays as it is. What is
// added is added before anything is taken out. To take out what is not there is
// an error.
func (l *Lexicon) Extend(x Extension) (*Lexicon, error) {
	n := *l
	n.aliases = maps.Clone(l.aliases)
	steps := []struct {
		key string
		err error
	}{
		{"administration", n.administration.change(x.Administration)},
		{"elevated", n.changeElevated(x.Elevated)},
		{"forbidden", n.forbidden.change(x.Forbidden)},
		{"toxic", n.changeToxic(x.Toxic)},
		{"carries", n.changeCarries(x.Carries)},
		{"division_aware", n.changeAware(x.DivisionAware)},
		{"aliases", n.changeAliases(x.Aliases)},
		{"escalations", n.changeEscalations(x.Escalations)},
		{"verbs", n.changeVerbs(x.Administration, x.Verbs)},
	}
	for _, s := range steps {
		if s.err != nil {
			return nil, fmt.Errorf("extending %s: %w", s.key, s.err)
		}
	}
	return &n, nil
}

func (l *list) change(c Change) error {
	for _, e := range c.Add {
		f, err := parseFamily(e.Permission)
		if err != nil {
			return err
		}
		*l = l.with(f, cmp.Or(e.Reason, configured))
	}
	for _, name := range c.Remove {
		if err := l.remove(name); err != nil {
			return err
		}
	}
	return nil
}

// changeElevated changes the list of what is elevated. Administration is elevated
// whatever that list says, so that taking it out there would change nothing.
func (l *Lexicon) changeElevated(c Change) error {
	err := l.elevated.change(c)
	if !errors.Is(err, errNotListed) {
		return err
	}
	for _, name := range c.Remove {
		f, bad := parseFamily(name)
		if bad == nil && slices.ContainsFunc(l.administration.table, func(r row[bool]) bool { return r.value && r.family.overlaps(f) }) {
			return fmt.Errorf("%w: %s is administration, take it out there", err, f)
		}
	}
	return err
}

func (l *list) remove(name string) error {
	f, err := parseFamily(name)
	if err != nil {
		return err
	}
	n, err := l.without(f)
	if err != nil {
		return fmt.Errorf("removing %s: %w", f, err)
	}
	*l = n
	return nil
}

func (l *Lexicon) changeToxic(c PairChange) error {
	l.toxic = slices.Clone(l.toxic)
	for _, e := range c.Add {
		p, err := newPair(e.Name, e.A, e.B, cmp.Or(e.Reason, configured))
		if err != nil {
			return err
		}
		l.toxic = slices.DeleteFunc(l.toxic, func(o Pair) bool { return o.Name == p.Name })
		l.toxic = append(l.toxic, p)
	}
	for _, name := range c.Remove {
		n := len(l.toxic)
		l.toxic = slices.DeleteFunc(l.toxic, func(o Pair) bool { return o.Name == name })
		if len(l.toxic) == n {
			return fmt.Errorf("removing %q: no pair has that name", name)
		}
	}
	slices.SortFunc(l.toxic, func(a, b Pair) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

func (l *Lexicon) changeCarries(c CarriesChange) error {
	for _, e := range c.Add {
		if err := l.addCarries(e); err != nil {
			return err
		}
	}
	return removeRows(&l.carries, c.Remove)
}

func (l *Lexicon) addCarries(e CarriesEntry) error {
	f, err := parseFamily(e.Permission)
	if err != nil {
		return err
	}
	reason := cmp.Or(e.Reason, configured)
	switch e.Carries {
	case "":
		if e.Class == "" {
			return fmt.Errorf("%s says neither what it carries nor its class", f)
		}
	case CarriesTenant, CarriesOrganization:
		l.carries = l.carries.add(row[string]{f, e.Carries, reason})
	default:
		return fmt.Errorf("%s carries %q: want %s or %s", f, e.Carries, CarriesTenant, CarriesOrganization)
	}
	if e.Class == "" {
		return nil
	}
	if !slices.Contains(Classes(), e.Class) {
		return fmt.Errorf("%s has the class %q: want one of %v", f, e.Class, Classes())
	}
	l.classes = l.classes.add(row[string]{f, e.Class, reason})
	l.reclass(row[string]{f, e.Class, reason})
	return nil
}

func (l *Lexicon) changeAware(c AwareChange) error {
	for _, e := range c.Add {
		f, err := parseFamily(e.Permission)
		if err != nil {
			return err
		}
		l.aware = l.aware.add(row[bool]{f, e.Aware, cmp.Or(e.Reason, configured)})
	}
	return removeRows(&l.aware, c.Remove)
}

// removeRows takes out the rows within each pattern, so that the table is silent
// about them. A row wider than the pattern cannot be taken out in part: an entry
// to the contrary is what is wanted then.
func removeRows[T any](t *table[T], names []string) error {
	for _, name := range names {
		f, err := parseFamily(name)
		if err != nil {
			return err
		}
		kept := slices.DeleteFunc(slices.Clone(*t), func(r row[T]) bool { return r.family.within(f) })
		if len(kept) == len(*t) {
			return fmt.Errorf("removing %s: %w", f, errNotListed)
		}
		*t = kept
	}
	return nil
}

func (l *Lexicon) changeAliases(c AliasChange) error {
	for _, e := range c.Add {
		if err := l.alias(e.Name, e.Means); err != nil {
			return err
		}
	}
	for _, name := range c.Remove {
		p, err := authz.ParsePattern(name)
		if err != nil {
			return err
		}
		if _, ok := l.aliases[p]; !ok {
			return fmt.Errorf("removing %q: no alias has that name", name)
		}
		delete(l.aliases, p)
	}
	return nil
}
