package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// printScale prints what the same work takes at several sizes, with the exponent
// of its growth: cost ~ grants^exponent, by least squares over the logarithms. One
// is growth with the grants; a machine's noise is some hundredths.
func printScale(out io.Writer, shape simulator.Shape, all []*measurer) error {
	fmt.Fprintf(out, "cost against size, shape %s: processor time (of questions in a loaded process: time)\n", shape)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "WORK")
	for _, m := range all {
		fmt.Fprintf(w, "\t%s", m.size)
	}
	fmt.Fprintln(w, "\tEXPONENT")
	for _, r := range all[0].rows {
		var grants, costs []float64
		fmt.Fprint(w, r.work)
		for _, m := range all {
			cost := m.costOf(r.work)
			fmt.Fprintf(w, "\t%s", short(cost))
			if c, ok := m.size.Counts(); ok && cost > 0 {
				grants, costs = append(grants, float64(c.Grants)), append(costs, cost.Seconds())
			}
		}
		fmt.Fprintf(w, "\t%s\n", exponent(grants, costs))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}

func (m *measurer) costOf(work string) time.Duration {
	for _, r := range m.rows {
		if r.work == work && r.cpu > 0 {
			return r.cpu
		}
		if r.work == work {
			return r.took
		}
	}
	return 0
}

// exponent is the slope of the logarithms.
func exponent(x, y []float64) string {
	if len(x) < 2 {
		return "-"
	}
	n := float64(len(x))
	var sx, sy, sxx, sxy float64
	for i := range x {
		a, b := math.Log(x[i]), math.Log(y[i])
		sx, sy, sxx, sxy = sx+a, sy+b, sxx+a*a, sxy+a*b
	}
	return fmt.Sprintf("%.2f", (n*sxy-sx*sy)/(n*sxx-sx*sx))
}
