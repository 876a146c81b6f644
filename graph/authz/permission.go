package authz

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Pattern is a permission, or a family of permissions, as a role's policy
// states it: three parts of which each may be the wildcard "*". Its parts are
// folded (lower case, no white space), so that patterns compare as the platform
// compares them.
//
// A Pattern of one part (only Domain set) is a legacy permission such as
// "admin". The zero Pattern covers nothing.
type Pattern struct{ Domain, Entity, Action string }

// Admin is the legacy permission that is total control.
var Admin = Pattern{Domain: "admin"}

// NewPattern returns the pattern of three parts as an API field gives them, in
// any case. An action "all" stays as it is: it is a wildcard that is also the
// name of a permission (telephony:plugin:all).
func NewPattern(domain, entity, action string) Pattern {
	return Pattern{Fold(domain), Fold(entity), Fold(action)}
}

// Legacy returns the pattern of a permission of one part.
func Legacy(name string) Pattern { return Pattern{Domain: Fold(name)} }

// Fold returns a part of a permission in the form in which parts are compared:
// lower case, without white space.
func Fold(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD") // or folding could join bytes into a new character
	}
	for _, r := range s {
		if unicode.IsUpper(r) || unicode.IsSpace(r) || r > unicode.MaxASCII {
			return strings.ToLower(strings.Join(strings.Fields(s), ""))
		}
	}
	return s
}

// ParsePattern reads a permission as people and documents write it:
// "routing:queue:view", "Routing > Queue > View", "Routing > Queue: View",
// "user:impersonate" (read as user:user:impersonate) or "admin". Wildcards are
// allowed in each part. It applies no aliases.
func ParsePattern(s string) (Pattern, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ':' || r == '>' })
	if n := strings.Count(s, ":") + strings.Count(s, ">"); n+1 != len(parts) {
		return Pattern{}, fmt.Errorf("permission %q has an empty part: want domain:entity:action", s)
	}
	for i := range parts {
		if parts[i] = Fold(parts[i]); parts[i] == "" {
			return Pattern{}, fmt.Errorf("permission %q has an empty part: want domain:entity:action", s)
		}
	}
	switch len(parts) {
	case 1:
		return Pattern{Domain: parts[0]}, nil
	case 2:
		return Pattern{parts[0], parts[0], parts[1]}, nil
	case 3:
		return Pattern{parts[0], parts[1], parts[2]}, nil
	default:
		return Pattern{}, fmt.Errorf("permission %q has %d parts: want domain:entity:action", s, len(parts))
	}
}

// String returns "domain:entity:action", or the one part of a legacy permission.
func (p Pattern) String() string {
	if p.IsLegacy() {
		return p.Domain
	}
	return p.Domain + ":" + p.Entity + ":" + p.Action
}

// IsLegacy reports whether the pattern is a permission of one part.
func (p Pattern) IsLegacy() bool { return p.Entity == "" && p.Action == "" }

// IsWild reports whether a part of the pattern stands for more than itself.
func (p Pattern) IsWild() bool {
	return p.Domain == "*" || p.Entity == "*" || wildAction(p.Action)
}

func wildAction(a string) bool { return a == "*" || a == "all" }

// Covers reports whether a policy with pattern p gives the permission m. The
// legacy permission "admin" covers every permission; another legacy permission
// covers itself; a pattern of three parts covers three-part permissions only.
func (p Pattern) Covers(m Pattern) bool {
	if p == Admin {
		return m != Pattern{}
	}
	if p.IsLegacy() || m.IsLegacy() {
		return p == m && p != Pattern{}
	}
	return (p.Domain == "*" || p.Domain == m.Domain) &&
		(p.Entity == "*" || p.Entity == m.Entity) &&
		(wildAction(p.Action) || p.Action == m.Action)
}

// Title returns a permission's name as the platform's pages write it:
// "analytics:conversationDetail:view" is "Analytics > Conversation Detail > View".
// It takes the name as received, since folding loses the boundaries of words.
func Title(name string) string {
	if Fold(name) == "admin" {
		return "General > Admin"
	}
	parts := strings.Split(name, ":")
	for i, p := range parts {
		parts[i] = titleWords(p)
	}
	return strings.Join(parts, " > ")
}

func titleWords(s string) string {
	var b strings.Builder
	lower := false
	for i, r := range s {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case r == '_':
			b.WriteByte(' ')
		case unicode.IsUpper(r) && lower:
			b.WriteByte(' ')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
	}
	return b.String()
}
