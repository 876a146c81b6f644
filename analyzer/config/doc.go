// Package config reads grantgraph.yaml: which tenants there are, which
// cross-tenant access is meant, and what is added to the data that ships.
//
// Reading is strict. Whatever is not understood is an error with file, line and
// column, and all errors of a file come at once: a configuration that silently
// lacks a line would make an audit say "isolated" where nobody looked.
//
// The package knows no snapshot. Whether the divisions named exist is for those
// to say who have one; each entry keeps its [Pos] for that.
package config
