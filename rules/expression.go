package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// environment makes the environment in which a rule's expressions are checked.
func environment(f *fact, params []param) (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.Variable(f.name, factType()),
		cel.Variable("now", cel.TimestampType),
		cel.Macros(slices.Concat(cel.StandardMacros, []cel.Macro{cel.GlobalMacro("age", 1, expandAge)})...),
		cel.Function("matches_permission", cel.Overload("matches_permission_string_string",
			[]*cel.Type{cel.StringType, cel.StringType}, cel.BoolType, cel.BinaryBinding(matchesPermission))),
		cel.Function("in_tenant", cel.Overload("in_tenant_fact_string",
			[]*cel.Type{factType(), cel.StringType}, cel.BoolType, cel.BinaryBinding(inTenant))),
		cel.Function("holds", cel.Overload("holds_fact_string",
			[]*cel.Type{factType(), cel.StringType}, cel.BoolType, cel.BinaryBinding(holdsPermission)),
			cel.Overload("holds_fact_list",
				[]*cel.Type{factType(), cel.ListType(cel.StringType)}, cel.BoolType, cel.BinaryBinding(holdsAny))),
		cel.Function("matches_regexp", cel.Overload("matches_regexp_string_string",
			[]*cel.Type{cel.StringType, cel.StringType}, cel.BoolType, cel.BinaryBinding((&matcher{}).matches))),
		cel.Function("holds_whole", cel.Overload("holds_whole_fact_string",
			[]*cel.Type{factType(), cel.StringType}, cel.BoolType, cel.BinaryBinding(holdsWhole))),
		cel.ExpressionNestingDepthLimit(32), cel.ParserExpressionSizeLimit(8192),
	}
	for _, c := range f.fields {
		opts = append(opts, cel.Variable(f.name+"."+c.name, c.typ.cel()))
	}
	for i := range params {
		opts = append(opts, cel.Variable("params."+params[i].name, params[i].celType()))
	}
	return cel.NewEnv(opts...)
}

func factType() *cel.Type { return cel.OpaqueType("fact") }

func (t fieldType) cel() *cel.Type {
	switch t {
	case isFlag:
		return cel.BoolType
	case isNumber:
		return cel.IntType
	case isTexts:
		return cel.ListType(cel.StringType)
	case isMoment:
		return cel.TimestampType
	case isSpan:
		return cel.DurationType
	default:
		return cel.StringType
	}
}

// expandAge makes (now - t) of age(t).
func expandAge(h cel.MacroExprFactory, _ celast.Expr, args []celast.Expr) (celast.Expr, *common.Error) {
	return h.NewCall(operators.Subtract, h.NewIdent("now"), args[0]), nil
}

// matchesPermission reads what it is given as a role's line is read.
func matchesPermission(p, pattern ref.Val) ref.Val {
	m, err := authz.ParsePattern(string(p.(types.String)))
	if err != nil {
		return types.False
	}
	c, err := authz.ParsePattern(string(pattern.(types.String)))
	if err != nil {
		return types.NewErr("%s", err)
	}
	return types.Bool(c.Covers(m))
}

// An expressions reader compiles a rule's expressions.
type expressions struct {
	*reader
	env    *cel.Env
	fact   *fact
	params []param
	used   map[string]bool // fields
	passed map[string]bool // parameters
}

// compile compiles one expression that is true or false. It returns nil if
// anything is wrong with it, all of which is reported.
func (x *expressions) compile(n ast.Node, where string) *program {
	src := x.text(n, where)
	if strings.TrimSpace(src) == "" {
		return nil
	}
	parsed, issues := x.env.Parse(src)
	if issues.Err() != nil {
		x.issues(n, issues)
		return nil
	}
	if !x.names(n, parsed) {
		return nil
	}
	checked, issues := x.env.Check(parsed)
	if issues.Err() != nil {
		x.issues(n, issues)
		return nil
	}
	if checked.OutputType() != cel.BoolType {
		x.fail(x.pos(n), fmt.Sprintf("%s gives %s", where, cel.FormatCELType(checked.OutputType())), "want an expression that is true or false")
		return nil
	}
	p, err := newProgram(x.env, x.fact, checked)
	if err != nil {
		x.fail(x.pos(n), where+" cannot be compiled: "+clean(err.Error()), "want a CEL expression")
		return nil
	}
	p.text = strings.TrimSpace(src)
	return p
}

// issues reports errors of the expression language, each at its own place.
func (x *expressions) issues(n ast.Node, issues *cel.Issues) {
	for _, e := range issues.Errors() {
		what := strings.ReplaceAll(e.Message, " (in container '')", "")
		x.fail(x.within(n, e.Location.Line(), e.Location.Column()), "the expression is wrong: "+clean(what), "want CEL")
	}
}

// within is the place in the file of a line (from 1) and column (from 0) of an
// expression that a node holds.
func (x *expressions) within(n ast.Node, line, column int) config.Pos {
	at := x.pos(n)
	if line < 1 || column < 0 { // an error about the expression as a whole
		return at
	}
	switch v := n.(type) {
	case *ast.LiteralNode:
		at.Line += line
		at.Column = column + 1 + indentOf(v)
	case *ast.StringNode:
		if o := v.Token.Origin; strings.HasPrefix(strings.TrimLeft(o, " \n"), "\"") || strings.HasPrefix(strings.TrimLeft(o, " \n"), "'") {
			column++
		}
		at.Line += line - 1
		at.Column += column
	}
	return at
}

// indentOf is the indentation of a block of lines.
func indentOf(n *ast.LiteralNode) int {
	for _, l := range strings.Split(n.Value.Token.Origin, "\n") {
		if t := strings.TrimLeft(l, " "); t != "" {
			return len(l) - len(t)
		}
	}
	return 0
}

// names checks what an expression refers to before the types are: a name that
// does not exist is told in the words of packs. It notes which fields are read.
func (x *expressions) names(n ast.Node, parsed *cel.Ast) bool {
	before := len(x.errs)
	tree := parsed.NativeRep()
	where := func(id int64) config.Pos {
		l := tree.SourceInfo().GetStartLocation(id)
		return x.within(n, l.Line(), l.Column())
	}
	celast.PostOrderVisit(tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.SelectKind || e.AsSelect().Operand().Kind() != celast.IdentKind {
			return
		}
		base, name := e.AsSelect().Operand(), e.AsSelect().FieldName()
		switch base.AsIdent() {
		case x.fact.name:
			if x.fact.field(name) == nil {
				x.fail(where(base.ID()), fmt.Sprintf("the fact %s has no field %q", x.fact.name, name), "want one of "+joinWords(x.fact.fieldNames()))
			}
			x.used[name] = true
		case "params":
			x.param(where(base.ID()), name)
		default:
			if slices.ContainsFunc(factTable(), func(f *fact) bool { return f.name == base.AsIdent() }) {
				x.fail(where(base.ID()), fmt.Sprintf("a rule on the fact %s cannot read %s.%s", x.fact.name, base.AsIdent(), name), "want fields of "+x.fact.name)
			}
		}
	}))
	return len(x.errs) == before
}

func (x *expressions) param(at config.Pos, name string) {
	x.passed[name] = true
	known := make([]string, len(x.params))
	for i, p := range x.params {
		known[i] = p.name
	}
	if slices.Contains(known, name) {
		return
	}
	want := "want one of " + joinWords(known)
	if len(known) == 0 {
		want = "want it under params, with its default"
	}
	x.fail(at, fmt.Sprintf("the rule has no parameter %q", name), want)
}

// binding gives an expression its variables: one row, the parameters and now.
type binding struct {
	fact   string // "access."
	index  map[string]*field
	params map[string]any
	now    types.Timestamp
	value  factValue
}

func newBinding(r *rule, x *index) *binding {
	b := &binding{
		fact: r.fact.name, index: map[string]*field{}, params: map[string]any{},
		now: types.Timestamp{Time: x.m.Now.UTC()}, value: factValue{fact: r.fact, x: x, typ: factType()},
	}
	for i := range r.fact.fields {
		b.index[r.fact.name+"."+r.fact.fields[i].name] = &r.fact.fields[i]
	}
	for _, p := range r.params {
		b.params["params."+p.name] = p.value
	}
	return b
}

// ResolveName implements [cel.Activation].
func (b *binding) ResolveName(name string) (any, bool) {
	if f, ok := b.index[name]; ok {
		return native(f.get(b.value.x, b.value.row)), true
	}
	switch name {
	case b.fact:
		return &b.value, true
	case "now":
		return b.now, true
	}
	v, ok := b.params[name]
	return v, ok
}

// Parent implements [cel.Activation].
func (b *binding) Parent() cel.Activation { return nil }

// native spares the expression language its own conversion.
func native(v any) any {
	switch v := v.(type) {
	case string:
		return types.String(v)
	case bool:
		return types.Bool(v)
	case int64:
		return types.Int(v)
	case time.Time:
		return types.Timestamp{Time: v.UTC()}
	case time.Duration:
		return types.Duration{Duration: v}
	default:
		return v
	}
}
