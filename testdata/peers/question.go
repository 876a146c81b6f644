package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// A kind is a kind of question.
type kind int

const (
	check kind = iota // may this principal do this in that division?
	who               // who may do this in that division?
	where             // in which divisions may this principal do this?
)

var kinds = []kind{check, who, where}

func (k kind) String() string { return [...]string{"check", "who", "where"}[k] }

// A question is asked of every peer. What its kind does not need is -1.
type question struct {
	kind                            kind
	principal, permission, division int
}

// counts are how many questions of each kind are asked.
type counts struct{ check, who, where int }

func (c counts) of(k kind) int { return [...]int{c.check, c.who, c.where}[k] }

// mostAsked is how many permissions questions are about: peers that must hold
// a relation or policy for each permission are loaded with these alone.
const mostAsked = 12

// choose picks the permissions that questions are about: some that divisions
// limit and some that they do not, held by many and by few.
func (f *facts) choose(seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 1))
	var wide, within []int
	for _, r := range f.o.roles {
		within = append(within, r.within...)
	}
	admin := len(f.o.permissions)
	for _, r := range f.o.roles {
		if len(r.wide) < admin { // total control gives everything, which would drown the rest
			wide = append(wide, r.wide...)
		}
	}
	// A permission is drawn as often as roles give it.
	pick := func(list, from []int, n int) []int {
		for tries := 0; len(from) > 0 && len(list) < n && tries < 1000; tries++ {
			if p := from[rng.IntN(len(from))]; !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
		return list
	}
	list := pick(nil, wide, mostAsked/4)
	list = pick(list, within, mostAsked)
	slices.Sort(list)
	return list
}

// ask draws the questions. Half of those about a principal are about a division
// that it holds something in, so that not all answers are no.
func ask(o *organization, c counts, seed uint64) []question {
	rng := rand.New(rand.NewPCG(seed, 2))
	var list []question
	for _, k := range kinds {
		for range c.of(k) {
			q := question{kind: k, principal: -1, permission: o.asked[rng.IntN(len(o.asked))], division: -1}
			if k != who {
				q.principal = rng.IntN(len(o.principals))
			}
			if k != where {
				q.division = rng.IntN(len(o.divisions))
			}
			if k == check && rng.IntN(2) == 0 {
				g := o.grants[rng.IntN(len(o.grants))]
				if !g.subject.group {
					q.principal, q.division = g.subject.at, max(g.division, 0)
				}
			}
			list = append(list, q)
		}
	}
	return list
}

func describeQuestions(list []question) string {
	var n [3]int
	for _, q := range list {
		n[q.kind]++
	}
	return fmt.Sprintf("asked: check, may U do P in D (%d); who may do P in D (%d); where, in which D may U do P (%d); about %d permissions",
		n[check], n[who], n[where], mostAsked)
}

// text spells a question out.
func (q question) text(o *organization) string {
	p := o.permissions[q.permission]
	switch q.kind {
	case check:
		return fmt.Sprintf("may %s do %s in division %s", o.principals[q.principal], p, o.divisions[q.division])
	case who:
		return fmt.Sprintf("who may do %s in division %s", p, o.divisions[q.division])
	default:
		return fmt.Sprintf("in which divisions may %s do %s", o.principals[q.principal], p)
	}
}
