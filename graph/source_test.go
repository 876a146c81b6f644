package graph_test

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// broken is a source of which one list cannot be read.
type broken struct {
	*authz.Records
	list string
}

var errBroken = errors.New("the file is torn")

// torn yields what a list has, and then an error if it is the broken one.
func torn[T any](b broken, list string, all iter.Seq2[T, error]) iter.Seq2[T, error] {
	if b.list != list {
		return all
	}
	return func(yield func(T, error) bool) {
		for v, err := range all {
			if !yield(v, err) {
				return
			}
		}
		var zero T
		yield(zero, errBroken)
	}
}

func (b broken) Keys() ([]authz.Key, error) {
	keys, err := b.Records.Keys()
	if b.list == "keys" {
		err = errBroken
	}
	return keys, err
}

func (b broken) Organizations() iter.Seq2[authz.Organization, error] {
	return torn(b, "organizations", b.Records.Organizations())
}

func (b broken) Divisions() iter.Seq2[authz.Division, error] {
	return torn(b, "divisions", b.Records.Divisions())
}

func (b broken) Permissions() iter.Seq2[authz.Permission, error] {
	return torn(b, "permissions", b.Records.Permissions())
}

func (b broken) Roles() iter.Seq2[authz.Role, error] { return torn(b, "roles", b.Records.Roles()) }

func (b broken) Users() iter.Seq2[authz.User, error] { return torn(b, "users", b.Records.Users()) }

func (b broken) Groups() iter.Seq2[authz.Group, error] { return torn(b, "groups", b.Records.Groups()) }

func (b broken) Teams() iter.Seq2[authz.Team, error] { return torn(b, "teams", b.Records.Teams()) }

func (b broken) Clients() iter.Seq2[authz.Client, error] {
	return torn(b, "clients", b.Records.Clients())
}

func (b broken) Resources() iter.Seq2[authz.Resource, error] {
	return torn(b, "resources", b.Records.Resources())
}

func (b broken) Views() iter.Seq2[authz.View, error] { return torn(b, "views", b.Records.Views()) }

func (b broken) Trusts() iter.Seq2[authz.Trust, error] { return torn(b, "trusts", b.Records.Trusts()) }

func (b broken) AccessPolicies() iter.Seq2[authz.AccessPolicy, error] {
	return torn(b, "access policies", b.Records.AccessPolicies())
}

func (b broken) MemberLists() iter.Seq2[authz.MemberList, error] {
	return torn(b, "member lists", b.Records.MemberLists())
}

func (b broken) Members() iter.Seq2[authz.MemberRow, error] {
	return torn(b, "members", b.Records.Members())
}

func (b broken) Grants() iter.Seq2[authz.GrantRow, error] {
	return torn(b, "grants", b.Records.Grants())
}

func (b broken) Coverage() iter.Seq2[authz.Coverage, error] {
	return torn(b, "ledger", b.Records.Coverage())
}

// A list that cannot be read to its end makes no graph of what came before.
func TestBrokenSource(t *testing.T) {
	t.Parallel()
	lists := []string{
		"keys", "grants", "members", "member lists", "ledger", "organizations", "resources", "views", "roles", "permissions", "trusts", "users",
		"clients", "groups", "teams", "divisions", "access policies",
	}
	for _, list := range append(lists, "") {
		r, err := graph.Build(broken{ordered(t), list}, graph.Options{})
		if list == "" {
			if err != nil || r == nil {
				t.Errorf("without a broken list: %v", err)
			}
			continue
		}
		if r != nil || !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), "building the graph: reading ") {
			t.Errorf("broken %s: graph %v, error %v", list, r != nil, err)
		}
	}
}
