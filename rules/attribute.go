package rules

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Attributes are the compiled expressions of a configuration's "attributes". It
// is an [analyzer.Attributes].
type Attributes struct {
	names    []string
	programs map[string]cel.Program
	at       map[string]config.Pos
}

// CompileAttributes compiles expressions over the variable user. Each gives true
// or false, or a text. The error holds each mistake with its place.
func CompileAttributes(list map[string]config.Expression) (*Attributes, error) {
	env, err := cel.NewEnv(cel.Variable("user", cel.MapType(cel.StringType, cel.DynType)),
		cel.ExpressionNestingDepthLimit(32), cel.ParserExpressionSizeLimit(8192))
	if err != nil {
		return nil, err
	}
	a := &Attributes{names: slices.Sorted(maps.Keys(list)), programs: map[string]cel.Program{}, at: map[string]config.Pos{}}
	var wrong []error
	for _, name := range a.names {
		e := list[name]
		a.at[name] = e.Pos
		program, err := attributeProgram(env, name, e)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		a.programs[name] = program
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return a, nil
}

func attributeProgram(env *cel.Env, name string, e config.Expression) (cel.Program, error) {
	wrong := func(what, want string) error {
		return &config.Error{Pos: e.Pos, What: fmt.Sprintf("the attribute %q %s", short(name), what), Want: want}
	}
	checked, issues := env.Compile(e.Text)
	if issues.Err() != nil {
		return nil, wrong("is no expression: "+clean(issues.Errors()[0].Message), `want CEL such as user.employerInfo.employeeType == "BPO"`)
	}
	if t := checked.OutputType(); t != cel.BoolType && t != cel.StringType && t != cel.DynType {
		return nil, wrong("gives "+cel.FormatCELType(t), "want an expression that is true or false, or a text")
	}
	return env.Program(checked, cel.CostLimit(costLimit))
}

// Names implements [analyzer.Attributes].
func (a *Attributes) Names() []string { return a.names }

// Of implements [analyzer.Attributes]. An expression that reads a field which
// the user lacks says nothing: unknown is not false.
func (a *Attributes) Of(u *authz.User, division string) (map[string]string, error) {
	said := make(map[string]string, len(a.names))
	vars := map[string]any{"user": userFields(u, division)}
	for _, name := range a.names {
		out, _, err := a.programs[name].Eval(vars)
		switch {
		case err != nil && strings.Contains(err.Error(), "no such key"):
		case err != nil:
			return nil, fmt.Errorf("%s: the attribute %q: %w", a.at[name], name, err)
		default:
			switch v := out.(type) {
			case types.Bool:
				said[name] = fmt.Sprint(bool(v))
			case types.String:
				said[name] = string(v)
			default:
				return nil, fmt.Errorf("%s: the attribute %q gives %s: want true or false, or a text", a.at[name], name, out.Type().TypeName())
			}
		}
	}
	return said, nil
}

// userFields are a user's fields under the platform's names. What the snapshot
// does not say is absent.
func userFields(u *authz.User, division string) map[string]any {
	m := map[string]any{}
	for name, v := range map[string]string{
		"id": u.ID, "name": u.Name, "email": u.Email, "username": u.Username, "state": u.State, "title": u.Title,
		"department": u.Department, "region": u.Region,
	} {
		if v != "" {
			m[name] = v
		}
	}
	if u.EmployeeType != "" {
		m["employerInfo"] = map[string]any{"employeeType": u.EmployeeType}
	}
	if u.Manager != "" {
		m["manager"] = map[string]any{"id": u.Manager}
	}
	if u.Division != "" {
		m["division"] = map[string]any{"id": u.Division, "name": division}
	}
	if len(u.Licences) > 0 {
		m["licences"] = u.Licences
	}
	return m
}
