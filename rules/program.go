package rules

import (
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// How much one evaluation may cost. An expression whose cost is certain to stay
// below it is run without counting, which is more than twice as fast.
const (
	costLimit     = 1_000_000
	assumedLength = 4096 // of a text or list, where the cost is estimated
)

// A program is a compiled expression.
type program struct {
	text  string
	run   cel.Program
	parts []*program // what && joins, if it joins anything
	reads []*field   // of the fact
	whole bool       // whether it hands whole rows to functions
}

func newProgram(env *cel.Env, f *fact, checked *cel.Ast) (*program, error) {
	p := &program{}
	p.look(f, checked.NativeRep().Expr())
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if est, err := env.EstimateCost(checked, sizes{}); err != nil || est.Max > costLimit {
		opts = append(opts, cel.CostLimit(costLimit))
	}
	var err error
	if p.run, err = env.Program(checked, opts...); err != nil {
		return nil, err
	}
	joined := conjoined(checked.NativeRep().Expr(), nil)
	if len(joined) == 1 {
		return p, nil
	}
	for _, e := range joined {
		part, err := alone(env, checked, e)
		if err != nil {
			return nil, err
		}
		sub, err := newProgram(env, f, part)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, sub)
	}
	return p, nil
}

// look notes what an expression reads of a fact.
func (p *program) look(f *fact, e celast.Expr) {
	seen := map[string]bool{}
	celast.PostOrderVisit(e, celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() != celast.IdentKind {
			return
		}
		name, is := strings.CutPrefix(e.AsIdent(), f.name+".")
		p.whole = p.whole || e.AsIdent() == f.name
		if c := f.field(name); is && c != nil && !seen[name] {
			seen[name] = true
			p.reads = append(p.reads, c)
		}
	}))
}

// conjoined returns what && joins in an expression; the expression itself if
// nothing does.
func conjoined(e celast.Expr, to []celast.Expr) []celast.Expr {
	if e.Kind() == celast.CallKind && e.AsCall().FunctionName() == operators.LogicalAnd {
		for _, a := range e.AsCall().Args() {
			to = conjoined(a, to)
		}
		return to
	}
	return append(to, e)
}

// alone makes a program's text of a part of another.
func alone(env *cel.Env, of *cel.Ast, e celast.Expr) (*cel.Ast, error) {
	o, err := cel.NewStaticOptimizer(only{e})
	if err != nil {
		return nil, err
	}
	part, issues := o.Optimize(env, of)
	return part, issues.Err()
}

type only struct{ e celast.Expr }

// Optimize implements [cel.ASTOptimizer].
func (o only) Optimize(_ *cel.OptimizerContext, of *celast.AST) *celast.AST {
	return celast.NewAST(o.e, of.SourceInfo())
}

// holds reports whether a program is true for the binding's row.
func (p *program) holds(b *binding) (bool, error) {
	out, _, err := p.run.Eval(b)
	if err != nil {
		return false, err
	}
	return out == types.True, nil
}

// sizes bounds the length of what fields hold, so that costs can be estimated.
type sizes struct{}

// EstimateSize implements [cost.Estimator].
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if len(n.Path()) == 0 {
		return nil
	}
	return &cost.SizeEstimate{Max: assumedLength}
}

// EstimateCallCost implements [cost.Estimator].
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}
