package rules

import (
	"errors"
	"reflect"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A factValue is a whole row as an expression sees it: something to hand to
// functions, without value of its own.
type factValue struct {
	fact *fact
	x    *index
	row  any
	typ  *types.Type
}

var errNoValue = errors.New("a fact has no value of its own")

// ConvertToNative implements [ref.Val].
func (v *factValue) ConvertToNative(reflect.Type) (any, error) { return nil, errNoValue }

// ConvertToType implements [ref.Val].
func (v *factValue) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errNoValue) }

// Equal implements [ref.Val].
func (v *factValue) Equal(o ref.Val) ref.Val { return types.Bool(o == ref.Val(v)) }

// Type implements [ref.Val].
func (v *factValue) Type() ref.Type { return v.typ }

// Value implements [ref.Val].
func (v *factValue) Value() any { return v.fact.name }

func inTenant(f, name ref.Val) ref.Val {
	v, ok := f.(*factValue)
	if !ok || v.fact.tenant == nil {
		return types.NewErr("in_tenant: this fact belongs to no tenant")
	}
	return types.Bool(strings.EqualFold(v.fact.tenant(v.x, v.row), string(name.(types.String))))
}

func holdsPermission(f, pattern ref.Val) ref.Val {
	return anyHolds("holds", f, pattern, (*index).holds)
}

// holdsAny is holdsPermission for a list, of which one is enough.
func holdsAny(f, patterns ref.Val) ref.Val {
	for it := patterns.(traits.Lister).Iterator(); it.HasNext() == types.True; {
		if held := holdsPermission(f, it.Next()); held != types.False {
			return held // true, or what is wrong
		}
	}
	return types.False
}

func holdsWhole(f, pattern ref.Val) ref.Val {
	return anyHolds("holds_whole", f, pattern, (*index).holdsWhole)
}

// anyHolds asks for each principal of a fact.
func anyHolds(name string, f, pattern ref.Val, holds func(*index, uint32, authz.Pattern) bool) ref.Val {
	v, ok := f.(*factValue)
	if !ok || (v.fact.name != "principal" && v.fact.name != "client") {
		return types.NewErr("%s: want a principal or a client", name)
	}
	c, err := v.x.pattern(string(pattern.(types.String)))
	if err != nil {
		return types.NewErr("%s", err)
	}
	for _, p := range v.fact.members(v.x, v.row) {
		if holds(v.x, p, c) {
			return types.True
		}
	}
	return types.False
}

// pattern reads a permission, each text once.
func (x *index) pattern(text string) (authz.Pattern, error) {
	if c, ok := x.parsed[text]; ok {
		return c, nil
	}
	c, err := authz.ParsePattern(text)
	if err == nil {
		if x.parsed == nil {
			x.parsed = map[string]authz.Pattern{}
		}
		x.parsed[text] = c
	}
	return c, err
}
