package simulator_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// counter is a sink that keeps nothing.
type counter struct{ grants, records int }

func (c *counter) Put(rec authz.Record, _ json.RawMessage) error {
	c.records++
	if _, ok := rec.(authz.Grant); ok {
		c.grants++
	}
	return nil
}

func (c *counter) Cover(authz.Coverage) error { return nil }

func BenchmarkGenerate(b *testing.B) {
	for _, o := range []simulator.Options{
		{Size: simulator.SizeS},
		{Size: simulator.SizeS, Shape: simulator.ShapeFlat},
		{Size: simulator.SizeM},
		{Size: simulator.SizeM, Shape: simulator.ShapeFlat},
	} {
		b.Run(name(o), func(b *testing.B) {
			b.ReportAllocs()
			var c counter
			for b.Loop() {
				c = counter{}
				if _, err := simulator.Generate(context.Background(), o, &c, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(c.grants), "grants")
			b.ReportMetric(float64(c.records), "records")
		})
	}
}
