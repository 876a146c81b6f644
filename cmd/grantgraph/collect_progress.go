package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
)

// A callLine tells how far a run on the platform is: a line for each kind when
// it has been read, and on a terminal one more that changes.
type callLine struct {
	p     *process
	begun time.Time

	mu      sync.Mutex
	calls   int64 // made, tries included
	tries   int64 // that were made again
	waiting string
	last    genesyscloud.Step
	done    map[string]bool
	shown   time.Time
}

func (p *process) calls() *callLine {
	return &callLine{p: p, begun: p.now(), done: map[string]bool{}}
}

// next begins with another organization.
func (l *callLine) next() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done, l.last = map[string]bool{}, genesyscloud.Step{}
}

// event takes in what happens on the way to an answer.
func (l *callLine) event(e rest.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Kind {
	case rest.Asked:
		l.calls++
		l.waiting = ""
	case rest.Retrying:
		l.tries++
		l.waiting = e.Why
	case rest.Waiting:
		l.waiting = "waiting for the rate limit until " + e.Until.Format(time.TimeOnly)
	default:
		return
	}
	l.show(e.Kind == rest.Waiting)
}

// step takes in how far the run is.
func (l *callLine) step(s genesyscloud.Step) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = s
	if !s.Done || l.done[s.Row] {
		l.show(false)
		return
	}
	l.done[s.Row] = true
	if l.p.quiet {
		return
	}
	l.wipe()
	l.p.tell("%-24s %9d   %s\n", s.Row, s.Received, l.rest())
}

// rest says how many calls were made and are left, and how long those take.
func (l *callLine) rest() string {
	text := fmt.Sprintf("%d calls made", l.calls)
	if l.last.Left > 0 {
		text += fmt.Sprintf(", about %d left", l.last.Left)
		if t := l.timeLeft(); t > 0 {
			text += ", " + t.String()
		}
	}
	return text
}

// timeLeft is what the calls that are left take at the pace so far.
func (l *callLine) timeLeft() time.Duration {
	const few = 20 // of so few calls no pace can be told
	if l.last.Asked < few {
		return 0
	}
	each := l.p.now().Sub(l.begun) / time.Duration(l.last.Asked)
	return (each * time.Duration(l.last.Left)).Round(time.Second)
}

// show writes the line that changes, not more often than a person can read.
func (l *callLine) show(now bool) {
	if !l.p.errTTY || l.p.quiet {
		return
	}
	at := l.p.now()
	if !now && at.Sub(l.shown) < 200*time.Millisecond {
		return
	}
	l.shown = at
	s := l.last
	text := fmt.Sprintf("%s: %d", s.Row, s.Received)
	if s.Expected > 0 {
		text += fmt.Sprintf(" of %d", s.Expected)
	}
	text += " · " + l.rest()
	if l.waiting != "" {
		text += " · " + l.waiting
	}
	l.p.tell("\r\x1b[K%s", text)
}

// wipe takes the line that changes away.
func (l *callLine) wipe() {
	if l.p.errTTY && !l.p.quiet {
		l.p.tell("\r\x1b[K")
	}
}

// clear ends the telling.
func (l *callLine) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
}

// summary says what the run took.
func (l *callLine) summary(r *liveRun) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := fmt.Sprintf("%s in %s", count(int(l.calls), "call"), l.p.now().Sub(l.begun).Round(time.Second))
	if l.tries > 0 {
		text += fmt.Sprintf(", %d of them tried again", l.tries)
	}
	if r.resumed {
		text += ", beside the answers that were kept"
	}
	l.p.note("%s", text)
}
