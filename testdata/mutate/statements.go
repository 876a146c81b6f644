package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// cases lets each value of a switch never match. "switch tag { case a, b: }"
// becomes "switch mutantTag := tag; { case mutantTag == a, mutantTag == b: }".
func (r *rewriter) cases(n *ast.SwitchStmt) {
	if n.Tag == nil {
		for _, c := range n.Body.List {
			for _, x := range c.(*ast.CaseClause).List {
				r.negate(x)
			}
		}
		return
	}
	_, labelled := r.parent(1).(*ast.LabeledStmt)
	if n.Init != nil || labelled || !r.ops["compare"] {
		return
	}
	used := false
	for _, c := range n.Body.List {
		for _, x := range c.(*ast.CaseClause).List {
			on := r.on("compare", x, "case "+r.plain(x), "never")
			r.edit(x, func() string { return "!" + on + " && mutantTag == (" + r.text(x) + ")" })
			used = true
		}
	}
	if used {
		r.edit(n.Tag, func() string { return "mutantTag := " + r.text(n.Tag) + ";" })
	}
}

// step turns x++ into x--.
func (r *rewriter) step(n *ast.IncDecStmt) {
	name, other := "mutantAdd", "--"
	if n.Tok == token.DEC {
		name, other = "mutantSub", "++"
	}
	if !r.isNumber(n.X) {
		return
	}
	if on := r.on("arithmetic", n, r.plain(n), r.plain(n.X)+other); on != "" {
		r.edit(n, func() string { return fmt.Sprintf("%s = %s(%s, %s, 1)", r.text(n.X), name, on, r.text(n.X)) })
	}
}

// branch turns break into continue, and the other way round, in a loop.
func (r *rewriter) branch(n *ast.BranchStmt) {
	if n.Label != nil || !r.inBlock() || !r.inLoop() {
		return
	}
	other := map[token.Token]string{token.BREAK: "continue", token.CONTINUE: "break"}[n.Tok]
	if other == "" {
		return
	}
	if on := r.on("loop", n, r.plain(n), other); on != "" {
		r.edit(n, func() string { return "if " + on + " { " + other + " }; " + r.plain(n) })
	}
}

// inBlock reports whether the statement at hand is one of a list.
func (r *rewriter) inBlock() bool {
	switch r.parent(1).(type) {
	case *ast.BlockStmt, *ast.CaseClause:
		return true
	}
	return false
}

// inLoop reports whether break and continue mean the same loop: one that may
// end otherwise, as after one that may not nothing is expected.
func (r *rewriter) inLoop() bool {
	for i := len(r.stack) - 1; i >= 0; i-- {
		switch s := r.stack[i].(type) {
		case *ast.ForStmt:
			return s.Cond != nil
		case *ast.RangeStmt:
			return true
		case *ast.FuncLit, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			return false
		}
	}
	return false
}

func (r *rewriter) dropCall(n *ast.ExprStmt) {
	call, ok := n.X.(*ast.CallExpr)
	if !ok || !r.inBlock() || strings.HasPrefix(r.plain(call), "panic(") {
		return
	}
	r.drop(n)
}

// assign lets an assignment be left out, and turns += into -=.
func (r *rewriter) assign(n *ast.AssignStmt) {
	if n.Tok == token.DEFINE || allBlank(n.Lhs) || !r.inBlock() {
		return
	}
	r.drop(n)
	op := map[token.Token]token.Token{
		token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.OR_ASSIGN: token.OR, token.AND_ASSIGN: token.AND,
		token.AND_NOT_ASSIGN: token.AND_NOT,
	}[n.Tok]
	if op == 0 || !r.isNumber(n.Lhs[0]) {
		return
	}
	other := swapped[op].String() + "="
	if on := r.on("arithmetic", n, r.plain(n), fmt.Sprintf("%s %s %s", r.plain(n.Lhs[0]), other, r.plain(n.Rhs[0]))); on != "" {
		r.edit(n, func() string {
			x := r.text(n.Lhs[0])
			return fmt.Sprintf("%s = %s(%s, %s, %s)", x, helper(op), on, x, r.text(n.Rhs[0]))
		})
	}
}

func allBlank(list []ast.Expr) bool {
	for _, x := range list {
		if id, ok := x.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	return true
}

func (r *rewriter) drop(n ast.Stmt) {
	if on := r.on("drop", n, r.plain(n), "nothing"); on != "" {
		r.edit(n, func() string { return "if !" + on + " { " + r.text(n) + " }" })
	}
}
