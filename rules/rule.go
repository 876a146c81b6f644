package rules

import (
	"github.com/grantgraph/grantgraph/analyzer/config"
)

// A rule is one rule of a pack, sound and compiled.
type rule struct {
	pack     *pack
	pos      config.Pos
	id       string
	title    string
	why      string
	fix      string
	controls []string
	severity []severityCase
	fact     *fact
	query    *query
	when     *program // nil: whatever is selected
	key      []*field
	covers   []string
	coverPos []config.Pos
	message  template
	params   []param
	tests    []testCase
	source   string
	disabled bool
}

// A severityCase is a severity with its condition; a nil condition always holds.
type severityCase struct {
	when  *program
	level Severity
}

// A pack is a file of rules.
type pack struct {
	name    string
	version int
	file    string
	digest  string
	rules   []*rule
}

func (r *rule) param(name string) *param {
	for i := range r.params {
		if r.params[i].name == name {
			return &r.params[i]
		}
	}
	return nil
}
