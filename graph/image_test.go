package graph

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// imageOf writes a graph's image.
func imageOf(t testing.TB, g *Graph, src Source) []byte {
	t.Helper()
	keys, err := src.Keys()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := g.WriteImage(&b, "key", keys); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openImage(data []byte) (*Image, error) {
	return OpenImage(data, "key")
}

// A graph built from an image is the graph built from the records, to the last
// field, whatever the options were that the image's graph was built with.
func TestImageGivesTheSameGraph(t *testing.T) { sameFromImage(t, 8, 120) }

// A few at first, which notice most.
func TestImageOfFewOrganizations(t *testing.T) { sameFromImage(t, 0, 8) }

func sameFromImage(t *testing.T, from, to int64) {
	t.Helper()
	for seed := from; seed < to; seed++ {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Complete: seed%4 == 3, Users: 6})
		first, err := Build(r, Options{EnforceDeny: seed%2 == 0})
		if err != nil {
			t.Fatal(err)
		}
		for _, deny := range []bool{false, true} {
			want, err := Build(r, Options{EnforceDeny: deny})
			if err != nil {
				t.Fatal(err)
			}
			im, err := openImage(imageOf(t, first, r))
			if err != nil {
				t.Fatal(err)
			}
			got, err := Build(r, Options{EnforceDeny: deny, Image: im})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if !bytes.Equal(imageOf(t, got, r), imageOf(t, want, r)) {
				t.Fatalf("seed %d: the image of its image is another", seed)
			}
			if diff := sameGraph(want, got); diff != "" {
				t.Fatalf("seed %d: from the records (-), from the image (+):\n%s\n%s", seed, diff, authztest.Format(r))
			}
		}
	}
}

func sameGraph(want, got *Graph) string {
	// Where a user's record lies is no matter, what it says is.
	type bare Principal
	type told struct {
		bare
		User *authz.User
	}
	spelled := cmp.Transformer("spelled", func(p Principal) told {
		u := p.User()
		p.record, p.users, p.user = nil, nil, 0
		return told{bare(p), u}
	})
	return cmp.Diff(want, got, spelled, cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty())
}

// Every field of a user's record is in an image.
func TestImageHoldsEveryFieldOfUsers(t *testing.T) {
	r := authztest.Random(rand.New(rand.NewSource(1)), authztest.RandomOptions{Users: 3})
	u := authz.User{
		LastToken: time.Date(2026, 3, 31, 1, 2, 3, 456789, time.UTC), LastLogin: time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		BPO: authz.True, Licences: []string{"", "a", strings.Repeat("b", 300), "\x00c"},
	}
	v := reflect.ValueOf(&u).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			f.SetString(fmt.Sprintf("field %d", i))
		}
		if v.Field(i).IsZero() {
			t.Fatalf("the test leaves field %s empty", v.Type().Field(i).Name)
		}
	}
	u.Trustee = ""
	r.User = append(r.User, u)
	for _, when := range []string{"", "a trustee's"} {
		r.User[len(r.User)-1].Trustee = when
		g, err := Build(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		im, err := openImage(imageOf(t, g, r))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Build(r, Options{Image: im})
		if err != nil {
			t.Fatal(err)
		}
		p, ok := again.find(r.User[len(r.User)-1].Key())
		if !ok {
			t.Fatal("the user is gone")
		}
		if diff := cmp.Diff(&r.User[len(r.User)-1], again.principals[p].User()); diff != "" {
			t.Errorf("%q user: %s", when, diff)
		}
	}
}

// An image that is cut off, changed or another's is refused, never believed.
func TestImageRefusesDamage(t *testing.T) {
	r := authztest.Random(rand.New(rand.NewSource(7)), authztest.RandomOptions{Users: 6})
	g, err := Build(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	data := imageOf(t, g, r)
	try := func(data []byte, key string) error {
		im, err := OpenImage(data, key)
		if err == nil {
			_, err = Build(r, Options{Image: im})
		}
		return err
	}
	if err := try(data, "key"); err != nil {
		t.Fatal(err)
	}
	if err := try(data, "yek"); !errors.Is(err, ErrImage) {
		t.Errorf("another key: %v", err)
	}
	for n := range data {
		if err := try(data[:n], "key"); !errors.Is(err, ErrImage) {
			t.Fatalf("cut off at %d of %d: %v", n, len(data), err)
		}
	}
	used := 0
	for n := range data {
		changed := bytes.Clone(data)
		changed[n] ^= 1 << (n % 8)
		switch err := try(changed, "key"); {
		case err == nil && data[n] != 0:
			t.Fatalf("byte %d changed: nobody noticed", n)
		case err != nil && !errors.Is(err, ErrImage):
			t.Fatalf("byte %d changed: %v", n, err)
		case err != nil:
			used++
		}
	}
	if used < len(data)/2 {
		t.Errorf("only %d of %d bytes matter", used, len(data))
	}
}

// An image of other records is refused, or what does not fit is: no panic.
func TestImageOfOtherRecords(t *testing.T) {
	var graphs []*Graph
	var records []*authz.Records
	for seed := range int64(30) {
		r := authztest.Random(rand.New(rand.NewSource(seed)), authztest.RandomOptions{Users: 6})
		g, err := Build(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		graphs, records = append(graphs, g), append(records, r)
	}
	for i, g := range graphs {
		data := imageOf(t, g, records[i])
		for _, r := range records {
			im, err := openImage(data)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Build(r, Options{Image: im}); err != nil && !errors.Is(err, ErrImage) {
				t.Fatal(err)
			}
		}
	}
}
