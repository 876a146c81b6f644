package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// printTable prints what each peer took.
func printTable(out io.Writer, all []measured, questions []question) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "peer\tload\tmemory\tcheck median\tp95\twho median\tp95\twhere median\tp95\tasked")
	for _, m := range all {
		fmt.Fprintf(w, "%s\t%s\t%s", m.Name, short(m.Load), megabytes(m.Held))
		var asked []string
		for _, k := range kinds {
			took := m.took(questions, k)
			fmt.Fprintf(w, "\t%s\t%s", short(quantile(took, 0.5)), short(quantile(took, 0.95)))
			asked = append(asked, fmt.Sprint(len(took)))
		}
		fmt.Fprintf(w, "\t%s\n", strings.Join(asked, "/"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := printRatios(out, all, questions); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, m := range all {
		if _, err := fmt.Fprintf(out, "%s: %s\n", m.Name, entryOf(m.Name).notes); err != nil {
			return err
		}
	}
	return nil
}

// printRatios says how many times the first peer's median the others take.
func printRatios(out io.Writer, all []measured, questions []question) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\ntimes %s\tload\tcheck\twho\twhere\n", all[0].Name)
	for _, m := range all[1:] {
		fmt.Fprintf(w, "%s\t%s", m.Name, times(m.Load, all[0].Load))
		for _, k := range kinds {
			fmt.Fprintf(w, "\t%s", times(quantile(m.took(questions, k), 0.5), quantile(all[0].took(questions, k), 0.5)))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func times(a, b time.Duration) string {
	if a == 0 || b == 0 {
		return "-"
	}
	if f := float64(a) / float64(b); f < 10 {
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.0f", float64(a)/float64(b))
}

// took returns how long the questions of a kind took that were asked, sorted.
func (m measured) took(questions []question, k kind) []time.Duration {
	var list []time.Duration
	for i, a := range m.Answers {
		if a != nil && questions[i].kind == k {
			list = append(list, a.Took)
		}
	}
	slices.Sort(list)
	return list
}

// quantile returns the time that a share of the sorted times does not exceed.
func quantile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// short prints a time with three digits.
func short(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	default:
		return fmt.Sprintf("%.3g s", d.Seconds())
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+1<<19)>>20) }
