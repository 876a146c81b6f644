package rules

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/grantgraph/grantgraph/analyzer/config"
)

// The largest pack that is read, and the deepest nesting: a pack is written by
// hand, and the parser's time and stack must not depend on its input.
const (
	maxPackBytes = 1 << 20
	maxPackLines = 20_000
	maxPackDepth = 24
	maxProblems  = 200
)

// A reader takes one pack apart and gathers everything that is wrong with it.
type reader struct {
	file string
	errs []*config.Error
}

func (r *reader) fail(at config.Pos, what, want string) {
	r.errs = append(r.errs, &config.Error{Pos: at, What: what, Want: want})
}

// problems returns what was gathered, in the order of the file.
func (r *reader) problems() []*config.Error {
	slices.SortStableFunc(r.errs, func(a, b *config.Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	if more := len(r.errs) - maxProblems; more > 0 {
		last := r.errs[maxProblems]
		return append(r.errs[:maxProblems:maxProblems], &config.Error{Pos: last.Pos, What: fmt.Sprintf("%d more things are wrong from here on", more), Want: "mend the others first"})
	}
	return r.errs
}

func (r *reader) start() config.Pos { return config.Pos{File: r.file, Line: 1, Column: 1} }

// pos is where a value begins: for a mapping its first key.
func (r *reader) pos(n ast.Node) config.Pos {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return r.pos(m.Values[0].Key)
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		return r.pos(v.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return r.start()
	}
	p := n.GetToken().Position
	return config.Pos{File: r.file, Line: p.Line, Column: p.Column}
}

// document parses the text and returns its one document, nil if there is none.
func (r *reader) document(data []byte) (body ast.Node) {
	if len(data) > maxPackBytes {
		r.fail(r.start(), fmt.Sprintf("the pack has %d bytes", len(data)), fmt.Sprintf("want at most %d", maxPackBytes))
		return nil
	}
	if n := bytes.Count(data, []byte("\n")); n > maxPackLines {
		r.fail(r.start(), fmt.Sprintf("the pack has %d lines", n), fmt.Sprintf("want at most %d", maxPackLines))
		return nil
	}
	// The YAML package can panic on input that nobody writes on purpose. Such a
	// pack is wrong like any other.
	defer func() {
		if recover() != nil {
			r.fail(r.start(), "the pack cannot be parsed", "want YAML")
			body = nil
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if t := nestedTooDeep(tokens); t != nil {
		r.fail(config.Pos{File: r.file, Line: t.Position.Line, Column: t.Position.Column},
			"values are nested too deeply", fmt.Sprintf("want at most %d levels", maxPackDepth))
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	return r.single(file)
}

func (r *reader) single(file *ast.File) ast.Node {
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	switch len(docs) {
	case 0:
		r.fail(r.start(), "the pack is empty", "want pack, version and rules")
		return nil
	case 1:
		return docs[0]
	default:
		r.fail(r.pos(docs[1]), "a second document begins", "want one pack in a file")
		return nil
	}
}

func (r *reader) syntax(err error) {
	at, what := r.start(), "the pack is not YAML"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		what = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			at.Line, at.Column = t.Position.Line, t.Position.Column
		}
	}
	r.fail(at, clean(what), "want YAML")
}

// nestedTooDeep returns the first token beyond the depth that is allowed:
// brackets, indentation, or markers on one line.
func nestedTooDeep(tokens token.Tokens) *token.Token {
	brackets, markers, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position == nil {
			continue
		}
		if t.Position.Line != line {
			line, markers = t.Position.Line, 0
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.AnchorType, token.AliasType, token.TagType:
			markers++
		default:
		}
		deep := brackets > maxPackDepth || t.Position.IndentNum > 12*maxPackDepth
		if deep || (brackets <= 0 && markers > maxPackDepth) {
			return t
		}
	}
	return nil
}

// A pair is a key with its value; the value is nil where nothing was written.
type pair struct {
	key   string
	at    config.Pos
	value ast.Node
}

// pairs returns the pairs of a mapping, each key once.
func (r *reader) pairs(n ast.Node, where string) []pair {
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		r.fail(r.pos(n), where+" is "+describe(n), "want keys and values")
		return nil
	}
	seen := map[string]config.Pos{}
	var out []pair
	for _, v := range values {
		at := r.pos(v.Key)
		k, ok := v.Key.(*ast.StringNode)
		if !ok {
			r.fail(at, "a key of "+where+" is "+describe(v.Key), "want text")
			continue
		}
		if first, twice := seen[k.Value]; twice {
			r.fail(at, fmt.Sprintf("the key %q of %s stands twice", k.Value, where), fmt.Sprintf("want it once; the first is at %s", first))
			continue
		}
		seen[k.Value] = at
		p := pair{key: k.Value, at: at, value: v.Value}
		if _, empty := v.Value.(*ast.NullNode); empty {
			p.value = nil
		}
		out = append(out, p)
	}
	return out
}

// keys reads a mapping whose keys are known.
func (r *reader) keys(n ast.Node, where string, fields map[string]func(ast.Node)) {
	known := make([]string, 0, len(fields))
	for k := range fields {
		known = append(known, k)
	}
	slices.Sort(known)
	for _, p := range r.pairs(n, where) {
		read, ok := fields[p.key]
		if !ok {
			r.fail(p.at, fmt.Sprintf("unknown key %q in %s", p.key, where), "want one of "+joinWords(known))
			continue
		}
		if p.value != nil {
			read(p.value)
		}
	}
}

func (r *reader) items(n ast.Node, where string) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(r.pos(n), where+" is "+describe(n), "want a list")
		return nil
	}
	return s.Values
}

func (r *reader) text(n ast.Node, where string) string {
	s := ""
	switch v := n.(type) {
	case *ast.StringNode:
		s = v.Value
	case *ast.LiteralNode:
		s = v.Value.Value
	default:
		r.fail(r.pos(n), where+" is "+describe(n), "want text")
		return ""
	}
	if strings.TrimSpace(s) == "" {
		r.fail(r.pos(n), where+" is empty", "want text")
	}
	return s
}

func (r *reader) textInto(to *string, where string) func(ast.Node) {
	return func(n ast.Node) { *to = strings.TrimSpace(r.text(n, where)) }
}

func (r *reader) texts(n ast.Node, where string) (all []string, at []config.Pos) {
	for _, item := range r.items(n, where) {
		if s := r.text(item, "an entry of "+where); s != "" {
			all, at = append(all, s), append(at, r.pos(item))
		}
	}
	return all, at
}

// describe says what a value is, for errors.
func describe(n ast.Node) string {
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.StringNode:
		return fmt.Sprintf("the text %q", short(v.Value))
	case *ast.LiteralNode:
		return "a text of several lines"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + short(v.GetToken().Value)
	case *ast.BoolNode:
		return "the word " + short(v.GetToken().Value)
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or an alias"
	case *ast.TagNode:
		return "a tag"
	default:
		return "something else"
	}
}

// short keeps errors readable whatever they quote.
func short(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func joinOr(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
