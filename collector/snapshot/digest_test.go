package snapshot

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func TestDigestIgnoresOrder(t *testing.T) {
	t.Parallel()
	_, want := write(t, CreateOptions{}, fixture(), ledger())
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		list, lines := fixture(), ledger()
		list = append(list, list[rng.IntN(len(list))]) // and the same once more
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		for i := range list {
			list[i] = shuffled(rng, list[i])
		}
		for i := range lines {
			lines[i].Started, lines[i].Ended = time.Time{}, at(i+1)
		}
		path, got := write(t, CreateOptions{}, list, lines)
		if got.Digest != want.Digest {
			t.Errorf("seed %d: digest %s, want %s", seed, got.Digest, want.Digest)
		}
		if a, b := open(t, path).seal.coverage, hexOf(coverageRoot(ledger())); a != b {
			t.Errorf("seed %d: coverage digest %s, want %s", seed, a, b)
		}
	}
}

// shuffled changes the order of lists whose order means nothing, and repeats one element.
func shuffled(rng *rand.Rand, rec authz.Record) authz.Record {
	v := reflect.New(reflect.TypeOf(rec)).Elem()
	v.Set(reflect.ValueOf(rec))
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.Slice || f.Len() == 0 {
			continue
		}
		list := reflect.AppendSlice(reflect.MakeSlice(f.Type(), 0, f.Len()+1), f)
		list = reflect.Append(list, f.Index(rng.IntN(f.Len())))
		rng.Shuffle(list.Len(), reflect.Swapper(list.Interface()))
		f.Set(list)
	}
	return v.Interface().(authz.Record)
}

func TestSameSequenceSameSeal(t *testing.T) {
	t.Parallel()
	_, a := write(t, CreateOptions{Tool: "x"}, fixture(), ledger())
	_, b := write(t, CreateOptions{Tool: "x"}, fixture(), ledger())
	if a.Seal != b.Seal || a.ID != b.ID {
		t.Errorf("seals %s and %s differ", a.Seal, b.Seal)
	}
	_, c := write(t, CreateOptions{Tool: "x", Now: func() time.Time { return clock().Add(time.Second) }}, fixture(), ledger())
	if c.Seal == a.Seal {
		t.Error("the seal does not cover the time")
	}
	if c.Digest != a.Digest {
		t.Error("the digest covers the time")
	}
}

// TestEveryFieldCounts changes each field of each record of the fixture, one at
// a time, and wants another digest.
func TestEveryFieldCounts(t *testing.T) {
	t.Parallel()
	list := fixture()
	want := digestOf(t, list)
	for i, rec := range list {
		typ := reflect.TypeOf(rec)
		for f := range typ.NumField() {
			if typ == reflect.TypeFor[authz.Grant]() && typ.Field(f).Name == "Source" {
				continue
			}
			v := reflect.New(typ).Elem()
			v.Set(reflect.ValueOf(rec))
			if !change(v.Field(f)) {
				t.Fatalf("%s.%s: do not know how to change a %s", typ, typ.Field(f).Name, typ.Field(f).Type)
			}
			changed := slices.Clone(list)
			changed[i] = v.Interface().(authz.Record)
			if k, ok := changed[i].(authz.Resource); ok && !slices.Contains(resources().kinds, k.Kind) {
				continue
			}
			if digestOf(t, changed) == want {
				t.Errorf("record %d (%v): the digest ignores %s", i, rec.Key(), typ.Field(f).Name)
			}
		}
	}
}

// digestOf computes the digest without a file.
func digestOf(t *testing.T, list []authz.Record) string {
	t.Helper()
	w := memoryWriter(t)
	for _, rec := range list {
		if err := w.Put(rec, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.grants.merge(len(w.refs.keys))
	w.members.merge()
	return hexOf(w.content().root())
}

func memoryWriter(t *testing.T) *Writer {
	t.Helper()
	w, err := Create(t.TempDir()+"/s.db", CreateOptions{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Discard(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// change gives a field another value.
func change(f reflect.Value) bool {
	switch v := f.Interface().(type) {
	case time.Time:
		f.Set(reflect.ValueOf(v.Add(time.Hour)))
		if v.IsZero() {
			f.Set(reflect.ValueOf(at(28)))
		}
		return true
	case authz.Tri:
		f.Set(reflect.ValueOf((v + 1) % 3))
		return true
	case authz.Kind:
		f.Set(reflect.ValueOf(v + 1))
		return true
	case authz.Key:
		v.ID += "x"
		f.Set(reflect.ValueOf(v))
		return true
	case *authz.Condition:
		c := authz.Condition{Variable: "new"}
		f.Set(reflect.ValueOf(&c))
		return true
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(f.String() + "x")
	case reflect.Bool:
		f.SetBool(!f.Bool())
	case reflect.Int, reflect.Int64:
		f.SetInt(f.Int() + 1)
	case reflect.Slice:
		list := reflect.AppendSlice(reflect.MakeSlice(f.Type(), 0, f.Len()+1), f)
		element := reflect.New(f.Type().Elem()).Elem()
		if element.Kind() == reflect.Struct {
			if element.Type() == reflect.TypeFor[authz.Key]() {
				element.Set(reflect.ValueOf(authz.Key{Org: org, Kind: authz.KindUser, ID: "new"}))
			} else if !change(element.Field(0)) {
				return false
			}
		} else if !change(element) {
			return false
		}
		f.Set(reflect.Append(list, element))
	default:
		return false
	}
	return true
}

func TestEveryFieldOfAPolicyCounts(t *testing.T) {
	t.Parallel()
	role := func(p authz.Policy) []authz.Record {
		return []authz.Record{authz.Role{Org: org, ID: "r", Policies: []authz.Policy{p}}}
	}
	want := digestOf(t, role(authz.Policy{Domain: "a"}))
	typ := reflect.TypeFor[authz.Policy]()
	for f := range typ.NumField() {
		p := authz.Policy{Domain: "a"}
		if !change(reflect.ValueOf(&p).Elem().Field(f)) {
			t.Fatalf("do not know how to change %s", typ.Field(f).Name)
		}
		if digestOf(t, role(p)) == want {
			t.Errorf("the digest ignores %s", typ.Field(f).Name)
		}
	}
}

func TestProof(t *testing.T) {
	t.Parallel()
	path, info := write(t, CreateOptions{}, fixture(), nil)
	r := open(t, path)
	for _, rec := range fixture() {
		prove := r.Proof
		switch rec.(type) {
		case authz.Usage:
			continue // has no key of its own
		case authz.MemberList:
			prove = r.ProofMembers
		}
		p, err := prove(rec.Key())
		if err != nil {
			t.Errorf("Proof(%v): %v", rec.Key(), err)
			continue
		}
		if err := VerifyProof(info.Digest, p); err != nil {
			t.Errorf("VerifyProof(%v) = %v (leaf %d of %d)", rec.Key(), err, p.Index, p.Leaves)
		}
		p.Leaf[len(p.Leaf)-1] ^= 1
		if VerifyProof(info.Digest, p) == nil {
			t.Errorf("VerifyProof(%v) takes another leaf", rec.Key())
		}
	}
	if _, err := r.Proof(authz.Key{Org: org, Kind: authz.KindUser, ID: "nobody"}); err == nil {
		t.Error("Proof of nobody: no error")
	}
}

// plainRoot is the definition of the tree's shape, word by word.
func plainRoot(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return newTree().root()
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return nodeHash(plainRoot(leaves[:k]), plainRoot(leaves[k:]))
}

func TestTree(t *testing.T) {
	t.Parallel()
	for n := range 70 {
		leaves := make([]Hash, n)
		for i := range leaves {
			leaves[i][0], leaves[i][1] = byte(i), 7
		}
		want := plainRoot(leaves)
		for follow := -1; follow < n; follow++ {
			tr := newTree()
			tr.follow = int64(follow)
			for _, h := range leaves {
				tr.add(h)
			}
			if got := tr.root(); got != want {
				t.Fatalf("root over %d leaves is wrong", n)
			}
			if follow < 0 {
				continue
			}
			got, ok := rootFrom(leaves[follow], uint64(follow), uint64(n), tr.path)
			if !ok || got != want {
				t.Errorf("path of leaf %d of %d is wrong", follow, n)
			}
			if len(tr.path) > 0 {
				if _, ok := rootFrom(leaves[follow], uint64(follow), uint64(n), tr.path[1:]); ok {
					t.Errorf("path of leaf %d of %d: a shorter one is taken", follow, n)
				}
			}
		}
	}
}
