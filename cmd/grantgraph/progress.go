package main

import (
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A progressLine tells on a terminal how far a run is. Elsewhere it is silent.
type progressLine struct {
	p    *process
	on   bool
	last authz.List
	next int64 // the number at which to tell again
}

// progressStep is how many records go by unseen.
const progressStep = 1000

func (p *process) progress() *progressLine {
	return &progressLine{p: p, on: p.errTTY && !p.quiet}
}

// tell implements collector.Progress.
func (l *progressLine) tell(list authz.List, received, expected int64) {
	if !l.on || (list == l.last && received < l.next) {
		return
	}
	l.last, l.next = list, received+progressStep
	text := fmt.Sprintf("%s: %d", list, received)
	if expected > 0 {
		text += fmt.Sprintf(" of %d", expected)
	}
	l.p.tell("\r\x1b[K%s", text)
}

// clear takes the line away.
func (l *progressLine) clear() {
	if l.on && l.last != "" {
		l.p.tell("\r\x1b[K")
	}
}
