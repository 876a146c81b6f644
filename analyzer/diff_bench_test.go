package analyzer_test

import (
	"iter"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An editedSource is a snapshot in which one grant in a hundred is gone and,
// where it says so, each role gives one permission more.
type editedSource struct {
	graph.Source
	roles bool
}

func (s editedSource) Grants() iter.Seq2[authz.GrantRow, error] {
	return func(yield func(authz.GrantRow, error) bool) {
		n := 0
		for row, err := range s.Source.Grants() {
			if n++; n%100 == 0 {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func (s editedSource) Roles() iter.Seq2[authz.Role, error] {
	return func(yield func(authz.Role, error) bool) {
		for r, err := range s.Source.Roles() {
			if s.roles {
				r.Policies = append(r.Policies, authz.Policy{Domain: "routing", Entity: "queue", Action: "brandNew"})
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// BenchmarkDiff compares a snapshot of each size with one in which a hundredth
// of the grants is gone, and with one in which every role was edited besides.
func BenchmarkDiff(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(string(size), func(b *testing.B) {
			path, plan := simulated(b, size)
			old := modelOf(b, path, plan)
			for _, roles := range []bool{false, true} {
				latest := editedModel(b, path, plan.Config, roles)
				b.Run(map[bool]string{false: "Grants", true: "EveryRole"}[roles], func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						a := analyzer.Compare(old, latest).Answer("factored")
						b.ReportMetric(float64(a.Totals.Principals), "principals")
						b.ReportMetric(float64(a.Totals.Gained+a.Totals.Lost), "cells")
					}
				})
			}
		})
	}
}

func editedModel(b *testing.B, path string, conf []byte, roles bool) *analyzer.Model {
	b.Helper()
	c, err := config.Parse("simulated.yaml", conf)
	if err != nil {
		b.Fatal(err)
	}
	r, err := snapshot.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	m, err := analyzer.Build(editedSource{r, roles}, analyzer.Options{Config: c})
	if err != nil {
		b.Fatal(err)
	}
	return m
}
