package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// print writes the table of a size and shape.
func (m *measurer) print(out io.Writer) error {
	fmt.Fprintf(out, "size %s, shape %s\n", m.size, m.shape)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WORK\tTARGET\tMEASURED\tPROCESSOR\tMEMORY\tMET\tNOTE")
	for _, r := range m.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.work, r.target, short(r.took), short(r.cpu), megabytes(r.memory), r.verdict(), r.note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}

// String is a target as the table shows it.
func (l limit) String() string {
	switch {
	case l.text != "":
		return l.text
	case l.memory > 0:
		return fmt.Sprintf("%s, %s", short(l.took), megabytes(l.memory))
	default:
		return short(l.took)
	}
}

func (r row) verdict() string {
	switch met, known := r.ok(); {
	case !known:
		return "-"
	case met:
		return "yes"
	default:
		return "no"
	}
}

// short prints a time with three digits.
func short(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	default:
		return fmt.Sprintf("%.3g s", d.Seconds())
	}
}

func megabytes(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%d MB", n>>20)
}
