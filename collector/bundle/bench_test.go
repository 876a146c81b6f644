package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// benchGrants makes a file of grants as the API gives them, shaped as in an
// organization: a few roles and divisions, many subjects.
func benchGrants(n int) []byte {
	var b bytes.Buffer
	b.WriteString("[")
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"subjectId":"%08x-1111-4222-8333-%012x","subjectType":"PC_USER",`+
			`"role":{"id":"%08x-aaaa-4bbb-8ccc-000000000000","name":"Role %d"},`+
			`"division":{"id":"%08x-dddd-4eee-8fff-000000000000","name":"Division %d"},`+
			`"grantMadeAt":"2025-%02d-%02dT08:00:00.000Z"}`,
			i/20, i/20, i%300, i%300, i%200, i%200, 1+i%12, 1+i%28)
	}
	b.WriteString("]")
	return b.Bytes()
}

// nothing keeps nothing.
type nothing struct{ n int }

func (s *nothing) Put(authz.Record, json.RawMessage) error { s.n++; return nil }
func (s *nothing) Cover(authz.Coverage) error              { return nil }

func BenchmarkGrants(b *testing.B) {
	const n = 200_000
	data := benchGrants(n)
	b.Run("bundle", func(b *testing.B) {
		fsys := fstest.MapFS{
			"organization.json": {Data: []byte(`{"id":"o"}`)},
			"grants.json":       {Data: data},
		}
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			s := &nothing{}
			if err := New(fsys, "", Options{}).Collect(context.Background(), s); err != nil || s.n != n+1 {
				b.Fatal(s.n, err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if err := plainDecode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// plainGrant is a grant as the standard library would be asked for it.
type plainGrant struct {
	SubjectID   string `json:"subjectId"`
	SubjectType string `json:"subjectType"`
	Role        struct {
		ID string `json:"id"`
	} `json:"role"`
	Division struct {
		ID string `json:"id"`
	} `json:"division"`
	MadeAt time.Time `json:"grantMadeAt"`
}

func plainDecode(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		var g plainGrant
		if err := d.Decode(&g); err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkWriteGrants(b *testing.B) {
	const n = 200_000
	g := authz.Grant{
		Org: "o", Subject: authz.Key{Org: "o", Kind: authz.KindUser, ID: "00000000-1111-4222-8333-000000000000"},
		Role: "00000000-aaaa-4bbb-8ccc-000000000000", Division: "*", MadeAt: time.Unix(1_750_000_000, 0), Source: "grants",
	}
	b.ReportAllocs()
	for b.Loop() {
		w, err := NewWriter(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		for range n {
			if err := w.Put(g, nil); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
