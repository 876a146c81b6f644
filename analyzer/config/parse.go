package config

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// Parse reads a configuration. The name of the file is for errors only. An error
// joins one [*Error] for each thing that is wrong, in the order of the file.
func Parse(file string, data []byte) (*Config, error) {
	r := &reader{file: file}
	c := Default()
	c.File = file
	body := r.document(data)
	if body == nil && len(r.errs) > 0 {
		return nil, r.err()
	}
	versioned := false
	if body != nil {
		fields := r.top(c)
		fields["version"] = func(n ast.Node) { versioned = true; r.version(n) }
		r.mapping(body, "the configuration", fields)
	}
	if !versioned {
		r.fail(Pos{file, 1, 1}, "the version is missing", fmt.Sprintf("want version: %d", Version))
	}
	r.check(c)
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (r *reader) version(n ast.Node) {
	if v := r.whole(n, "version"); v > Version {
		r.fail(r.pos(n), fmt.Sprintf("version is %d", v), fmt.Sprintf("want %d: this program knows no later one", Version))
	}
}

// top returns the readers of the top-level keys.
func (r *reader) top(c *Config) map[string]field {
	return map[string]field{
		"tenants": func(n ast.Node) { c.Tenants = each(r, n, "tenants", r.tenant) },
		"shared":  func(n ast.Node) { c.Shared = each(r, n, "shared", r.shared) },
		"allow":   func(n ast.Node) { c.Allow = each(r, n, "allow", r.allow) },
		"accept":  func(n ast.Node) { c.Accept = each(r, n, "accept", r.accept) },
		"assert":  func(n ast.Node) { c.Assert = each(r, n, "assert", r.assertion) },

		"access_policies": func(n ast.Node) {
			c.AccessPolicies = r.choice(n, "access_policies", PoliciesAnnotate, PoliciesEnforceDeny)
		},
		"oauth_scopes": func(n ast.Node) { c.OAuthScopes = r.choice(n, "oauth_scopes", ScopesUnknown, ScopesEnforced) },

		"attributes":    func(n ast.Node) { c.Attributes = r.attributes(n) },
		"naming":        func(n ast.Node) { c.Naming = r.naming(n) },
		"personas":      func(n ast.Node) { c.Personas = r.personas(n) },
		"owners":        func(n ast.Node) { c.Owners = r.parties(n, "owners") },
		"reviewers":     func(n ast.Node) { c.Reviewers = r.parties(n, "reviewers") },
		"weights":       func(n ast.Node) { c.Weights = r.weights(n) },
		"audit_archive": func(n ast.Node) { c.AuditArchive = r.attestation(n, "audit_archive") },
		"packs":         func(n ast.Node) { c.Packs = r.packs(n) },

		"elevated":       func(n ast.Node) { r.changed(n, "elevated", &c.Extension.Elevated) },
		"administration": func(n ast.Node) { r.changed(n, "administration", &c.Extension.Administration) },
		"forbidden":      func(n ast.Node) { r.changed(n, "forbidden", &c.Extension.Forbidden) },
		"toxic":          func(n ast.Node) { c.Extension.Toxic = r.toxic(n) },
		"carries":        func(n ast.Node) { c.Extension.Carries = r.carries(n) },
		"division_aware": func(n ast.Node) { c.Extension.DivisionAware = r.aware(n) },
		"verbs":          func(n ast.Node) { c.Extension.Verbs = r.verbs(n) },
		"aliases":        func(n ast.Node) { c.Extension.Aliases = r.aliases(n) },
		"escalations":    func(n ast.Node) { c.Extension.Escalations = r.escalations(n) },
	}
}

// each reads the entries of a list.
func each[T any](r *reader, n ast.Node, where string, read func(ast.Node) T) []T {
	var all []T
	for _, item := range r.items(n, where) {
		all = append(all, read(item))
	}
	return all
}
