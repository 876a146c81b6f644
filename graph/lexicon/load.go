package lexicon

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/grantgraph/grantgraph/graph/authz"
)

//go:embed data/*.yaml
var files embed.FS

// A group is several permissions with one reason.
type group struct {
	Permissions []string `yaml:"permissions"`
	Reason      string   `yaml:"reason"`
}

type aliasFile struct {
	Names []string `yaml:"names"`
	Means string   `yaml:"means"`
}

type awareFile struct {
	DivisionAware []group `yaml:"division_aware"`
	Organization  []group `yaml:"organization_wide"`
}

type carriesFile struct {
	Tenant       []group `yaml:"tenant"`
	Organization []group `yaml:"organization"`
}

type aboutFile struct {
	About       []string `yaml:"about"`
	Permissions []string `yaml:"permissions"`
	Reason      string   `yaml:"reason"`
}

type verbFile struct {
	Name    string   `yaml:"name"`
	Help    string   `yaml:"help"`
	Open    bool     `yaml:"open"`
	Actions []string `yaml:"actions"`
	Not     []string `yaml:"not"`
	Also    []group  `yaml:"also"`
	// List takes the entries from another list.
	List string `yaml:"list"`
}

type dataFile struct {
	Name    string   `yaml:"name"`
	Help    string   `yaml:"help"`
	Classes []string `yaml:"classes"`
	Also    []group  `yaml:"also"`
	Verb    string   `yaml:"verb"`
}

type pairFile struct {
	Name   string `yaml:"name"`
	A      string `yaml:"a"`
	B      string `yaml:"b"`
	Reason string `yaml:"reason"`
}

type needFile struct {
	Name   string `yaml:"name"`
	Holds  string `yaml:"holds"`
	Needs  string `yaml:"needs"`
	Shared bool   `yaml:"shared"`
	Reason string `yaml:"reason"`
}

// load reads the embedded files.
func load() (*Lexicon, error) {
	l := &Lexicon{}
	steps := []func() error{
		l.loadAliases, l.loadAware, l.loadClasses, l.loadCarries, l.loadAbout, l.loadLists,
		l.loadVerbs, l.loadData, l.loadToxic, l.loadNeeds, l.loadEscalations, l.loadPersonas,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// read decodes one embedded file, strictly.
func read(name string, into any) error {
	text, err := files.ReadFile("data/" + name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

// rows puts each permission of the groups into a table.
func rows[T any](t *table[T], file string, groups []group, value T) error {
	for _, g := range groups {
		if g.Reason == "" || len(g.Permissions) == 0 {
			return fmt.Errorf("reading %s: an entry %v lacks its reason or its permissions", file, g.Permissions)
		}
		for _, name := range g.Permissions {
			f, err := parseFamily(name)
			if err != nil {
				return fmt.Errorf("reading %s: %w", file, err)
			}
			*t = append(*t, row[T]{f, value, g.Reason})
		}
	}
	return nil
}

func (l *Lexicon) loadAliases() error {
	var in []aliasFile
	if err := read("aliases.yaml", &in); err != nil {
		return err
	}
	l.aliases = map[authz.Pattern]authz.Pattern{}
	for _, a := range in {
		for _, name := range a.Names {
			if err := l.alias(name, a.Means); err != nil {
				return fmt.Errorf("reading aliases.yaml: %w", err)
			}
		}
	}
	return nil
}

func (l *Lexicon) alias(name, means string) error {
	from, err := authz.ParsePattern(name)
	if err != nil {
		return err
	}
	to, err := authz.ParsePattern(means)
	if err != nil {
		return err
	}
	l.aliases[from] = to
	return nil
}

func (l *Lexicon) loadAware() error {
	var in awareFile
	if err := read("aware.yaml", &in); err != nil {
		return err
	}
	return cmp.Or(rows(&l.aware, "aware.yaml", in.DivisionAware, true), rows(&l.aware, "aware.yaml", in.Organization, false))
}

func (l *Lexicon) loadClasses() error {
	var in map[string][]group
	if err := read("classes.yaml", &in); err != nil {
		return err
	}
	for _, c := range Classes() {
		if err := rows(&l.classes, "classes.yaml", in[c], c); err != nil {
			return err
		}
		delete(in, c)
	}
	if len(in) > 0 {
		return errors.New("reading classes.yaml: a class is none of those that exist")
	}
	return nil
}

func (l *Lexicon) loadCarries() error {
	var in carriesFile
	if err := read("carries.yaml", &in); err != nil {
		return err
	}
	return cmp.Or(rows(&l.carries, "carries.yaml", in.Tenant, CarriesTenant),
		rows(&l.carries, "carries.yaml", in.Organization, CarriesOrganization))
}

func (l *Lexicon) loadAbout() error {
	var in []aboutFile
	if err := read("about.yaml", &in); err != nil {
		return err
	}
	kinds := map[string]About{"queues": Queues, "users": Users, "flows": Flows, "other": Other}
	for _, a := range in {
		var set About
		for _, name := range a.About {
			if kinds[name] == 0 {
				return fmt.Errorf("reading about.yaml: %q is no kind of resource", name)
			}
			set |= kinds[name]
		}
		if err := rows(&l.about, "about.yaml", []group{{a.Permissions, a.Reason}}, set); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lexicon) loadLists() error {
	for _, f := range []struct {
		file string
		list *list
	}{
		{"administration.yaml", &l.administration},
		{"elevated.yaml", &l.elevated},
		{"forbidden.yaml", &l.forbidden},
		{"conversation.yaml", &l.conversation},
	} {
		var in []group
		if err := read(f.file, &in); err != nil {
			return err
		}
		if err := rows(&f.list.table, f.file, in, true); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lexicon) loadVerbs() error {
	var in []verbFile
	if err := read("verbs.yaml", &in); err != nil {
		return err
	}
	for _, f := range in {
		v := Verb{Name: f.Name, Help: f.Help, open: f.Open}
		for _, a := range f.Actions {
			v.list.table = append(v.list.table, row[bool]{family{"*", "*", authz.Fold(a)}, true, "action " + a})
		}
		for _, a := range f.Not {
			v.list.table = append(v.list.table, row[bool]{family{"*", "*", authz.Fold(a)}, false, "action " + a})
		}
		if f.List == "administration" {
			v.list.table = append(v.list.table, l.administration.table...)
		}
		if err := rows(&v.list.table, "verbs.yaml", f.Also, true); err != nil {
			return err
		}
		l.verbs = append(l.verbs, v)
	}
	return nil
}

func (l *Lexicon) loadData() error {
	var in []dataFile
	if err := read("data.yaml", &in); err != nil {
		return err
	}
	for _, f := range in {
		d := Data{Name: f.Name, Help: f.Help, classes: f.Classes, verb: f.Verb}
		for _, r := range l.classes {
			if len(f.Classes) > 0 {
				d.list.table = append(d.list.table, row[bool]{r.family, slices.Contains(f.Classes, r.value), r.reason})
			}
		}
		if _, ok := l.Verb(f.Verb); !ok && f.Verb != "" {
			return fmt.Errorf("reading data.yaml: there is no verb %q", f.Verb)
		}
		if err := rows(&d.list.table, "data.yaml", f.Also, true); err != nil {
			return err
		}
		l.data = append(l.data, d)
	}
	return nil
}

func (l *Lexicon) loadToxic() error {
	var in []pairFile
	if err := read("toxic.yaml", &in); err != nil {
		return err
	}
	for _, f := range in {
		p, err := newPair(f.Name, f.A, f.B, f.Reason)
		if err != nil {
			return fmt.Errorf("reading toxic.yaml: %w", err)
		}
		l.toxic = append(l.toxic, p)
	}
	slices.SortFunc(l.toxic, func(a, b Pair) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}

func newPair(name, a, b, reason string) (Pair, error) {
	pa, err := authz.ParsePattern(a)
	if err != nil {
		return Pair{}, err
	}
	pb, err := authz.ParsePattern(b)
	if err != nil {
		return Pair{}, err
	}
	if reason == "" {
		return Pair{}, fmt.Errorf("pair of %s and %s lacks its reason", a, b)
	}
	return Pair{Name: cmp.Or(name, pa.String()+" + "+pb.String()), A: pa, B: pb, Reason: reason}, nil
}

func (l *Lexicon) loadNeeds() error {
	var in []needFile
	if err := read("needed.yaml", &in); err != nil {
		return err
	}
	for _, f := range in {
		p, err := newPair(f.Name, f.Holds, f.Needs, f.Reason)
		if err != nil {
			return fmt.Errorf("reading needed.yaml: %w", err)
		}
		l.needs = append(l.needs, Need{Name: p.Name, Holds: p.A, Needs: p.B, Shared: f.Shared, Reason: p.Reason})
	}
	slices.SortFunc(l.needs, func(a, b Need) int { return cmp.Compare(a.Name, b.Name) })
	return nil
}
