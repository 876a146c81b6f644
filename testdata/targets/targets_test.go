package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// Everything that takes no network and no other package's tests is measured on
// the smallest organization.
func TestMeasuresSmall(t *testing.T) {
	s := settings{sizes: []simulator.Size{simulator.SizeS}, shapes: []simulator.Shape{simulator.ShapeFlat}, only: []string{"who", "audit", "loaded"}, dir: t.TempDir()}
	var out strings.Builder
	if err := run(t.Context(), s, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"size S, shape flat", "best of 7", "audit", "one principal's reasons", "escalation closure", "matrix"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}

func TestExponent(t *testing.T) {
	if got := exponent([]float64{1, 10, 100}, []float64{2, 20, 200}); got != "1.00" {
		t.Errorf("linear growth: %s", got)
	}
	if got := exponent([]float64{1, 10}, []float64{1, 100}); got != "2.00" {
		t.Errorf("quadratic growth: %s", got)
	}
	if got := exponent([]float64{1}, []float64{1}); got != "-" {
		t.Errorf("one size: %s", got)
	}
}

func TestVerdict(t *testing.T) {
	no := false
	for _, c := range []struct {
		row  row
		want string
	}{
		{row{took: time.Second}, "-"},
		{row{took: time.Second, target: limit{took: time.Second}}, "yes"},
		{row{took: 2 * time.Second, target: limit{took: time.Second}}, "no"},
		{row{took: time.Second, memory: 2 * gib, target: limit{took: time.Minute, memory: gib}}, "no"},
		{row{target: limit{text: "5 %"}, met: &no}, "no"},
	} {
		if got := c.row.verdict(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.row, got, c.want)
		}
	}
}
