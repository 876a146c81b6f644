package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A rewriter makes the text of a source file in which each mutant is chosen
// while the program runs: a < b becomes an expression that asks which mutant is
// on. So one build serves every mutant.
type rewriter struct {
	p       *pack
	src     source
	mutants *[]mutant
	counted map[string]int // how often a key was given
	ops     map[string]bool

	fn    string
	stack []ast.Node                   // from the file down to the node at hand
	edits map[ast.Node][]func() string // replacements of a node's text, the outermost first
}

// rewrite returns the file's new text, and adds its mutants.
func (r *rewriter) rewrite() string {
	r.edits = map[ast.Node][]func() string{}
	for _, d := range r.src.tree.Decls {
		r.fn = funcName(d)
		r.stack = nil
		ast.Inspect(d, func(n ast.Node) bool {
			if n == nil {
				r.stack = r.stack[:len(r.stack)-1]
				return true
			}
			if constant(n) {
				return false
			}
			r.mutate(n)
			r.stack = append(r.stack, n)
			return true
		})
	}
	return r.text(r.src.tree)
}

// constant reports whether a node is a place for constants and types alone.
func constant(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok != token.VAR
	case *ast.ArrayType, *ast.FuncType, *ast.MapType, *ast.StructType, *ast.InterfaceType, *ast.Field:
		return true
	}
	return false
}

func funcName(d ast.Decl) string {
	f, ok := d.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	return strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*") + "." + f.Name.Name
}

// parent returns the node that is n levels above the node at hand.
func (r *rewriter) parent(n int) ast.Node {
	if n > len(r.stack) {
		return nil
	}
	return r.stack[len(r.stack)-n]
}

// on adds a mutant, and returns the expression that says whether it is chosen;
// "" for a kind of change that was not asked for.
func (r *rewriter) on(op string, at ast.Node, before, after string) string {
	if !r.ops[op] {
		return ""
	}
	pos := r.p.fset.Position(at.Pos())
	m := mutant{
		ID: len(*r.mutants) + 1, Dir: r.p.rel, File: pos.Filename[strings.LastIndexByte(pos.Filename, '/')+1:], Line: pos.Line,
		Op: op, Func: r.fn, Before: oneLine(before), After: oneLine(after), Nth: 1,
	}
	key := m.key()
	r.counted[key]++
	m.Nth = r.counted[key]
	*r.mutants = append(*r.mutants, m)
	return fmt.Sprintf("mutantOn(%d)", m.ID)
}

// edit replaces a node's text by what with makes of it: of r.text(n) where
// edits that come later may be inside of it.
func (r *rewriter) edit(n ast.Node, with func() string) { r.edits[n] = append(r.edits[n], with) }

// plain is a node's text as it was written.
func (r *rewriter) plain(n ast.Node) string {
	return string(r.src.text[r.offset(n.Pos()):r.offset(n.End())])
}

func (r *rewriter) offset(p token.Pos) int { return r.p.fset.Position(p).Offset }

// text is a node's new text.
func (r *rewriter) text(n ast.Node) string {
	edits := r.edits[n]
	if len(edits) == 0 {
		return r.inner(n)
	}
	r.edits[n] = edits[1:]
	defer func() { r.edits[n] = edits }()
	return edits[0]()
}

// inner is a node's text with what is below it replaced.
func (r *rewriter) inner(n ast.Node) string {
	var below []ast.Node
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return true
		}
		if len(r.edits[c]) > 0 {
			below = append(below, c)
			return false
		}
		return true
	})
	slices.SortFunc(below, func(a, b ast.Node) int { return int(a.Pos() - b.Pos()) })
	start, end := r.offset(n.Pos()), r.offset(n.End())
	if _, file := n.(*ast.File); file {
		start, end = 0, len(r.src.text)
	}
	var b strings.Builder
	for _, c := range below {
		b.Write(r.src.text[start:r.offset(c.Pos())])
		b.WriteString(r.text(c))
		start = r.offset(c.End())
	}
	b.Write(r.src.text[start:end])
	return b.String()
}
