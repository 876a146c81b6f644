package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer/config"
)

// configure applies what the configuration changes. A rule or parameter that it
// names and that does not exist is an error: most likely a name was mistyped.
func (s *Set) configure(o LoadOptions) []*config.Error {
	c := &configuring{set: s, at: o.At}
	for _, id := range o.Disable {
		c.disable(id)
	}
	for _, id := range slices.Sorted(maps.Keys(o.Params)) {
		c.override(id, o.Params[id])
	}
	slices.SortFunc(s.deviations, func(a, b Deviation) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.What, b.What))
	})
	return c.wrong
}

type configuring struct {
	set   *Set
	at    map[string]config.Pos
	wrong []*config.Error
}

func (c *configuring) fail(key, what, want string) {
	at, ok := c.at[key]
	if !ok {
		at = config.Pos{File: "configuration", Line: 1, Column: 1}
	}
	c.wrong = append(c.wrong, &config.Error{Pos: at, What: what, Want: want})
}

func (c *configuring) rule(key, id string) *rule {
	i := slices.IndexFunc(c.set.rules, func(u *rule) bool { return u.id == id })
	if i < 0 {
		c.fail(key, fmt.Sprintf("there is no rule %q in the packs that are loaded", short(id)), "want the id of a rule (rules list shows them)")
		return nil
	}
	return c.set.rules[i]
}

func (c *configuring) disable(id string) {
	if u := c.rule("disable/"+id, id); u != nil && !u.disabled {
		u.disabled = true
		c.set.deviations = append(c.set.deviations, Deviation{Rule: id, What: "disabled"})
	}
}

func (c *configuring) override(id string, values map[string]any) {
	u := c.rule("params/"+id, id)
	if u == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key := "params/" + id + "/" + name
		p := u.param(name)
		if p == nil {
			known := make([]string, len(u.params))
			for i := range u.params {
				known[i] = u.params[i].name
			}
			c.fail(key, fmt.Sprintf("the rule %s has no parameter %q", id, short(name)), "want one of "+joinWords(known))
			continue
		}
		if err := p.override(values[name]); err != nil {
			c.fail(key, fmt.Sprintf("the parameter %s of %s: %s", name, id, clean(short(err.Error()))), "want a "+p.typ.String())
			continue
		}
		if !p.same() {
			what := fmt.Sprintf("%s = %s (ships as %s)", name, clean(p.render(p.value)), p.render(p.def))
			c.set.deviations = append(c.set.deviations, Deviation{Rule: id, What: what})
		}
	}
}
