package analyzer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
)

// Forms of changes on a command line.
const (
	FormGrant  = "SUBJECT/ROLE/DIVISION"
	FormMember = "GROUP+USER or GROUP-USER"
	FormMove   = "RECORD=DIVISION"
)

// ReadGrant reads SUBJECT/ROLE/DIVISION; to revoke, the division may be missing.
// Since names may hold what stands between the parts, each way to take the text
// apart is tried: exactly one must name what there is.
func (m *Model) ReadGrant(kind change.Kind, text string) (change.Change, error) {
	var ways []config.WrittenChange
	cuts := indexes(text, '/')
	for i := len(cuts) - 1; i >= 0; i-- {
		for j := i - 1; j >= 0; j-- {
			ways = append(ways, written(kind, "subject", text[:cuts[j]], "role", text[cuts[j]+1:cuts[i]], "division", text[cuts[i]+1:]))
		}
		if kind == change.RevokeGrant {
			ways = append(ways, written(kind, "subject", text[:cuts[i]], "role", text[cuts[i]+1:]))
		}
	}
	return m.oneWay(ways, text, FormGrant)
}

// ReadMember reads GROUP+USER, who is to join a group or team, or GROUP-USER, who
// is to leave.
func (m *Model) ReadMember(text string) (change.Change, error) {
	var ways []config.WrittenChange
	for _, sign := range []struct {
		sign        byte
		group, team change.Kind
	}{{'+', change.AddMember, change.JoinTeam}, {'-', change.RemoveMember, change.LeaveTeam}} {
		for _, i := range indexes(text, sign.sign) {
			ways = append(ways, written(sign.group, "group", text[:i], "member", text[i+1:]), written(sign.team, "team", text[:i], "member", text[i+1:]))
		}
	}
	return m.oneWay(ways, text, FormMember)
}

// ReadMove reads RECORD=DIVISION: a queue, flow, other object or user that is to
// lie in another division.
func (m *Model) ReadMove(text string) (change.Change, error) {
	var ways []config.WrittenChange
	for _, i := range indexes(text, '=') {
		ways = append(ways, written(change.MoveResource, "resource", text[:i], "to", text[i+1:]), written(change.MoveUser, "user", text[:i], "to", text[i+1:]))
	}
	return m.oneWay(ways, text, FormMove)
}

func indexes(text string, sep byte) []int {
	var out []int
	for i := range len(text) {
		if text[i] == sep && i > 0 && i < len(text)-1 {
			out = append(out, i)
		}
	}
	return out
}

// written makes a change of words and names.
func written(kind change.Kind, pairs ...string) config.WrittenChange {
	w := config.WrittenChange{Kind: kind, Names: map[string]config.Expression{}}
	for i := 0; i < len(pairs); i += 2 {
		w.Names[pairs[i]] = config.Expression{Text: pairs[i+1]}
	}
	return w
}

// oneWay resolves the one of several ways to read a change that names what there
// is. If there is none, the error is that of the way that comes furthest.
func (m *Model) oneWay(ways []config.WrittenChange, text, form string) (change.Change, error) {
	if len(ways) == 0 {
		return change.Change{}, fmt.Errorf("%q: want %s", text, form)
	}
	var found []change.Change
	var wrong error
	for _, w := range ways {
		got, err := m.Resolve([]config.WrittenChange{w})
		switch {
		case err == nil:
			found = append(found, got[0])
		case wrong == nil || further(err, wrong):
			wrong = err
		}
	}
	switch len(found) {
	case 0:
		return change.Change{}, fmt.Errorf("%q: %w", text, wrong)
	case 1:
		return found[0], nil
	default:
		texts := make([]string, len(found))
		for i, c := range found {
			texts[i] = m.changeText(c)
		}
		return change.Change{}, fmt.Errorf("%q can be read in %d ways: %s; name the records by id, or write a file of changes", text, len(found), strings.Join(texts, "; "))
	}
}

// further reports whether an error tells more than another: of names that were
// found, rather than of one that was not.
func further(err, than error) bool {
	var lacks *NotFoundError
	return errors.As(than, &lacks) && !errors.As(err, &lacks)
}
