package lexicon

import (
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Persona is a kind of work, with the permissions that it takes.
type Persona struct {
	Name string
	// Does says what people of this kind do.
	Does string
	// Permissions are all that it takes, those of what it includes among them; Needed
	// are those without which the others are of little use.
	Permissions, Needed []Reasoned
}

// A Reasoned is a permission, or a pattern of permissions, with its reason.
type Reasoned struct {
	Permission string `yaml:"permission"`
	Reason     string `yaml:"reason"`
}

type personaFile struct {
	Name        string     `yaml:"name"`
	Does        string     `yaml:"does"`
	Includes    []string   `yaml:"includes"`
	Permissions []Reasoned `yaml:"permissions"`
	Needed      []Reasoned `yaml:"needed"`
}

// Personas returns the kinds of work that ship, in the order of their data.
func (l *Lexicon) Personas() []Persona { return slices.Clone(l.personas) }

// Persona returns the kind of work with a name.
func (l *Lexicon) Persona(name string) (Persona, bool) {
	i := slices.IndexFunc(l.personas, func(p Persona) bool { return p.Name == name })
	if i < 0 {
		return Persona{}, false
	}
	return l.personas[i], true
}

func (l *Lexicon) loadPersonas() error {
	var in []personaFile
	if err := read("personas.yaml", &in); err != nil {
		return err
	}
	for _, f := range in {
		if err := l.persona(f); err != nil {
			return fmt.Errorf("reading personas.yaml: %s: %w", f.Name, err)
		}
	}
	return nil
}

// persona adds an entry, after those that it includes.
func (l *Lexicon) persona(f personaFile) error {
	p := Persona{Name: f.Name, Does: f.Does, Needed: f.Needed}
	for _, name := range f.Includes {
		of, ok := l.Persona(name)
		if !ok {
			return fmt.Errorf("it includes %q, which does not stand before it", name)
		}
		p.Permissions = append(p.Permissions, of.Permissions...)
		p.Needed = append(slices.Clone(of.Needed), p.Needed...)
	}
	p.Permissions = append(p.Permissions, f.Permissions...)
	if _, twice := l.Persona(p.Name); twice || p.Name == "" || p.Does == "" || len(p.Permissions) == 0 {
		return fmt.Errorf("its name stands twice, or it lacks a name, what it does or permissions")
	}
	for _, r := range slices.Concat(p.Permissions, p.Needed) {
		if _, err := authz.ParsePattern(r.Permission); err != nil {
			return err
		}
		if r.Reason == "" {
			return fmt.Errorf("%s lacks its reason", r.Permission)
		}
	}
	l.personas = append(l.personas, p)
	return nil
}
