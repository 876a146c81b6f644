package lexicon

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A family is an entry's pattern: like an [authz.Pattern], but a part may also
// be a beginning followed by "*". Unlike there, "admin" is just that name.
type family struct{ domain, entity, action string }

func parseFamily(s string) (family, error) {
	p, err := authz.ParsePattern(s)
	if err != nil {
		return family{}, err
	}
	f := family{p.Domain, p.Entity, p.Action}
	if f.action == "all" {
		f.action = "*"
	}
	for _, part := range []string{f.domain, f.entity, f.action} {
		if i := strings.IndexByte(part, '*'); i >= 0 && i != len(part)-1 {
			return family{}, fmt.Errorf("permission %q: want * only at the end of a part", s)
		}
	}
	return f, nil
}

func (f family) String() string {
	if f.legacy() {
		return f.domain
	}
	return f.domain + ":" + f.entity + ":" + f.action
}

func (f family) legacy() bool { return f.entity == "" && f.action == "" }

// everywhere reports whether the family is an action of whatever entity.
func (f family) everywhere() bool { return f.domain == "*" && f.entity == "*" }

// covers reports whether every permission that p stands for is of the family.
func (f family) covers(p authz.Pattern) bool {
	if !partCovers(f.domain, p.Domain) || f.legacy() != p.IsLegacy() || p == (authz.Pattern{}) {
		return false
	}
	return partCovers(f.entity, p.Entity) && partCovers(f.action, action(p))
}

// meets reports whether some permission that p could stand for is of the family.
func (f family) meets(p authz.Pattern) bool {
	if p == authz.Admin {
		return true
	}
	if p == (authz.Pattern{}) || f.legacy() != p.IsLegacy() {
		return false
	}
	if f.legacy() {
		return partCovers(f.domain, p.Domain)
	}
	return partMeets(f.domain, p.Domain) && partMeets(f.entity, p.Entity) && partMeets(f.action, action(p))
}

// within reports whether everything of f is of o.
func (f family) within(o family) bool {
	return f.legacy() == o.legacy() && partCovers(o.domain, f.domain) && partCovers(o.entity, f.entity) && partCovers(o.action, f.action)
}

// overlaps reports whether a permission can be of both.
func (f family) overlaps(o family) bool {
	either := func(a, b string) bool { return partCovers(a, b) || partCovers(b, a) }
	return f.legacy() == o.legacy() && either(f.domain, o.domain) && either(f.entity, o.entity) && either(f.action, o.action)
}

// action is the action of p, with both ways to write "every action" as one.
func action(p authz.Pattern) string {
	if p.Action == "all" {
		return "*"
	}
	return p.Action
}

func partCovers(glob, v string) bool {
	if n := len(glob) - 1; n >= 0 && glob[n] == '*' {
		return strings.HasPrefix(v, glob[:n])
	}
	return glob == v
}

func partMeets(glob, v string) bool { return v == "*" || partCovers(glob, v) }

// narrower compares how specific two families are: below zero if f is less
// specific than o.
func (f family) narrower(o family) int {
	for _, d := range [...]int{
		rank(f.domain) - rank(o.domain), rank(f.entity) - rank(o.entity), rank(f.action) - rank(o.action),
	} {
		if d != 0 {
			return d
		}
	}
	return 0
}

// rank orders parts: "*" before beginnings, the short ones first, before names.
func rank(part string) int {
	const literal = 1 << 20
	if start, ok := strings.CutSuffix(part, "*"); ok {
		return len(start)
	}
	return literal
}

// CheckPermission reports what is wrong with a permission pattern of a
// configuration: three parts or one, each of which may end in "*".
func CheckPermission(s string) error {
	_, err := parseFamily(s)
	return err
}
