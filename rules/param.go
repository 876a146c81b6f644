package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/goccy/go-yaml/ast"

	"github.com/grantgraph/grantgraph/analyzer/config"
)

type paramType uint8

const (
	paramDuration paramType = iota
	paramNumber
	paramString
	paramList
)

func (t paramType) String() string {
	return [...]string{"duration", "number", "string", "list"}[t]
}

// A param is a parameter of a rule: time.Duration, int64, float64, string or
// []string.
type param struct {
	name  string
	pos   config.Pos
	typ   paramType
	def   any
	value any
}

// readParams reads the defaults, whose form decides the type.
func (r *reader) readParams(n ast.Node) []param {
	var out []param
	for _, p := range r.pairs(n, "params") {
		v, typ, ok := r.paramValue(p.value)
		if !ok {
			r.fail(p.at, fmt.Sprintf("the parameter %q is %s", p.key, describe(p.value)), "want a duration such as 90d, a number, a text or a list of texts")
			continue
		}
		if !isName(p.key) {
			r.fail(p.at, fmt.Sprintf("the parameter %q has no name that expressions can use", short(p.key)), "want letters, digits and _")
			continue
		}
		out = append(out, param{name: p.key, pos: p.at, typ: typ, def: v, value: v})
	}
	return out
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || (c|0x20 >= 'a' && c|0x20 <= 'z')
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func (r *reader) paramValue(n ast.Node) (any, paramType, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		if d, ok := parseSpan(v.Value); ok {
			return d, paramDuration, true
		}
		return v.Value, paramString, true
	case *ast.IntegerNode:
		i, err := strconv.ParseInt(fmt.Sprint(v.Value), 10, 64)
		return i, paramNumber, err == nil
	case *ast.FloatNode:
		return v.Value, paramNumber, true
	case *ast.SequenceNode:
		list := []string{}
		for _, item := range v.Values {
			s, ok := item.(*ast.StringNode)
			if !ok {
				return nil, 0, false
			}
			list = append(list, s.Value)
		}
		return list, paramList, true
	default:
		return nil, 0, false
	}
}

// celType is the type of params.NAME in expressions.
func (p *param) celType() *cel.Type {
	switch p.def.(type) {
	case time.Duration:
		return cel.DurationType
	case int64:
		return cel.IntType
	case float64:
		return cel.DoubleType
	case string:
		return cel.StringType
	default:
		return cel.ListType(cel.StringType)
	}
}

// override takes a value of the configuration, of the default's type.
func (p *param) override(v any) error {
	wrong := func() error { return fmt.Errorf("%v is no %s", v, p.typ) }
	switch p.def.(type) {
	case time.Duration:
		s, _ := v.(string)
		d, ok := parseSpan(s)
		if !ok {
			return fmt.Errorf("%q is no duration: want one such as 8h or 90d", fmt.Sprint(v))
		}
		p.value = d
	case int64, float64:
		return p.overrideNumber(v)
	case string:
		s, ok := v.(string)
		if !ok {
			return wrong()
		}
		p.value = s
	default:
		list, ok := v.([]any)
		if !ok {
			return wrong()
		}
		all := make([]string, len(list))
		for i, item := range list {
			if all[i], ok = item.(string); !ok {
				return fmt.Errorf("%v is no list of texts", v)
			}
		}
		p.value = all
	}
	return nil
}

func (p *param) overrideNumber(v any) error {
	_, whole := p.def.(int64)
	switch n := v.(type) {
	case int:
		v = int64(n)
	case uint64:
		v = int64(n)
	}
	switch n := v.(type) {
	case int64:
		if p.value = any(n); !whole {
			p.value = float64(n)
		}
		return nil
	case float64:
		if !whole {
			p.value = n
			return nil
		}
	}
	return fmt.Errorf("%v is no whole number", v)
}

// render writes a value as a pack would.
func (p *param) render(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return exactSpan(v)
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// exactSpan writes a duration without rounding.
func exactSpan(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range spanUnits()[1:] {
		if n := d / u.length; n > 0 {
			fmt.Fprintf(&b, "%d%c", n, u.letter)
			d -= n * u.length
		}
	}
	return b.String()
}

// same reports whether the value is the default.
func (p *param) same() bool {
	if a, ok := p.value.([]string); ok {
		return slices.Equal(a, p.def.([]string))
	}
	return p.value == p.def
}
