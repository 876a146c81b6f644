package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxBytes = 4 << 20
	maxDepth = 32
)

// An Error is one thing wrong with a configuration file.
type Error struct {
	Pos  Pos
	What string // what is wrong
	Want string // what is expected
}

// Error returns "file:line:column: what was wrong: what is expected".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.What + ": " + e.Want }

// A reader takes a file's nodes apart and gathers everything that is wrong.
type reader struct {
	file string
	errs []*Error
	// named are names of tenants, extended the lists that the file changes: both
	// are checked when all was read.
	named, extended []mention
}

func (r *reader) fail(p Pos, what, want string) {
	r.errs = append(r.errs, &Error{p, what, want})
}

func (r *reader) pos(n ast.Node) Pos {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return Pos{r.file, 1, 1}
	}
	p := n.GetToken().Position
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		p = m.Values[0].Key.GetToken().Position
	}
	return Pos{r.file, p.Line, p.Column}
}

// err joins what was gathered, in the order of the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	all := make([]error, len(r.errs))
	for i, e := range r.errs {
		all[i] = e
	}
	return errors.Join(all...)
}

// document parses the text and returns its one document, or nil.
func (r *reader) document(data []byte) (body ast.Node) {
	start := Pos{r.file, 1, 1}
	if len(data) > maxBytes {
		r.fail(start, fmt.Sprintf("the file has %d bytes", len(data)), fmt.Sprintf("want at most %d", maxBytes))
		return nil
	}
	// The YAML package is known to panic on some malformed input. What it cannot
	// read is an error of the file like any other.
	defer func() {
		if p := recover(); p != nil {
			r.fail(start, "the file cannot be parsed", "want YAML")
			body = nil
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if t := tooDeep(tokens); t != nil {
		r.fail(r.place(t), "values are nested too deeply", fmt.Sprintf("want at most %d levels", maxDepth))
		return nil
	}
	if t := indirect(tokens); t != nil {
		r.fail(r.place(t), "there is an anchor, alias, merge or tag", "want values as they are")
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(start, err)
		return nil
	}
	var docs []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d.Body)
		}
	}
	if len(docs) > 1 {
		r.fail(r.pos(docs[1]), "a second document begins", "want one")
		return nil
	}
	if len(docs) == 0 {
		return nil
	}
	return docs[0]
}

func (r *reader) syntax(at Pos, err error) {
	what := "the file is not YAML"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		what = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			at = r.place(t)
		}
	}
	r.fail(at, strings.ToValidUTF8(what, "\uFFFD"), "want YAML")
}

func (r *reader) place(t *token.Token) Pos { return Pos{r.file, t.Position.Line, t.Position.Column} }

// indirect returns the first token by which YAML says something else than it
// shows. A configuration is read by people too, and needs none of it; the parser
// recurses over tags without a limit.
func indirect(tokens token.Tokens) *token.Token {
	i := slices.IndexFunc(tokens, func(t *token.Token) bool {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType:
			return t.Position != nil
		default:
			return false
		}
	})
	if i < 0 {
		return nil
	}
	return tokens[i]
}

// tooDeep returns the token that nests deeper than any configuration does. The
// parser recurses, and its stack must not depend on the input.
func tooDeep(tokens token.Tokens) *token.Token {
	flow, row, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position == nil {
			continue
		}
		if t.Position.Line != line {
			row, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType: // indirect sees to anchors and tags
			if flow <= 0 { // the keys of one {…} are beside each other
				row++
			}
		default:
		}
		if flow > maxDepth || row > maxDepth || t.Position.IndentNum > 16*maxDepth {
			return t
		}
	}
	return nil
}

// A field reads the value of one key of a mapping.
type field func(value ast.Node)

// mapping reads a mapping whose keys are known. Where says in errors what it is.
func (r *reader) mapping(n ast.Node, where string, fields map[string]field) {
	for _, p := range r.pairs(n, where) {
		read, ok := fields[p.key]
		if !ok {
			r.fail(p.at, fmt.Sprintf("unknown key %q in %s", p.key, where), "want one of "+strings.Join(sortedKeys(fields), ", "))
			continue
		}
		if p.value != nil {
			read(p.value)
		}
	}
}

// A pair is a key and its value; a value that is null is nil.
type pair struct {
	key   string
	at    Pos
	value ast.Node
}

// pairs returns the pairs of a mapping, each key once.
func (r *reader) pairs(n ast.Node, where string) []pair {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		if v, single := n.(*ast.MappingValueNode); single {
			m = &ast.MappingNode{Values: []*ast.MappingValueNode{v}}
		} else {
			r.fail(r.pos(n), where+" is "+describe(n), "want keys and values")
			return nil
		}
	}
	var all []pair
	first := map[string]Pos{}
	for _, v := range m.Values {
		k, isText := v.Key.(*ast.StringNode)
		at := r.pos(v.Key)
		if !isText {
			r.fail(at, "a key of "+where+" is "+describe(v.Key), "want text")
			continue
		}
		if was, twice := first[k.Value]; twice {
			r.fail(at, fmt.Sprintf("key %q of %s is given twice", k.Value, where), fmt.Sprintf("want it once; the first is at %s", was))
			continue
		}
		first[k.Value] = at
		p := pair{k.Value, at, v.Value}
		if _, null := v.Value.(*ast.NullNode); null {
			p.value = nil
		}
		all = append(all, p)
	}
	return all
}

// items returns the values of a list.
func (r *reader) items(n ast.Node, where string) []ast.Node {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(r.pos(n), where+" is "+describe(n), "want a list")
		return nil
	}
	return s.Values
}

// text reads text that is not empty.
func (r *reader) text(n ast.Node, where string) (string, bool) {
	var s string
	switch v := n.(type) {
	case *ast.StringNode:
		s = v.Value
	case *ast.LiteralNode:
		s = v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		r.fail(r.pos(n), fmt.Sprintf("%s is %s", where, describe(n)), fmt.Sprintf("want text: write %s", strconv.Quote(n.GetToken().Value)))
		return "", false
	default:
		r.fail(r.pos(n), where+" is "+describe(n), "want text")
		return "", false
	}
	if strings.TrimSpace(s) == "" {
		r.fail(r.pos(n), where+" is empty", "want text")
		return "", false
	}
	return s, true
}

// into returns a field that reads text into a variable.
func (r *reader) into(to *string, where string) field {
	return func(n ast.Node) { *to, _ = r.text(n, where) }
}

// texts reads a list of texts; also says where each stands.
func (r *reader) texts(n ast.Node, where string) (all []string, at []Pos) {
	for _, item := range r.items(n, where) {
		if s, ok := r.text(item, "an entry of "+where); ok {
			all, at = append(all, s), append(at, r.pos(item))
		}
	}
	return all, at
}

func (r *reader) textsInto(to *[]string, where string) field {
	return func(n ast.Node) { *to, _ = r.texts(n, where) }
}

// whole reads a whole number from 1.
func (r *reader) whole(n ast.Node, where string) int {
	if v, ok := n.(*ast.IntegerNode); ok {
		if i, err := strconv.Atoi(fmt.Sprint(v.Value)); err == nil && i >= 1 {
			return i
		}
		r.fail(r.pos(n), fmt.Sprintf("%s is %s", where, v.GetToken().Value), "want a whole number from 1")
		return 0
	}
	r.fail(r.pos(n), where+" is "+describe(n), "want a whole number")
	return 0
}

func (r *reader) boolean(n ast.Node, where string) bool {
	v, ok := n.(*ast.BoolNode)
	if !ok {
		r.fail(r.pos(n), where+" is "+describe(n), "want true or false")
		return false
	}
	return v.Value
}

// choice reads one of some words.
func (r *reader) choice(n ast.Node, where string, words ...string) string {
	s, ok := r.text(n, where)
	if ok && !slices.Contains(words, s) {
		r.fail(r.pos(n), fmt.Sprintf("%s is %q", where, s), "want "+strings.Join(words, " or "))
		return ""
	}
	return s
}

// describe says what kind of value a node is.
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
	default:
		return "something else"
	}
}

// short keeps errors readable.
func short(s string) string {
	const most = 60
	runes := []rune(s)
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
