package rules

import (
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/config"
)

// A Source is one pack's file.
type Source struct {
	Name string // for errors: a path, or "tenant-isolation.yaml" for a pack that ships
	Data []byte
}

// LoadOptions say what an organization changes of the packs.
// The zero value changes nothing.
type LoadOptions struct {
	// Disable are ids of rules that do not run.
	Disable []string
	// Params are values of parameters: rule → parameter → value.
	Params map[string]map[string]any
	// At says where the configuration names a pack, rule or parameter, with the
	// keys of Packs.At; nil where nobody knows.
	At map[string]config.Pos
}

// FromConfig returns the options that a configuration asks for. Which packs it
// uses is not among them: choose the sources with [Named].
func FromConfig(p config.Packs) LoadOptions {
	return LoadOptions{Disable: p.Disable, Params: p.Params, At: p.At}
}

// A Set is the rules of some packs, sound and ready to run. It is immutable.
type Set struct {
	packs      []*pack
	rules      []*rule // in the order of the packs
	deviations []Deviation
}

// A RuleInfo is everything that there is to say of a rule.
type RuleInfo struct {
	ID       string      `json:"id"`
	Title    string      `json:"title"`
	Severity string      `json:"severity"` // a word, or the words with their conditions
	Fact     string      `json:"fact"`
	Why      string      `json:"why"`
	Fix      string      `json:"fix"`
	Controls []string    `json:"controls"`
	Covers   []string    `json:"covers"`
	Params   []ParamInfo `json:"params"`
	Pack     string      `json:"pack"`
	Position string      `json:"position"` // file:line:column
	Source   string      `json:"source"`   // the rule's YAML
	Disabled bool        `json:"disabled"`
	Tests    int         `json:"tests"`
}

// A ParamInfo is a parameter of a rule.
type ParamInfo struct {
	Name    string `json:"name"`
	Type    string `json:"type"`    // duration, number, string or list
	Default string `json:"default"` // as the pack states it
	Value   string `json:"value"`   // as it holds
}

// Rules returns what there is to say of each rule, in the order of the packs,
// disabled rules included.
func (s *Set) Rules() []RuleInfo {
	out := make([]RuleInfo, len(s.rules))
	for i, r := range s.rules {
		out[i] = r.info()
	}
	return out
}

func (r *rule) info() RuleInfo {
	i := RuleInfo{
		ID: r.id, Title: r.title, Severity: r.severityText(), Fact: r.fact.name, Why: r.why, Fix: r.fix,
		Controls: slices.Clone(r.controls), Covers: slices.Clone(r.covers), Params: []ParamInfo{},
		Pack: r.pack.name, Position: r.pos.String(), Source: r.source, Disabled: r.disabled, Tests: len(r.tests),
	}
	if i.Controls == nil {
		i.Controls = []string{}
	}
	if i.Covers == nil {
		i.Covers = []string{}
	}
	for _, p := range r.params {
		i.Params = append(i.Params, ParamInfo{Name: p.name, Type: p.typ.String(), Default: p.render(p.def), Value: p.render(p.value)})
	}
	return i
}

func (r *rule) severityText() string {
	var parts []string
	for _, c := range r.severity {
		switch {
		case c.when != nil:
			parts = append(parts, c.level.String()+" if "+c.when.text)
		case len(r.severity) > 1:
			parts = append(parts, "else "+c.level.String())
		default:
			parts = append(parts, c.level.String())
		}
	}
	return strings.Join(parts, "; ")
}

// Packs returns the packs, in the order in which they were given.
func (s *Set) Packs() []PackRef {
	out := make([]PackRef, len(s.packs))
	for i, p := range s.packs {
		out[i] = PackRef{Name: p.name, Version: p.version, Digest: p.digest, Rules: len(p.rules)}
	}
	return out
}

// Deviations returns what the configuration changes of the rules, sorted.
func (s *Set) Deviations() []Deviation { return slices.Clone(s.deviations) }
