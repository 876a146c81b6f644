package snapshot

import (
	"errors"
	"math"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// refs numbers keys from 1 in the order in which they are first mentioned.
type refs struct {
	byID  map[shortKey]authz.Ref
	orgs  map[string]uint32
	last  string // the organization of the latest key, and its number
	lastN uint32
	keys  []authz.Key // by number, the one at 0 is empty
}

// A shortKey is a key that is cheap to hash: organizations are few.
type shortKey struct {
	id   string
	org  uint32
	kind authz.Kind
}

func newRefs() *refs {
	return &refs{byID: map[shortKey]authz.Ref{}, orgs: map[string]uint32{"": 0}, keys: make([]authz.Key, 1)}
}

var errTooManyKeys = errors.New("more than 4294967295 keys")

// of returns the number of a key, and gives it one if it has none.
func (r *refs) of(k authz.Key) (authz.Ref, error) {
	s := shortKey{id: k.ID, org: r.org(k.Org), kind: k.Kind}
	if n, ok := r.byID[s]; ok {
		return n, nil
	}
	if _, err := authz.ParseKind(k.Kind.String()); err != nil {
		return 0, err
	}
	if !utf8.ValidString(k.Org) || !utf8.ValidString(k.ID) {
		return 0, errNotUTF8
	}
	if len(r.keys) > math.MaxUint32 {
		return 0, errTooManyKeys
	}
	n := authz.Ref(len(r.keys))
	r.byID[s], r.keys = n, append(r.keys, k)
	return n, nil
}

func (r *refs) org(id string) uint32 {
	if id == r.last {
		return r.lastN
	}
	n, ok := r.orgs[id]
	if !ok {
		n = uint32(len(r.orgs))
		r.orgs[id] = n
	}
	r.last, r.lastN = id, n
	return n
}
