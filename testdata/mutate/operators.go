package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// mutate finds the changes of one node, and says how its text lets them be chosen.
func (r *rewriter) mutate(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		r.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT && r.isBool(n.X) {
			if on := r.on("not", n, r.plain(n), r.plain(n.X)); on != "" {
				r.edit(n, func() string { return "((" + r.text(n.X) + ") == " + on + ")" })
			}
		}
	case *ast.Ident:
		r.literal(n)
	case *ast.CallExpr:
		r.call(n)
	case *ast.IfStmt:
		r.negate(n.Cond)
	case *ast.ForStmt:
		r.negate(n.Cond)
	case *ast.ReturnStmt:
		for _, x := range n.Results {
			r.negate(x)
		}
	case *ast.SwitchStmt:
		r.cases(n)
	case *ast.IncDecStmt:
		r.step(n)
	case *ast.BranchStmt:
		r.branch(n)
	case *ast.ExprStmt:
		r.dropCall(n)
	case *ast.AssignStmt:
		r.assign(n)
	}
}

func (r *rewriter) isBool(x ast.Expr) bool {
	t := r.p.info.Types[x]
	b, ok := t.Type.(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0 && t.Value == nil
}

func (r *rewriter) isNumber(x ast.Expr) bool {
	t := r.p.info.Types[x]
	if t.Type == nil || t.Value != nil {
		return false
	}
	b, ok := t.Type.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0 && b.Info()&types.IsUntyped == 0
}

// negate turns a condition round that has no operator of its own to change.
func (r *rewriter) negate(x ast.Expr) {
	switch y := x.(type) {
	case nil, *ast.BinaryExpr, *ast.UnaryExpr:
		return
	case *ast.ParenExpr:
		r.negate(y.X)
		return
	}
	if !r.isBool(x) {
		return
	}
	if on := r.on("not", x, r.plain(x), "!("+r.plain(x)+")"); on != "" {
		r.edit(x, func() string { return "((" + r.text(x) + ") != " + on + ")" })
	}
}

var (
	boundary = map[token.Token]token.Token{token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR}
	opposite = map[token.Token]token.Token{
		token.LSS: token.GEQ, token.LEQ: token.GTR, token.GTR: token.LEQ, token.GEQ: token.LSS, token.EQL: token.NEQ, token.NEQ: token.EQL,
	}
	swapped = map[token.Token]token.Token{
		token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
		token.AND: token.OR, token.OR: token.AND, token.AND_NOT: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
	}
)

func (r *rewriter) binary(n *ast.BinaryExpr) {
	if r.p.info.Types[n].Value != nil {
		return
	}
	switch {
	case n.Op == token.LAND || n.Op == token.LOR:
		r.logic(n)
	case opposite[n.Op] != 0:
		r.compare(n)
	case swapped[n.Op] != 0 && r.isNumber(n):
		r.arithmetic(n)
	}
}

func (r *rewriter) with(n *ast.BinaryExpr, op token.Token) string {
	return r.plain(n.X) + " " + op.String() + " " + r.plain(n.Y)
}

func (r *rewriter) compare(n *ast.BinaryExpr) {
	other := boundary[n.Op]
	edge := ""
	if other != 0 {
		edge = r.on("compare", n, r.plain(n), r.with(n, other))
	}
	turn := r.on("compare", n, r.plain(n), r.with(n, opposite[n.Op]))
	if turn == "" {
		return
	}
	r.edit(n, func() string {
		x, y := r.text(n.X), r.text(n.Y)
		is := fmt.Sprintf("(%s) %s (%s)", x, n.Op, y)
		if edge != "" {
			is = fmt.Sprintf("%s && (%s) %s (%s) || !%s && %s", edge, x, other, y, edge, is)
		}
		return fmt.Sprintf("((%s) != %s)", is, turn)
	})
}

// logic lets && be || and each side be left out. With s for "is chosen",
// (a != s && b != s) != s is a && b, or else a || b, and evaluates b as rarely.
func (r *rewriter) logic(n *ast.BinaryExpr) {
	other := token.LAND
	if n.Op == token.LAND {
		other = token.LOR
	}
	swap := r.on("logic", n, r.plain(n), r.with(n, other))
	left := r.on("logic", n, r.plain(n), r.plain(n.X))
	right := r.on("logic", n, r.plain(n), r.plain(n.Y))
	if swap == "" {
		return
	}
	r.edit(n, func() string {
		x, y := "("+r.text(n.X)+")", "("+r.text(n.Y)+")"
		if n.Op == token.LAND {
			x, y = "("+right+" || "+x+")", "("+left+" || "+y+")"
		} else {
			x, y = "(!"+right+" && "+x+")", "(!"+left+" && "+y+")"
		}
		return fmt.Sprintf("(((%s != %s) %s (%s != %s)) != %s)", x, swap, n.Op, y, swap, swap)
	})
}

func (r *rewriter) arithmetic(n *ast.BinaryExpr) {
	shift := n.Op == token.SHL || n.Op == token.SHR
	if shift && !r.isNumber(n.X) {
		return // 1 << x takes its type from what is around it
	}
	other := swapped[n.Op]
	on := r.on("arithmetic", n, r.plain(n), r.with(n, other))
	if on == "" {
		return
	}
	r.edit(n, func() string {
		return fmt.Sprintf("%s(%s, %s, %s)", helper(n.Op), on, r.text(n.X), r.text(n.Y))
	})
}

// helper names the function of the generated file for an operator.
func helper(op token.Token) string {
	return "mutant" + map[token.Token]string{
		token.ADD: "Add", token.SUB: "Sub", token.MUL: "Mul", token.QUO: "Quo", token.REM: "Rem", token.AND: "And", token.OR: "Or",
		token.AND_NOT: "AndNot", token.SHL: "Shl", token.SHR: "Shr",
	}[op]
}

// literal changes true and false, other than in a case.
func (r *rewriter) literal(n *ast.Ident) {
	if _, inCase := r.parent(1).(*ast.CaseClause); inCase || r.p.info.Uses[n] != types.Universe.Lookup(n.Name) {
		return
	}
	switch n.Name {
	case "true":
		if on := r.on("bool", n, r.around(n), "false"); on != "" {
			r.edit(n, func() string { return "(!" + on + ")" })
		}
	case "false":
		if on := r.on("bool", n, r.around(n), "true"); on != "" {
			r.edit(n, func() string { return "(" + on + ")" })
		}
	}
}

// around is the text of the statement, or of the argument list, that a word stands in.
func (r *rewriter) around(n ast.Node) string {
	for i := len(r.stack) - 1; i >= 0; i-- {
		switch s := r.stack[i].(type) {
		case *ast.FuncLit, *ast.BlockStmt, *ast.CaseClause, *ast.CompositeLit:
			return r.plain(n)
		case *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt:
			return r.plain(n)
		case ast.Stmt:
			return r.plain(s)
		case *ast.CallExpr, *ast.KeyValueExpr:
			return r.plain(s)
		}
	}
	return r.plain(n)
}

// call turns cmp.Compare and its like round, and min into max.
func (r *rewriter) call(n *ast.CallExpr) {
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		if f.Sel.Name != "Compare" || !r.isNumber(n) {
			return
		}
		if on := r.on("compare", n, r.plain(n), "-"+r.plain(n)); on != "" {
			r.edit(n, func() string { return "mutantTurn(" + on + ", " + r.inner(n) + ")" })
		}
	case *ast.Ident:
		if r.p.info.Uses[f] != types.Universe.Lookup(f.Name) || f.Name != "min" && f.Name != "max" || !r.isNumber(n) {
			return
		}
		other := map[string]string{"min": "max", "max": "min"}[f.Name]
		if on := r.on("arithmetic", n, r.plain(n), other+strings.TrimPrefix(r.plain(n), f.Name)); on != "" {
			name := "mutant" + strings.ToUpper(f.Name[:1]) + f.Name[1:]
			r.edit(n, func() string { return name + "(" + on + ", " + strings.TrimPrefix(r.inner(n), f.Name+"(") })
		}
	}
}
