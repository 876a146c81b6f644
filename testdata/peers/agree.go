package main

import (
	"fmt"
	"io"
	"slices"
)

// A disagreement is a question that two peers answer differently.
type disagreement struct{ text string }

func (d *disagreement) Error() string { return d.text }

// agree holds every answer against that of the first peer, which was asked
// everything that others were, and says how many there were.
func agree(out io.Writer, o *organization, questions []question, all []measured) error {
	compared := 0
	for i, q := range questions {
		first := slices.IndexFunc(all, func(m measured) bool { return m.Answers[i] != nil })
		if first < 0 {
			continue
		}
		for _, m := range all[first+1:] {
			if m.Answers[i] == nil {
				continue
			}
			compared++
			if err := differ(o, q, all[first], m, i); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(out, "\nAll answers agree: %d comparisons over %d questions.\n", compared, len(questions))
	return err
}

// differ compares two peers' answers to one question.
func differ(o *organization, q question, a, b measured, i int) error {
	x, y := a.Answers[i].List, b.Answers[i].List
	if slices.Equal(x, y) {
		return nil
	}
	text := fmt.Sprintf("the answers disagree: %s: %s says %s, %s says %s", q.text(o), a.Name, summary(q, x), b.Name, summary(q, y))
	if q.kind != check {
		text += fmt.Sprintf("; %s alone: %s; %s alone: %s", a.Name, o.examples(q, x, y), b.Name, o.examples(q, y, x))
	}
	return &disagreement{text}
}

func summary(q question, list []int) string {
	if q.kind == check {
		return [...]string{"no", "yes"}[len(list)]
	}
	return fmt.Sprint(len(list))
}

// examples names up to three of a list that another lacks.
func (o *organization) examples(q question, list, without []int) string {
	var out []string
	for _, n := range list {
		if _, found := slices.BinarySearch(without, n); found || len(out) == 3 {
			continue
		}
		if q.kind == who {
			out = append(out, o.principals[n].String())
		} else {
			out = append(out, o.divisions[n])
		}
	}
	return fmt.Sprint(out)
}
