package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/analyzer"
)

// How much of a list a message spells out; the rest is counted.
const (
	namesShown  = 3
	valuesShown = 3
	nameLength  = 80
)

// A template is a message: text, and placeholders in between.
type template []part

// A part is text, or a placeholder: a field, a parameter, one of the words
// principals, records, count and facts, or a verb.
type part struct {
	text  string
	word  string
	field *field
	param string
	verb  [2]string // for one, and for several
}

// template reads a message and checks its placeholders.
func (x *expressions) template(n ast.Node) template {
	src := strings.TrimSpace(x.text(n, "message"))
	var out template
	for rest := src; rest != ""; {
		before, after, open := strings.Cut(rest, "{")
		if before != "" {
			out = append(out, part{text: before})
		}
		if !open {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			x.fail(x.pos(n), "the message has an open {", "want {principals}, or {FIELD}")
			return nil
		}
		if p, ok := x.placeholder(n, name); ok {
			out = append(out, p)
		}
		rest = tail
	}
	return out
}

func (x *expressions) placeholder(n ast.Node, name string) (part, bool) {
	switch name {
	case "principals", "records", "count", "facts":
		return part{word: name}, true
	}
	if one, several, ok := strings.Cut(name, "|"); ok {
		return part{verb: [2]string{one, several}}, true
	}
	if param, ok := strings.CutPrefix(name, "params."); ok {
		x.param(x.pos(n), param)
		return part{param: param}, true
	}
	f := x.fact.field(name)
	if f == nil {
		x.fail(x.pos(n), fmt.Sprintf("the message has the placeholder {%s}", short(name)), "want principals, records, count, facts, ONE|SEVERAL, params.NAME or one of "+joinWords(x.fact.fieldNames()))
		return part{}, false
	}
	x.used[name] = true
	return part{field: f}, true
}

// fields returns the fields that a template shows.
func (t template) fields() []*field {
	var out []*field
	for _, p := range t {
		if p.field != nil && !slices.Contains(out, p.field) {
			out = append(out, p.field)
		}
	}
	return out
}

// listed joins names: "A", or "2 principals: A and B", with the rest counted.
func listed(noun string, names []string, total int) string {
	shown := names[:min(len(names), namesShown)]
	clean := make([]string, len(shown))
	for i, n := range shown {
		clean[i] = inert(n)
	}
	switch total {
	case 0:
		return "no " + noun + "s"
	case 1:
		return clean[0]
	}
	head := fmt.Sprintf("%d %ss", total, noun)
	if more := total - len(shown); more > 0 {
		return fmt.Sprintf("%s: %s and %d more", head, strings.Join(clean, ", "), more)
	}
	return head + ": " + and(clean)
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// values joins the distinct values of a field.
func values(all []string, total int) string {
	shown := make([]string, min(len(all), valuesShown))
	for i := range shown {
		if shown[i] = inert(all[i]); shown[i] == "" {
			shown[i] = "(none)"
		}
	}
	if more := total - len(shown); more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), more)
	}
	return and(shown)
}

func principalName(p analyzer.PrincipalRef) string {
	if p.Name == "" || !p.Known {
		return p.Kind.String() + " " + p.ID
	}
	return p.Name
}

// inert makes a name that anybody may have chosen harmless within a sentence.
func inert(s string) string {
	s = clean(s)
	if runes := []rune(s); len(runes) > nameLength {
		s = string(runes[:nameLength]) + "…"
	}
	return s
}

// clean takes out of a text what could act on whoever shows it: control
// characters, and marks that change the direction of writing or have no width.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			return -1
		default:
			return r
		}
	}, s)
}
