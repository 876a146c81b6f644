package graph

import (
	"iter"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Source yields the records that a graph is built from, in any order. Several
// of its sequences may be read at a time.
// [authz.Records] and the snapshot's Reader are Sources.
type Source interface {
	Info() authz.Info
	// Keys returns the key of each [authz.Ref]; it is called before Grants and Members.
	Keys() ([]authz.Key, error)
	Organizations() iter.Seq2[authz.Organization, error]
	Divisions() iter.Seq2[authz.Division, error]
	Permissions() iter.Seq2[authz.Permission, error]
	Roles() iter.Seq2[authz.Role, error]
	Users() iter.Seq2[authz.User, error]
	Groups() iter.Seq2[authz.Group, error]
	Teams() iter.Seq2[authz.Team, error]
	Clients() iter.Seq2[authz.Client, error]
	Resources() iter.Seq2[authz.Resource, error]
	Views() iter.Seq2[authz.View, error]
	Trusts() iter.Seq2[authz.Trust, error]
	AccessPolicies() iter.Seq2[authz.AccessPolicy, error]
	MemberLists() iter.Seq2[authz.MemberList, error]
	Members() iter.Seq2[authz.MemberRow, error]
	Grants() iter.Seq2[authz.GrantRow, error]
	Coverage() iter.Seq2[authz.Coverage, error]
}

// Names is what shipped data and people's configuration say of permission
// names; lexicon.Lexicon is one.
type Names interface {
	// Aware says whether a permission that the catalogue does not describe is
	// limited by divisions.
	Aware(authz.Pattern) authz.Tri
	// Resolve reads a permission's name as guides write it. A name that is in
	// the universe is never taken for an alias.
	Resolve(name string, inUniverse func(authz.Pattern) bool) (authz.Pattern, error)
	// Concerns says whether a permission is about queues, users, or both: only
	// those count of what a scope leaves.
	Concerns(authz.Pattern) (queues, users bool)
}

// plainNames is used where no Names are given: no aliases, nothing known.
type plainNames struct{}

func (plainNames) Aware(p authz.Pattern) authz.Tri {
	if p.IsLegacy() {
		return authz.False
	}
	return authz.Unknown
}

func (plainNames) Resolve(name string, _ func(authz.Pattern) bool) (authz.Pattern, error) {
	return authz.ParsePattern(name)
}

func (plainNames) Concerns(p authz.Pattern) (queues, users bool) {
	queues = strings.HasPrefix(p.Entity, "queue")
	users = strings.HasPrefix(p.Entity, "user") || strings.HasPrefix(p.Entity, "profile") || p.Domain == "user"
	if !queues && !users {
		return true, true
	}
	return queues, users
}
