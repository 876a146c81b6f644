package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func (r *reader) tenant(n ast.Node) Tenant {
	t := Tenant{Pos: r.pos(n)}
	r.mapping(n, "a tenant", map[string]field{
		"name":          r.into(&t.Name, "the tenant's name"),
		"divisions":     func(n ast.Node) { t.Divisions, t.DivisionPos = r.texts(n, "divisions") },
		"email_domains": func(n ast.Node) { t.EmailDomains = r.domains(n) },
		"groups":        r.textsInto(&t.Groups, "groups"),
		"clients":       r.textsInto(&t.Clients, "clients"),
		"principals":    r.textsInto(&t.Principals, "principals"),
		"organizations": r.textsInto(&t.Organizations, "organizations"),
		"region":        r.into(&t.Region, "region"),
		"owner":         r.into(&t.Owner, "owner"),
		"external": func(n ast.Node) {
			v := r.boolean(n, "external")
			t.External = &v
		},
	})
	r.need(t.Pos, n, "a tenant", "name")
	if t.External == nil {
		external := t.IsExternal()
		t.External = &external
	}
	return t
}

// need reports a key that is missing. What is no mapping was already found wrong.
func (r *reader) need(at Pos, n ast.Node, where, name string) {
	if _, ok := n.(*ast.MappingNode); ok && !r.has(n, name) {
		r.fail(at, where+" lacks the key "+name, "want "+name+": …")
	}
}

// has reports whether a mapping has a key with a value.
func (r *reader) has(n ast.Node, name string) bool {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return false
	}
	for _, v := range m.Values {
		if _, null := v.Value.(*ast.NullNode); !null && v.Key.GetToken().Value == name {
			return true
		}
	}
	return false
}

// domains reads e-mail domains: what stands behind the "@".
func (r *reader) domains(n ast.Node) []string {
	all, at := r.texts(n, "email_domains")
	for i, d := range all {
		if strings.ContainsAny(d, "@*? \t\n") {
			r.fail(at[i], fmt.Sprintf("%q is no e-mail domain", d), "want what stands behind the @, such as bpo-a.example")
		}
	}
	return all
}

func (r *reader) shared(n ast.Node) Shared {
	s := Shared{Pos: r.pos(n)}
	r.mapping(n, "a shared division", map[string]field{
		"division":    r.into(&s.Division, "division"),
		"permissions": func(n ast.Node) { s.Permissions = r.permissions(n, "permissions") },
	})
	r.need(s.Pos, n, "a shared division", "division")
	return s
}

// permissions reads permissions as people write them.
func (r *reader) permissions(n ast.Node, where string) []string {
	all, at := r.texts(n, where)
	for i, name := range all {
		if _, err := authz.ParsePattern(name); err != nil {
			r.fail(at[i], fmt.Sprintf("%q is no permission", name), "want domain:entity:action, or Domain > Entity > Action")
		}
	}
	return all
}

func (r *reader) allow(n ast.Node) Allow {
	a := Allow{Pos: r.pos(n)}
	const where = "an allow entry"
	r.mapping(n, where, map[string]field{
		"from":        r.into(&a.From, "from"),
		"principals":  r.textsInto(&a.Principals, "principals"),
		"at_most":     func(n ast.Node) { a.AtMost = r.whole(n, "at_most") },
		"to":          r.textsInto(&a.To, "to"),
		"permissions": func(n ast.Node) { a.Permissions = r.permissions(n, "permissions") },
		"reason":      r.into(&a.Reason, "reason"),
		"approved_by": r.into(&a.ApprovedBy, "approved_by"),
		"until":       func(n ast.Node) { a.Until = r.until(n) },
	})
	r.need(a.Pos, n, where, "from")
	r.need(a.Pos, n, where, "to")
	r.need(a.Pos, n, where, "permissions")
	return a
}

func (r *reader) accept(n ast.Node) Accept {
	a := Accept{Pos: r.pos(n)}
	r.mapping(n, "an accept entry", map[string]field{
		"finding":     r.into(&a.Finding, "finding"),
		"principals":  r.textsInto(&a.Principals, "principals"),
		"at_most":     func(n ast.Node) { a.AtMost = r.whole(n, "at_most") },
		"reason":      r.into(&a.Reason, "reason"),
		"approved_by": r.into(&a.ApprovedBy, "approved_by"),
		"until":       func(n ast.Node) { a.Until = r.until(n) },
	})
	r.need(a.Pos, n, "an accept entry", "finding")
	return a
}

// attestation reads who states something, and when.
func (r *reader) attestation(n ast.Node, where string) Attestation {
	a := Attestation{Pos: r.pos(n)}
	r.mapping(n, where, map[string]field{
		"owner": r.into(&a.Owner, "owner"),
		"date":  func(n ast.Node) { a.Date = r.day(n, "date") },
	})
	r.need(a.Pos, n, where, "owner")
	r.need(a.Pos, n, where, "date")
	return a
}

// day reads a day and returns its first moment; the zero time if it is none.
func (r *reader) day(n ast.Node, where string) time.Time {
	s, ok := r.text(n, where)
	if !ok {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		r.fail(r.pos(n), fmt.Sprintf("%s is %q", where, short(s)), "want a day such as 2027-03-31")
		return time.Time{}
	}
	return day
}

// until reads a last day and returns its last moment.
func (r *reader) until(n ast.Node) time.Time {
	day := r.day(n, "until")
	if day.IsZero() {
		return day
	}
	return day.AddDate(0, 0, 1).Add(-time.Nanosecond)
}

func (r *reader) assertion(n ast.Node) Assertion {
	s, _ := r.text(n, "an assertion")
	a := Assertion{s, r.pos(n), r.pos(n)}
	if t := n.GetToken(); t != nil && (t.Type == token.DoubleQuoteType || t.Type == token.SingleQuoteType) {
		a.TextPos.Column++
	}
	return a
}
