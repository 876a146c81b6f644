package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// The exit statuses.
const (
	// statusDone: the question was answered, and the answer is no bad news.
	statusDone = 0
	// statusBad: the answer itself is the bad one: findings, no access, not intact.
	statusBad = 1
	// statusWrong: the request cannot be answered as it stands.
	statusWrong = 2
	// statusIncomplete: the answer was printed, and the snapshot lacks something
	// that could change it.
	statusIncomplete = 3
	// statusSurroundings: the disk or the network failed.
	statusSurroundings = 4
)

// A failure ends a command with a status. Without err it is silent: the command
// has said everything already.
type failure struct {
	status int
	err    error
	hint   string // what to try, a command line
}

// Error implements error.
func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.err.Error()
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// exit ends a command that has said everything already.
func exit(status int) error {
	if status == statusDone {
		return nil
	}
	return &failure{status: status}
}

// surroundings marks an error as one of disk or network.
func surroundings(err error) error {
	if err == nil {
		return nil
	}
	return &failure{status: statusSurroundings, err: err}
}

// hint adds to an error what a person may try next.
func hint(err error, try string) error {
	if err == nil {
		return nil
	}
	return &failure{status: statusOf(err), err: err, hint: try}
}

// statusOf returns the exit status of an error. What nobody marked is a wrong
// request, but for errors that only a disk or an interruption makes.
func statusOf(err error) int {
	var f *failure
	switch {
	case err == nil:
		return statusDone
	case errors.As(err, &f):
		return f.status
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EIO), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EDQUOT):
		return statusSurroundings
	default:
		return statusWrong
	}
}

// status prints an error once and returns the exit status.
func (p *process) status(err error) int {
	var f *failure
	if errors.As(err, &f) && f.err == nil {
		return f.status
	}
	if err == nil {
		return statusDone
	}
	text := err.Error()
	for _, e := range ambiguous(err) {
		text = strings.Replace(text, e.Error(), ambiguousText(e), 1)
	}
	if errors.Is(err, context.Canceled) {
		text = "interrupted"
	}
	p.tell("grantgraph: %s\n", term.Lines(strings.TrimSpace(text)))
	if try := tryNext(err); try != "" {
		p.tell("try: %s\n", try)
	}
	return statusOf(err)
}

// ambiguous returns the errors within an error that list records.
func ambiguous(err error) []*analyzer.AmbiguousError {
	switch e := err.(type) { //nolint:errorlint // each error of the tree is looked at by itself
	case nil:
		return nil
	case *analyzer.AmbiguousError:
		return []*analyzer.AmbiguousError{e}
	case interface{ Unwrap() []error }:
		var out []*analyzer.AmbiguousError
		for _, one := range e.Unwrap() {
			out = append(out, ambiguous(one)...)
		}
		return out
	default:
		return ambiguous(errors.Unwrap(err))
	}
}

// ambiguousText lists the records that a name could mean, one a line: their names
// are cleaned one by one, so that none can pretend to be a line.
func ambiguousText(e *analyzer.AmbiguousError) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q is the name of %d records; name one by its id:", e.Name, len(e.Records))
	several := slices.ContainsFunc(e.Records, func(k authz.Key) bool { return k.Org != e.Records[0].Org })
	for i, k := range e.Records {
		name := k.String()
		if several {
			name = k.Org + "/" + name
		}
		fmt.Fprintf(&b, "\n  %s  (%s)", term.Clean(name), term.Clean(e.Names[i]))
	}
	return b.String()
}

// tryNext returns the hint of an error.
func tryNext(err error) string {
	var f *failure
	switch {
	case errors.As(err, &f) && f.hint != "":
		return f.hint
	case errors.Is(err, snapshot.ErrNone):
		return "grantgraph collect --from FOLDER, or --snapshot FILE, or grantgraph demo"
	case errors.Is(err, snapshot.ErrPartial), errors.Is(err, snapshot.ErrDamaged):
		return "grantgraph collect, to take the snapshot again"
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "unknown flag"):
		return "grantgraph --help"
	default:
		return ""
	}
}

// note tells a person something beside the answer.
func (p *process) note(format string, args ...any) {
	if !p.quiet {
		p.tell("note: %s\n", term.Lines(fmt.Sprintf(format, args...)))
	}
}
