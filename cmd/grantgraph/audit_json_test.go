package main

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

// manyFindings is a result in which the same principals stand again and again.
func manyFindings(findings, principals int) *rules.Result {
	r := &rules.Result{Findings: []rules.Finding{}, Accepted: []rules.Accepted{}, Deviations: []rules.Deviation{}}
	for i := range findings {
		f := rules.Finding{Fingerprint: fmt.Sprintf("TI-001/%d", i), Rule: "TI-001", Severity: rules.High, Principals: []analyzer.PrincipalRef{}}
		f.Message = "\n  \"findings\": [] <b>\u202e"
		for p := range principals {
			f.Principals = append(f.Principals, analyzer.PrincipalRef{
				Org: "o", Kind: authz.KindUser, ID: fmt.Sprintf("0b1c%032d", p), Name: fmt.Sprintf("\u202eAgent & %d", p), Email: fmt.Sprintf("agent-%d@bpo-a.example", p),
				Division: analyzer.Named{ID: "d-bpo-a", Name: "BPO_A"}, Tenant: "BPO_A", External: true, State: "active", Known: true,
			})
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// TestFindingsWrittenPieceByPiece shows that writing findings one by one gives
// the bytes that writing the whole document gives.
func TestFindingsWrittenPieceByPiece(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{0, 0}, {1, 0}, {1, 1}, {3, 4}} {
		r := manyFindings(size[0], size[1])
		for _, change := range []func(){
			func() {},
			func() { r.Accepted = append(r.Accepted, rules.Accepted{Reason: "meant"}) },
			func() { r.Fixed = manyFindings(2, 2).Findings },
			func() { r.Findings = nil },
		} {
			change()
			var whole, pieces bytes.Buffer
			if err := writeJSON(&whole, r); err != nil {
				t.Fatal(err)
			}
			if err := writeFindings(&pieces, r); err != nil {
				t.Fatal(err)
			}
			if r.Findings == nil {
				whole.Reset() // a result always has a list
				r.Findings = []rules.Finding{}
				if err := writeJSON(&whole, r); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(whole.Bytes(), pieces.Bytes()) {
				t.Errorf("%d findings of %d principals differ:\n%s\nwant\n%s", size[0], size[1], pieces.Bytes(), whole.Bytes())
			}
		}
	}
}

func TestSpliceNeedsItsPlace(t *testing.T) {
	t.Parallel()
	err := splice(io.Discard, "", map[string]any{"a": []int{}}, longList{key: "b", len: 1})
	if err == nil {
		t.Error("a document without the list is spliced")
	}
}

func BenchmarkWriteFindings(b *testing.B) {
	r := manyFindings(100, 5000)
	b.ReportAllocs()
	for b.Loop() {
		if err := writeFindings(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
