package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Proof shows that a record is in a snapshot with a given content digest,
// without the rest of the snapshot. [VerifyProof] checks it.
type Proof struct {
	// Leaf is the encoded record (see the package comment), with the tag in front.
	Leaf []byte
	// Index is the place of the leaf among Leaves.
	Index, Leaves uint64
	// Path holds the hashes beside the way from the leaf to the root.
	Path []Hash
}

// VerifyProof checks that a proof leads to a content digest, given in hex.
func VerifyProof(digest string, p Proof) error {
	if len(p.Leaf) == 0 || p.Leaf[0] != leafTag {
		return fmt.Errorf("%w: it has no leaf", ErrProof)
	}
	root, ok := rootFrom(sha256.Sum256(p.Leaf), p.Index, p.Leaves, p.Path)
	if !ok || hex.EncodeToString(root[:]) != digest {
		return ErrProof
	}
	return nil
}

// Proof returns the proof of the record with that key. It reads the whole file.
// The error wraps [ErrNoRecord] where there is none. The key of a container
// stands for the group, team or queue; see [Reader.ProofMembers].
func (r *Reader) Proof(key authz.Key) (Proof, error) {
	return r.prove(key, func(c *content) ([]byte, error) {
		if key.Kind == authz.KindGrant {
			return c.grantLeaf(key), nil
		}
		return r.recordLeaf(key)
	})
}

// ProofMembers returns the proof of the list of members of a container.
func (r *Reader) ProofMembers(container authz.Key) (Proof, error) {
	return r.prove(container, func(c *content) ([]byte, error) {
		var e encoder
		for _, l := range c.lists {
			if c.keys[l.container] == container {
				e.members(c.keys, l, c.membersOf(l.container), ranks(c.keys))
				return e.b, nil
			}
		}
		return nil, nil
	})
}

func (r *Reader) prove(key authz.Key, leaf func(*content) ([]byte, error)) (Proof, error) {
	c, err := r.content()
	if err != nil {
		return Proof{}, fmt.Errorf("proof of %v: %w", key, err)
	}
	b, err := leaf(c)
	if err == nil && b == nil {
		err = ErrNoRecord
	}
	if err != nil {
		return Proof{}, fmt.Errorf("proof of %v: %w", key, err)
	}
	p := Proof{Leaf: b}
	if !c.follow(&p) {
		return Proof{}, fmt.Errorf("proof of %v: %w", key, ErrNoRecord)
	}
	return p, nil
}

// follow finds the leaf in the tree and collects its path.
func (c *content) follow(p *Proof) bool {
	want := sha256.Sum256(p.Leaf)
	t := newTree()
	for h := range c.leaves() {
		if h == want {
			t.follow = int64(t.n)
		}
		t.add(h)
	}
	p.Leaves = t.n
	if t.follow < 0 {
		return false
	}
	p.Index = uint64(t.follow)
	t.root()
	p.Path = t.path
	return true
}

// grantLeaf encodes the first grant with that key.
func (c *content) grantLeaf(key authz.Key) []byte {
	var e encoder
	for i := range c.grants {
		g := &c.grants[i]
		role, division := c.keys[g.role], c.keys[g.division]
		if role.Org == key.Org && c.keys[g.subject].ID+"/"+role.ID+"/"+division.ID == key.ID {
			e.grant(c.keys, g, c.makers)
			return e.b
		}
	}
	return nil
}

// recordLeaf encodes the record with that key.
func (r *Reader) recordLeaf(key authz.Key) ([]byte, error) {
	switch tableOf(key.Kind) {
	case "organization":
		return leafIn(r.Organizations(), key)
	case "division":
		return leafIn(r.Divisions(), key)
	case "permission":
		return leafIn(r.Permissions(), key)
	case "role":
		return leafIn(r.Roles(), key)
	case "user":
		return leafIn(r.Users(), key)
	case "group_":
		return leafIn(r.Groups(), key)
	case "team":
		return leafIn(r.Teams(), key)
	case "oauth_client":
		return leafIn(r.Clients(), key)
	case "resource":
		return leafIn(r.Resources(), key)
	case "view":
		return leafIn(r.Views(), key)
	case "trust":
		return leafIn(r.Trusts(), key)
	case "access_policy":
		return leafIn(r.AccessPolicies(), key)
	case "other":
		return leafIn(r.Others(), key)
	default:
		return nil, nil
	}
}

func leafIn[T authz.Record](in iter.Seq2[T, error], key authz.Key) ([]byte, error) {
	for rec, err := range in {
		if err != nil {
			return nil, err
		}
		if rec.Key() == key {
			var e encoder
			e.reset()
			e.record(rec)
			return e.b, e.err
		}
	}
	return nil, nil
}
