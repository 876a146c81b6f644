package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Load reads packs. If anything is wrong with any of them, no rule is loaded,
// and the error joins one [config.Error] for each thing that is wrong, in the
// order of the sources and their lines.
func Load(sources []Source, o LoadOptions) (*Set, error) {
	var wrong []*config.Error
	s := &Set{}
	for _, src := range sources {
		r := &reader{file: src.Name}
		p := r.pack(src.Data)
		if p == nil || len(r.errs) > 0 {
			wrong = append(wrong, r.problems()...)
			continue
		}
		s.packs = append(s.packs, p)
		s.rules = append(s.rules, p.rules...)
	}
	if len(wrong) == 0 {
		wrong = slices.Concat(s.ids(), s.configure(o))
	}
	if len(wrong) > 0 {
		all := make([]error, len(wrong))
		for i, e := range wrong {
			all[i] = e
		}
		return nil, errors.Join(all...)
	}
	return s, nil
}

// pack reads one pack; it is nil if nothing of it can be read.
func (r *reader) pack(data []byte) *pack {
	body := r.document(data)
	if body == nil {
		return nil
	}
	sum := sha256.Sum256(data)
	p := &pack{file: r.file, digest: hex.EncodeToString(sum[:])}
	given := map[string]bool{}
	note := func(key string, read func(ast.Node)) func(ast.Node) {
		return func(n ast.Node) { given[key] = true; read(n) }
	}
	r.keys(body, "the pack", map[string]func(ast.Node){
		"pack":    note("pack", r.textInto(&p.name, "pack")),
		"version": note("version", func(n ast.Node) { p.version = r.version(n) }),
		"rules":   note("rules", func(n ast.Node) { r.rules(n, p, data) }),
	})
	for _, key := range []string{"pack", "version", "rules"} {
		if !given[key] {
			r.fail(r.pos(body), fmt.Sprintf("the pack lacks the key %q", key), "want pack, version and rules")
		}
	}
	return p
}

func (r *reader) version(n ast.Node) int {
	if v, ok := n.(*ast.IntegerNode); ok {
		if i, err := strconv.Atoi(fmt.Sprint(v.Value)); err == nil && i > 0 {
			return i
		}
	}
	r.fail(r.pos(n), "version is "+describe(n), "want a whole number from 1")
	return 0
}

func (r *reader) rules(n ast.Node, p *pack, data []byte) {
	items := r.items(n, "rules")
	lines := strings.Split(string(data), "\n")
	first := map[string]config.Pos{}
	for i, item := range items {
		end := len(lines)
		if i+1 < len(items) {
			end = r.pos(items[i+1]).Line - 1
		}
		u := r.rule(item)
		if u == nil {
			continue
		}
		u.pack, u.source = p, excerpt(lines, u.pos.Line, end)
		if was, twice := first[u.id]; twice {
			r.fail(u.pos, fmt.Sprintf("the rule %s stands twice", u.id), fmt.Sprintf("want each id once; the first is at %s", was))
			continue
		}
		first[u.id] = u.pos
		p.rules = append(p.rules, u)
	}
}

// excerpt returns the lines of one rule, from 1 up to and including to.
func excerpt(lines []string, from, to int) string {
	from, to = min(max(from, 1), len(lines)), min(max(to, from), len(lines))
	return strings.TrimRight(strings.Join(lines[from-1:to], "\n"), " \n") + "\n"
}

var ruleID = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9]{3}$`)

// rule reads one rule. What depends on the fact is read last, in the order in
// which it is used, whatever the order of the file.
func (r *reader) rule(n ast.Node) *rule {
	u := &rule{pos: r.pos(n), query: &query{sel: map[string][]string{}, pats: map[string][]authz.Pattern{}, uses: map[string]bool{}}}
	later := map[string]ast.Node{}
	keep := func(key string) func(ast.Node) { return func(n ast.Node) { later[key] = n } }
	before := len(r.errs)
	r.keys(n, "the rule", map[string]func(ast.Node){
		"id":       func(n ast.Node) { u.id = r.id(n) },
		"title":    r.textInto(&u.title, "title"),
		"why":      r.textInto(&u.why, "why"),
		"fix":      r.textInto(&u.fix, "fix"),
		"controls": func(n ast.Node) { u.controls, _ = r.texts(n, "controls") },
		"covers":   func(n ast.Node) { u.covers, u.coverPos = r.texts(n, "covers") },
		"params":   func(n ast.Node) { u.params = r.readParams(n) },
		"fact":     func(n ast.Node) { u.fact = r.fact(n) },
		"tests":    func(n ast.Node) { u.tests = r.tests(n) },
		"severity": keep("severity"), "select": keep("select"), "when": keep("when"),
		"key": keep("key"), "message": keep("message"),
	})
	if len(r.pairsQuietly(n)) == 0 && len(r.errs) > before {
		return nil
	}
	r.required(n, u)
	u.query.rule = u.id
	if u.fact != nil {
		r.onFact(u, later)
	}
	return u
}

func (r *reader) id(n ast.Node) string {
	s := r.text(n, "id")
	if s != "" && !ruleID.MatchString(s) {
		r.fail(r.pos(n), fmt.Sprintf("the id is %q", short(s)), "want letters, a dash and three digits, such as TI-001")
	}
	return s
}

func (r *reader) fact(n ast.Node) *fact {
	name := r.text(n, "fact")
	var known []string
	for _, f := range factTable() {
		if f.name == name {
			return f
		}
		known = append(known, f.name)
	}
	if slices.Contains(plannedFacts(), name) {
		r.fail(r.pos(n), fmt.Sprintf("the fact %q is not available in this version", name), "want one of "+joinWords(known))
	} else if name != "" {
		r.fail(r.pos(n), fmt.Sprintf("there is no fact %q", short(name)), "want one of "+joinWords(known))
	}
	return nil
}

// required reports keys that every rule has and this one lacks.
func (r *reader) required(n ast.Node, u *rule) {
	given := r.pairsQuietly(n)
	name := "the rule"
	if u.id != "" {
		name += " " + u.id
	}
	for _, key := range []string{"id", "title", "severity", "fact", "key", "message", "why", "fix", "tests"} {
		if !given[key] {
			r.fail(u.pos, fmt.Sprintf("%s lacks %s", name, key), "want "+key+": …")
		}
	}
}

// pairsQuietly returns the keys of a mapping that have a value, reporting nothing.
func (r *reader) pairsQuietly(n ast.Node) map[string]bool {
	quiet := &reader{file: r.file}
	out := map[string]bool{}
	for _, p := range quiet.pairs(n, "") {
		if p.value != nil {
			out[p.key] = true
		}
	}
	return out
}

// onFact reads what a rule says of its fact.
func (r *reader) onFact(u *rule, later map[string]ast.Node) {
	env, err := environment(u.fact, u.params)
	if err != nil {
		r.fail(u.pos, "the expressions' environment cannot be made: "+clean(err.Error()), "want other names of parameters")
		return
	}
	before := len(r.errs)
	x := &expressions{reader: r, env: env, fact: u.fact, params: u.params, used: u.query.uses, passed: map[string]bool{}}
	if n := later["select"]; n != nil {
		r.selection(n, u.fact, u.query)
	}
	if n := later["when"]; n != nil {
		u.when = x.compile(n, "when")
	}
	if n := later["severity"]; n != nil {
		u.severity = x.severities(n)
	}
	if n := later["key"]; n != nil {
		u.key = r.key(n, u)
	}
	if n := later["message"]; n != nil {
		u.message = x.template(n)
	}
	for _, p := range u.params {
		if !x.passed[p.name] && len(r.errs) == before {
			r.fail(p.pos, fmt.Sprintf("the parameter %q is used by nothing", p.name), "want params."+p.name+" in an expression or the message")
		}
	}
}

func (x *expressions) severities(n ast.Node) []severityCase {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if level, ok := x.level(n); ok {
			return []severityCase{{level: level}}
		}
		return nil
	}
	var out []severityCase
	for i, item := range list.Values {
		var c severityCase
		conditional := false
		x.keys(item, "a severity", map[string]func(ast.Node){
			"when":     func(n ast.Node) { conditional = true; c.when = x.compile(n, "when") },
			"severity": func(n ast.Node) { c.level, _ = x.level(n) },
		})
		if last := i == len(list.Values)-1; last == conditional {
			what, want := "a severity has no condition", "want when: … in every entry but the last"
			if last {
				what, want = "the last severity has a condition", "want one without, for the rest"
			}
			x.fail(x.pos(item), what, want)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		x.fail(x.pos(n), "severity is an empty list", "want a word, or a list of when and severity")
	}
	return out
}

func (x *expressions) level(n ast.Node) (Severity, bool) {
	word, ok := word(n)
	if !ok {
		x.fail(x.pos(n), "severity is "+describe(n), "want critical, high, medium, low or info, or a list of when and severity")
		return 0, false
	}
	level, err := ParseSeverity(word)
	if err != nil {
		x.fail(x.pos(n), fmt.Sprintf("severity is %q", short(word)), "want critical, high, medium, low or info")
		return 0, false
	}
	return level, true
}

func (r *reader) key(n ast.Node, u *rule) []*field {
	names, at := r.texts(n, "key")
	var out []*field
	for i, name := range names {
		f := u.fact.field(name)
		switch {
		case f == nil:
			r.fail(at[i], fmt.Sprintf("key names %q, which the fact %s lacks", short(name), u.fact.name), "want some of "+joinWords(u.fact.fieldNames()))
		case f.typ == isSpan:
			r.fail(at[i], fmt.Sprintf("key names %q, which changes from day to day", name), "want fields that stay the same while the cause does")
		case slices.Contains(names[:i], name):
			r.fail(at[i], fmt.Sprintf("key names %q twice", name), "want it once")
		default:
			out = append(out, f)
			u.query.uses[name] = true
		}
	}
	if len(names) == 0 {
		r.fail(r.pos(n), "key is empty", "want the fields that make two findings the same")
	}
	return out
}

// ids checks what several packs say together.
func (s *Set) ids() []*config.Error {
	var wrong []*config.Error
	first := map[string]config.Pos{}
	for _, u := range s.rules {
		if was, twice := first[u.id]; twice {
			wrong = append(wrong, &config.Error{
				Pos: u.pos, What: fmt.Sprintf("the rule %s stands twice", u.id), Want: fmt.Sprintf("want each id once; the first is at %s", was),
			})
		} else {
			first[u.id] = u.pos
		}
	}
	// A rule of a pack that ships and is not used covers nothing, and is no mistake.
	ships := shippedIDs()
	for _, u := range s.rules {
		for i, id := range u.covers {
			if _, ok := first[id]; !ok && !ships[id] || id == u.id {
				wrong = append(wrong, &config.Error{
					Pos: u.coverPos[i], What: fmt.Sprintf("covers names %q", short(id)), Want: "want the id of another rule, of these packs or of those that ship",
				})
			}
		}
	}
	return wrong
}
