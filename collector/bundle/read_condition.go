package bundle

import "github.com/grantgraph/grantgraph/graph/authz"

// condition reads a node of a condition; null is none.
func (f *file) condition(v value) (*authz.Condition, error) {
	if v.null() {
		return nil, nil
	}
	c := &authz.Condition{}
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "variableName":
			return fv.text(&c.Variable)
		case "operator":
			return fv.text(&c.Operator)
		case "conjunction":
			return fv.text(&c.Conjunction)
		case "operands":
			return fv.each(func(e value) error {
				o, err := f.operand(e)
				c.Operands = append(c.Operands, o)
				return err
			})
		case "terms":
			return fv.each(func(e value) error { return f.term(e, c) })
		}
		return nil
	})
	return c, err
}

func (f *file) term(v value, c *authz.Condition) error {
	t, err := f.condition(v)
	if err != nil {
		return err
	}
	if t == nil {
		return v.want("a condition")
	}
	c.Terms = append(c.Terms, *t)
	return nil
}

func (f *file) operand(v value) (o authz.Operand, err error) {
	err = v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "type":
			return fv.text(&o.Type)
		case "value":
			return fv.scalar(&o.Value)
		case "queue":
			return fv.refTo(&o.Queue)
		case "user":
			return fv.refTo(&o.User)
		case "team":
			return fv.refTo(&o.Team)
		}
		return nil
	})
	if o.Type == "TEAM" || o.Team != "" {
		f.mention("a condition of a role names a team", authz.ListTeams, authz.ListTeamMembers)
	}
	return o, err
}

// scalar sets a string, or the text of a number or boolean.
func (v value) scalar(to *string) error {
	switch v.b[0] {
	case '{', '[':
		return v.want("a string, number or boolean")
	case '"', 'n':
		return v.text(to)
	default:
		*to = string(v.b)
		return nil
	}
}
