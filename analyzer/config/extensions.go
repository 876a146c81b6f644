package config

import (
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// change reads the keys add and remove, and remembers where the whole stands for
// the trial of the extension.
func (r *reader) change(n ast.Node, where string, add, remove field) {
	r.extended = append(r.extended, mention{"", where, r.pos(n)})
	r.mapping(n, where, map[string]field{"add": add, "remove": remove})
}

// changed reads a change of a list of permissions. An entry is a permission, or
// a mapping of permission and reason.
func (r *reader) changed(n ast.Node, where string, to *lexicon.Change) {
	r.change(n, where, func(n ast.Node) {
		to.Add = each(r, n, "add", func(n ast.Node) lexicon.Entry {
			var e lexicon.Entry
			if _, ok := n.(*ast.MappingNode); !ok {
				e.Permission = r.pattern(n)
				return e
			}
			r.mapping(n, "an entry", map[string]field{
				"permission": func(n ast.Node) { e.Permission = r.pattern(n) },
				"reason":     r.into(&e.Reason, "reason"),
			})
			r.need(r.pos(n), n, "an entry", "permission")
			return e
		})
	}, r.patternsInto(&to.Remove, "remove"))
}

// pattern reads a permission whose parts may end in "*".
func (r *reader) pattern(n ast.Node) string {
	s, ok := r.text(n, "a permission")
	if !ok {
		return ""
	}
	if lexicon.CheckPermission(s) != nil {
		r.fail(r.pos(n), fmt.Sprintf("%q is no permission", s), "want domain:entity:action, where a part may end in *")
	}
	return s
}

func (r *reader) patternsInto(to *[]string, where string) field {
	return func(n ast.Node) { *to = each(r, n, where, r.pattern) }
}

func (r *reader) toxic(n ast.Node) lexicon.PairChange {
	var c lexicon.PairChange
	r.change(n, "toxic", func(n ast.Node) {
		c.Add = each(r, n, "add", func(n ast.Node) lexicon.PairEntry {
			var e lexicon.PairEntry
			r.mapping(n, "a toxic pair", map[string]field{
				"name":   r.into(&e.Name, "name"),
				"a":      func(n ast.Node) { e.A = r.permission(n) },
				"b":      func(n ast.Node) { e.B = r.permission(n) },
				"reason": r.into(&e.Reason, "reason"),
			})
			r.need(r.pos(n), n, "a toxic pair", "a")
			r.need(r.pos(n), n, "a toxic pair", "b")
			return e
		})
	}, r.textsInto(&c.Remove, "remove"))
	return c
}

// permission reads a permission as people write it.
func (r *reader) permission(n ast.Node) string {
	s, ok := r.text(n, "a permission")
	if ok && lexicon.CheckPermission(s) != nil {
		r.fail(r.pos(n), fmt.Sprintf("%q is no permission", s), "want domain:entity:action, or Domain > Entity > Action")
	}
	return s
}

func (r *reader) carries(n ast.Node) lexicon.CarriesChange {
	var c lexicon.CarriesChange
	r.change(n, "carries", func(n ast.Node) {
		c.Add = each(r, n, "add", func(n ast.Node) lexicon.CarriesEntry {
			var e lexicon.CarriesEntry
			r.mapping(n, "an entry", map[string]field{
				"permission": func(n ast.Node) { e.Permission = r.pattern(n) },
				"carries": func(n ast.Node) {
					e.Carries = r.choice(n, "carries", lexicon.CarriesTenant, lexicon.CarriesOrganization)
				},
				"class":  func(n ast.Node) { e.Class = r.choice(n, "class", lexicon.Classes()...) },
				"reason": r.into(&e.Reason, "reason"),
			})
			r.need(r.pos(n), n, "an entry", "permission")
			if !r.has(n, "class") {
				r.need(r.pos(n), n, "an entry", "carries")
			}
			return e
		})
	}, r.patternsInto(&c.Remove, "remove"))
	return c
}

func (r *reader) aware(n ast.Node) lexicon.AwareChange {
	var c lexicon.AwareChange
	r.change(n, "division_aware", func(n ast.Node) {
		c.Add = each(r, n, "add", func(n ast.Node) lexicon.AwareEntry {
			var e lexicon.AwareEntry
			r.mapping(n, "an entry", map[string]field{
				"permission": func(n ast.Node) { e.Permission = r.pattern(n) },
				"aware":      func(n ast.Node) { e.Aware = r.boolean(n, "aware") },
				"reason":     r.into(&e.Reason, "reason"),
			})
			r.need(r.pos(n), n, "an entry", "permission")
			r.need(r.pos(n), n, "an entry", "aware")
			return e
		})
	}, r.patternsInto(&c.Remove, "remove"))
	return c
}

func (r *reader) verbs(n ast.Node) lexicon.VerbChange {
	var c lexicon.VerbChange
	read := func(to *[]lexicon.VerbEntry, where string) field {
		return func(n ast.Node) { *to = each(r, n, where, r.verb) }
	}
	r.change(n, "verbs", read(&c.Add, "add"), read(&c.Remove, "remove"))
	return c
}

func (r *reader) verb(n ast.Node) lexicon.VerbEntry {
	var e lexicon.VerbEntry
	r.mapping(n, "an entry", map[string]field{
		"verb":        r.into(&e.Verb, "verb"),
		"permissions": r.patternsInto(&e.Permissions, "permissions"),
		"help":        r.into(&e.Help, "help"),
	})
	r.need(r.pos(n), n, "an entry", "verb")
	r.need(r.pos(n), n, "an entry", "permissions")
	return e
}

func (r *reader) aliases(n ast.Node) lexicon.AliasChange {
	var c lexicon.AliasChange
	r.change(n, "aliases", func(n ast.Node) {
		c.Add = each(r, n, "add", func(n ast.Node) lexicon.AliasEntry {
			var e lexicon.AliasEntry
			r.mapping(n, "an entry", map[string]field{
				"name":  func(n ast.Node) { e.Name = r.permission(n) },
				"means": func(n ast.Node) { e.Means = r.permission(n) },
			})
			r.need(r.pos(n), n, "an entry", "name")
			r.need(r.pos(n), n, "an entry", "means")
			return e
		})
	}, r.textsInto(&c.Remove, "remove"))
	return c
}

func (r *reader) escalations(n ast.Node) lexicon.EscalationChange {
	var c lexicon.EscalationChange
	r.change(n, "escalations", func(n ast.Node) { c.Add = each(r, n, "add", r.escalation) }, r.textsInto(&c.Remove, "remove"))
	return c
}

func (r *reader) escalation(n ast.Node) lexicon.EscalationEntry {
	e := lexicon.EscalationEntry{Certainty: lexicon.Likely}
	r.mapping(n, "an escalation", map[string]field{
		"name":        r.into(&e.Name, "name"),
		"permissions": func(n ast.Node) { e.Permissions = r.permissions(n, "permissions") },
		"gains":       func(n ast.Node) { e.Gains = r.choice(n, "gains", authz.Gains()...) },
		"certainty":   func(n ast.Node) { e.Certainty = r.choice(n, "certainty", lexicon.Documented, lexicon.Likely) },
		"reason":      r.into(&e.Reason, "reason"),
	})
	needed := []string{"name", "permissions", "gains"}
	if e.Gains == authz.GainOwnedGroups.String() { // whoever owns one needs no permission
		needed = []string{"name", "gains"}
	}
	for _, key := range needed {
		r.need(r.pos(n), n, "an escalation", key)
	}
	return e
}

// trial applies each changed list to the shipped data, so that what cannot be
// applied is an error with a place.
func (r *reader) trial(c *Config) {
	if len(r.errs) > 0 {
		return // what was not understood cannot be tried
	}
	for _, m := range r.extended {
		if _, err := lexicon.Default().Extend(only(c.Extension, m.where)); err != nil {
			r.fail(m.at, strconv.QuoteToGraphic(err.Error()), "want changes that the shipped data can take")
		}
	}
}

// only returns the part of an extension that one key gave.
func only(x lexicon.Extension, key string) lexicon.Extension {
	switch key {
	case "elevated":
		return lexicon.Extension{Elevated: x.Elevated}
	case "administration":
		return lexicon.Extension{Administration: x.Administration}
	case "forbidden":
		return lexicon.Extension{Forbidden: x.Forbidden}
	case "toxic":
		return lexicon.Extension{Toxic: x.Toxic}
	case "carries":
		return lexicon.Extension{Carries: x.Carries}
	case "division_aware":
		return lexicon.Extension{DivisionAware: x.DivisionAware}
	case "verbs":
		return lexicon.Extension{Verbs: x.Verbs}
	case "escalations":
		return lexicon.Extension{Escalations: x.Escalations}
	default:
		return lexicon.Extension{Aliases: x.Aliases}
	}
}
