package platform

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// A Fault is something that goes wrong with some of the calls.
type Fault struct {
	// Name is one of [FaultNames], or an HTTP status from 400 to 599.
	Name string
	// Path is the path that calls must have, with or without /api/v2, as in
	// "/users" or "/groups/{groupId}/members"; "*" in it is any text. If it is empty,
	// every call counts, those for tokens included.
	Path string
	// From is the first of these calls that it happens to, counted from 1, and Times is
	// how many there are from there on: all if Times is negative. If From is zero,
	// Chance decides.
	From, Times int
	// Chance is how likely it is for each of the calls, from 0 to 1.
	Chance float64
}

// The names of faults.
const (
	faultReset     = "reset"
	faultTruncated = "truncated"
	faultMalformed = "malformed"
	faultCut       = "cut"
	faultHTML      = "html"
	faultEmpty     = "empty"
	faultSlow      = "slow"
	faultHang      = "hang"
	faultExpired   = "expired"
	faultForbidden = "403"
	faultSkip      = "skip"
	faultRepeat    = "repeat"
	faultTotal     = "total"
	faultChange    = "change"
	faultOdd       = "odd"
	faultTooMany   = "429"
	faultLong      = "429-long"
	faultBare      = "429-bare"
)

// A FaultName tells what a fault does.
type FaultName struct{ Name, About string }

// FaultNames returns the faults there are, apart from statuses.
func FaultNames() []FaultName {
	return []FaultName{
		{faultTooMany, "the rate limit is exceeded; wait a second"},
		{faultLong, "the rate limit is exceeded; wait five minutes"},
		{faultBare, "the rate limit is exceeded, and nothing says how long to wait"},
		{faultForbidden, "a permission of the endpoint is missing"},
		{faultExpired, "the token is no longer valid"},
		{faultReset, "the connection is reset"},
		{faultHang, "no answer until the caller gives up"},
		{faultSlow, "the body comes in pieces, over a second"},
		{faultTruncated, "the connection ends in the middle of the body"},
		{faultCut, "the body is half of the JSON"},
		{faultMalformed, "the body is JSON with an error in it"},
		{faultHTML, "the body is a web page, with status 200"},
		{faultEmpty, "there is no body, with status 200"},
		{faultSkip, "the page begins one entity too late, as if one before it had been removed; the total says so too"},
		{faultRepeat, "the page begins one entity too early, as if one had been added before it; the total says so too"},
		{faultTotal, "the total is one more than there are"},
		{faultChange, "a record of the list is changed for good before it is read"},
		{faultOdd, "a record of the list has a number for its division, or for its name"},
	}
}

// ParseFault reads NAME[:PATTERN][:WHEN]. WHEN is "3" (the third call), "3+" (from
// the third on), "3x5" (five calls from the third) or "10%" (one call in ten, by
// chance). Without it the fault happens to the first call; 403, slow and odd,
// which are states more than accidents, to every one.
func ParseFault(s string) (Fault, error) {
	name, rest, _ := strings.Cut(s, ":")
	f := Fault{Name: strings.ToLower(strings.TrimSpace(name)), From: 1, Times: 1}
	if !known(f.Name) {
		return Fault{}, fmt.Errorf("fault %q: no fault is called %q: want a status from 400 to 599 or one of %s", s, name, strings.Join(names(), ", "))
	}
	if f.Name == faultForbidden || f.Name == faultSlow || f.Name == faultOdd {
		f.Times = -1
	}
	f.Path = rest
	if i := strings.LastIndexByte(rest, ':'); i >= 0 || (rest != "" && !isPath(rest)) {
		f.Path = rest[:max(i, 0)]
		if err := f.when(rest[i+1:]); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", s, err)
		}
	}
	if f.Path != "" && !isPath(f.Path) {
		return Fault{}, fmt.Errorf("fault %q: path %q begins with neither / nor *", s, f.Path)
	}
	return f, nil
}

func names() []string {
	var out []string
	for _, n := range FaultNames() {
		out = append(out, n.Name)
	}
	return out
}

func known(name string) bool {
	for _, n := range FaultNames() {
		if n.Name == name {
			return true
		}
	}
	return status(name) != 0
}

// status returns the HTTP status that is the name of a fault, 0 if it is none.
func status(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil || n < 400 || n > 599 {
		return 0
	}
	return n
}

// isPath reports whether a text says where, and not when.
func isPath(s string) bool { return strings.HasPrefix(s, "/") || strings.HasPrefix(s, "*") }

func (f *Fault) when(s string) error {
	wrong := fmt.Errorf("cannot read %q: want 3, 3+, 3x5 or 10%%", s)
	if p, ok := strings.CutSuffix(s, "%"); ok {
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || n < 0 || n > 100 || math.IsNaN(n) {
			return wrong
		}
		f.From, f.Times, f.Chance = 0, 0, n/100
		return nil
	}
	first, times, many := strings.Cut(s, "x")
	first, on := strings.CutSuffix(first, "+")
	var err error
	f.Times = 1
	if on {
		f.Times = -1
	}
	if many && !on {
		f.Times, err = strconv.Atoi(times)
	}
	n, err2 := strconv.Atoi(first)
	if err != nil || err2 != nil || n < 1 || f.Times == 0 || (many && (on || f.Times < 0)) {
		return wrong
	}
	f.From = n
	return nil
}

// String is the inverse of [ParseFault].
func (f Fault) String() string {
	when := strconv.Itoa(f.From)
	switch {
	case f.From == 0:
		when = strconv.FormatFloat(f.Chance*100, 'g', -1, 64) + "%"
	case f.Times < 0:
		when += "+"
	case f.Times != 1:
		when += "x" + strconv.Itoa(f.Times)
	}
	if f.Path == "" {
		return f.Name + ":" + when
	}
	return f.Name + ":" + f.Path + ":" + when
}

// about reports whether a call is one of those that the fault counts.
func (f Fault) about(endpoint, path string) bool {
	if f.Path == "" {
		return true
	}
	_, template, _ := strings.Cut(endpoint, " ")
	for _, p := range []string{path, template} {
		if matches(f.Path, p) || matches(f.Path, strings.TrimPrefix(p, "/api/v2")) {
			return true
		}
	}
	return false
}

// matches reports whether a text is like a pattern in which "*" is any text.
func matches(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, parts[len(parts)-1])
}

// An effect is a fault that happens to a call.
type effect struct {
	name string
	n    uint64 // drawn from the seed
}

// effects returns what goes wrong with a call. The same calls in the same order
// have the same faults.
func (s *Server) effects(endpoint, path string) []effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []effect
	for i, f := range s.o.Faults {
		if !f.about(endpoint, path) {
			continue
		}
		s.matched[i]++
		h := s.hash("fault "+strconv.Itoa(i), uint64(s.matched[i]))
		if !f.now(s.matched[i], binary.BigEndian.Uint64(h[:])) {
			continue
		}
		// What a fault does to a list it does to the same record each time.
		h = s.hash("effect "+strconv.Itoa(i), 0)
		out = append(out, effect{f.Name, binary.BigEndian.Uint64(h[:])})
		method, _, _ := strings.Cut(endpoint, " ")
		s.fired = append(s.fired, f.Name+" "+method+" "+path)
	}
	return out
}

// now reports whether the fault happens to the n-th of its calls.
func (f Fault) now(n int, drawn uint64) bool {
	if f.From == 0 {
		return float64(drawn)/math.MaxUint64 < f.Chance
	}
	return n >= f.From && (f.Times < 0 || n < f.From+f.Times)
}

func (c *call) has(name string) bool { _, ok := c.effect(name); return ok }

func (c *call) effect(name string) (effect, bool) {
	for _, e := range c.effects {
		if e.name == name {
			return e, true
		}
	}
	return effect{}, false
}

// before is what goes wrong before anything is looked at.
func (c *call) before() error {
	for _, e := range c.effects {
		switch e.name {
		case faultReset:
			return errReset
		case faultHang:
			<-c.r.Context().Done()
			return errReset
		case faultTooMany:
			return tooMany(max(c.s.o.Rate, 1), int(rateWindow.Seconds()), 1)
		case faultLong:
			return tooMany(max(c.s.o.Rate, 1), int(rateWindow.Seconds()), 300)
		case faultBare:
			return &apiError{status: http.StatusTooManyRequests, code: "too.many.requests", message: "Rate limit exceeded"}
		case faultForbidden: // by name, once it is known what the endpoint wants
		default:
			if n := status(e.name); n != 0 {
				return statusError(n)
			}
		}
	}
	return nil
}
