package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// kinds are the changes that a cut can propose, which weights put a price on.
func kinds() []string {
	return []string{
		"revoke-grant", "remove-member", "leave-team", "disable-client", "disable-trust",
		"drop-policy", "drop-inheritance", "move-resource",
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (r *reader) attributes(n ast.Node) map[string]Expression {
	all := map[string]Expression{}
	for _, p := range r.pairs(n, "attributes") {
		if s, ok := r.text(p.value, "the attribute "+strconv.Quote(p.key)); ok {
			all[p.key] = Expression{s, r.pos(p.value)}
		}
	}
	return all
}

func (r *reader) naming(n ast.Node) Naming {
	var c Naming
	r.mapping(n, "naming", map[string]field{
		"roles":     func(n ast.Node) { c.Roles = r.expression(n, "roles") },
		"clients":   func(n ast.Node) { c.Clients = r.expression(n, "clients") },
		"resources": func(n ast.Node) { c.Resources = r.expression(n, "resources") },
	})
	return c
}

func (r *reader) expression(n ast.Node, where string) *regexp.Regexp {
	s, ok := r.text(n, where)
	if !ok {
		return nil
	}
	re, err := regexp.Compile(s)
	if err != nil {
		r.fail(r.pos(n), fmt.Sprintf("%s is %q", where, short(s)), "want a regular expression: "+strconv.QuoteToGraphic(err.Error()))
		return nil
	}
	return re
}

func (r *reader) personas(n ast.Node) []Persona {
	var all []Persona
	for _, p := range r.pairs(n, "personas") {
		c := Persona{Name: p.key, Pos: p.at}
		if p.value == nil {
			r.fail(p.at, "the persona "+strconv.Quote(p.key)+" is nothing", "want keys and values")
			continue
		}
		var own, not, needed []string
		var based, taken ast.Node
		r.mapping(p.value, "the persona "+strconv.Quote(p.key), map[string]field{
			"roles":       r.textsInto(&c.Roles, "roles"),
			"baseline":    func(n ast.Node) { based = n; c.Baseline, _ = r.text(n, "baseline") },
			"permissions": func(n ast.Node) { own = r.permissions(n, "permissions") },
			"without":     func(n ast.Node) { taken = n; not = r.permissions(n, "without") },
			"needed":      func(n ast.Node) { needed = r.permissions(n, "needed") },
		})
		if based != nil {
			r.baseline(based, &c)
		}
		r.without(taken, &c, not)
		c.Permissions, c.Needed = append(c.Permissions, own...), append(c.Needed, needed...)
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Persona) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// baseline gives a persona the permissions of a kind of work that ships.
func (r *reader) baseline(n ast.Node, c *Persona) {
	ships, ok := lexicon.Default().Persona(c.Baseline)
	if !ok {
		var names []string
		for _, p := range lexicon.Default().Personas() {
			names = append(names, p.Name)
		}
		r.fail(r.pos(n), fmt.Sprintf("baseline is %q", short(c.Baseline)), "want one of "+strings.Join(names, ", "))
		return
	}
	for _, p := range ships.Permissions {
		c.Permissions = append(c.Permissions, p.Permission)
	}
	for _, p := range ships.Needed {
		c.Needed = append(c.Needed, p.Permission)
	}
}

// without takes permissions out of a persona's baseline.
func (r *reader) without(n ast.Node, c *Persona, not []string) {
	for _, name := range not {
		same := func(of string) bool { return strings.EqualFold(of, name) }
		if !slices.ContainsFunc(c.Permissions, same) {
			r.fail(r.pos(n), fmt.Sprintf("without names %q, which the baseline lacks", short(name)), "want permissions as grantgraph rules personas lists them")
		}
		c.Permissions = slices.DeleteFunc(c.Permissions, same)
		c.Needed = slices.DeleteFunc(c.Needed, same)
	}
}

// parties reads who answers for which tenant. Whether the tenants exist is
// checked when all are known.
func (r *reader) parties(n ast.Node, where string) map[string]string {
	all := map[string]string{}
	for _, p := range r.pairs(n, where) {
		if s, ok := r.text(p.value, strconv.Quote(p.key)+" in "+where); ok {
			all[p.key] = s
		}
		r.named = append(r.named, mention{p.key, where, p.at})
	}
	return all
}

func (r *reader) weights(n ast.Node) map[string]int {
	all := map[string]int{}
	fields := map[string]field{}
	for _, kind := range kinds() {
		fields[kind] = func(n ast.Node) { all[kind] = r.whole(n, kind) }
	}
	r.mapping(n, "weights", fields)
	return all
}

func (r *reader) packs(n ast.Node) Packs {
	c := Packs{At: map[string]Pos{}}
	names := func(to *[]string, where string) field {
		return func(n ast.Node) {
			all, at := r.texts(n, where)
			if all == nil {
				all = []string{}
			}
			*to = all
			for i, name := range all {
				c.At[where+"/"+name] = at[i]
			}
		}
	}
	r.mapping(n, "packs", map[string]field{
		"use":     names(&c.Use, "use"),
		"files":   names(&c.Files, "files"),
		"disable": names(&c.Disable, "disable"),
		"params":  func(n ast.Node) { c.Params = r.params(n, c.At) },
	})
	return c
}

func (r *reader) params(n ast.Node, at map[string]Pos) map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, rule := range r.pairs(n, "params") {
		at["params/"+rule.key] = rule.at
		set := map[string]any{}
		if rule.value == nil {
			continue
		}
		for _, p := range r.pairs(rule.value, "the parameters of "+strconv.Quote(rule.key)) {
			at["params/"+rule.key+"/"+p.key] = p.at
			set[p.key] = r.value(p.value)
		}
		all[rule.key] = set
	}
	return all
}

// value reads a value of any type: nil, text, bool, int64, float64, []any or
// map[string]any.
func (r *reader) value(n ast.Node) any {
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.BoolNode:
		return v.Value
	case *ast.IntegerNode:
		if i, err := strconv.ParseInt(fmt.Sprint(v.Value), 10, 64); err == nil {
			return i
		}
	case *ast.FloatNode:
		return v.Value
	case *ast.SequenceNode:
		all := []any{}
		for _, item := range v.Values {
			all = append(all, r.value(item))
		}
		return all
	case *ast.MappingNode, *ast.MappingValueNode:
		all := map[string]any{}
		for _, p := range r.pairs(n, "a parameter") {
			all[p.key] = r.value(p.value)
		}
		return all
	}
	r.fail(r.pos(n), "a parameter is "+describe(n), "want text, a number, true, false, a list or a mapping")
	return nil
}
