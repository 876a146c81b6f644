package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/analyzer/change"
)

// A WrittenChange is a change as a file of changes states it: with names that
// are not looked up yet.
type WrittenChange struct {
	Kind change.Kind
	// Names are what the change speaks of, by the words of its kind: subject,
	// role, division, group, team, member, permission, inherits, to, or record for
	// those that speak of one record only.
	Names map[string]Expression
	Pos   Pos
}

// changeFields are the words of each kind of change; those behind a "?" may be
// missing. A kind without words is followed by the record itself.
func changeFields() map[change.Kind][]string {
	return map[change.Kind][]string{
		change.RevokeGrant:     {"subject", "role", "division?"},
		change.Grant:           {"subject", "role", "division"},
		change.RemoveMember:    {"group", "member"},
		change.AddMember:       {"group", "member"},
		change.LeaveTeam:       {"team", "member"},
		change.JoinTeam:        {"team", "member"},
		change.DropPolicy:      {"role", "permission"},
		change.AddPolicy:       {"role", "permission"},
		change.WidenPolicy:     {"role", "permission"},
		change.DropInheritance: {"role", "inherits"},
		change.MoveResource:    {"resource", "to"},
		change.MoveUser:        {"user", "to"},
	}
}

// ParseChanges reads a file of changes. The name of the file is for errors only;
// an error joins one [*Error] for each thing that is wrong.
func ParseChanges(file string, data []byte) ([]WrittenChange, error) {
	r := &reader{file: file}
	var list []WrittenChange
	versioned := false
	body := r.document(data)
	if body != nil {
		r.mapping(body, "the file", map[string]field{
			"version": func(n ast.Node) { versioned = true; r.version(n) },
			"changes": func(n ast.Node) { list = each(r, n, "changes", r.written) },
		})
	}
	if !versioned && len(r.errs) == 0 {
		r.fail(Pos{file, 1, 1}, "the version is missing", fmt.Sprintf("want version: %d", Version))
	}
	if len(list) == 0 && len(r.errs) == 0 {
		r.fail(Pos{file, 1, 1}, "the file has no changes", "want changes: and a list")
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return list, nil
}

// written reads one change: its kind, and what it speaks of.
func (r *reader) written(n ast.Node) WrittenChange {
	c := WrittenChange{Names: map[string]Expression{}, Pos: r.pos(n)}
	pairs := r.pairs(n, "a change")
	if len(pairs) != 1 {
		if len(pairs) > 1 {
			r.fail(pairs[1].at, "a change has a second key "+quoted(pairs[1].key), "want one kind of change with what it speaks of below it")
		}
		return c
	}
	p := pairs[0]
	c.Kind, c.Pos = change.Kind(p.key), p.at
	known := false
	var kinds []string
	for _, k := range change.Kinds() {
		known = known || k == c.Kind
		kinds = append(kinds, string(k))
	}
	if !known {
		r.fail(p.at, "there is no change "+quoted(p.key), "want one of "+strings.Join(kinds, ", "))
		return c
	}
	if p.value == nil {
		r.fail(p.at, "the change "+p.key+" speaks of nothing", "want what it changes")
		return c
	}
	words := changeFields()[c.Kind]
	if words == nil {
		r.changeName(&c, "record")(p.value)
		return c
	}
	fields := map[string]field{}
	for _, w := range words {
		w = strings.TrimSuffix(w, "?")
		fields[w] = r.changeName(&c, w)
	}
	r.mapping(p.value, "the change "+p.key, fields)
	for _, w := range words {
		if name, optional := strings.CutSuffix(w, "?"); !optional {
			r.need(c.Pos, p.value, "the change "+p.key, name)
		}
	}
	return c
}

func (r *reader) changeName(c *WrittenChange, word string) field {
	return func(n ast.Node) {
		if s, ok := r.text(n, word); ok {
			c.Names[word] = Expression{s, r.pos(n)}
		}
	}
}
