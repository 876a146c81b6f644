package main

import (
	"fmt"
	"os"
	"strings"
)

// An excuse says why no test can tell a mutant from the original.
type excuse struct {
	line   int
	reason string
}

// readEquivalent reads the list of changes that make no difference to any
// answer: blocks of a line with the change's key and lines with the reason.
// Empty lines are between blocks; # begins a comment.
func readEquivalent(path string) (map[string]*excuse, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]*excuse{}
	var open []*excuse // a reason may stand for several changes, one below the other
	for i, line := range strings.Split(string(b), "\n") {
		switch text := strings.TrimSpace(line); {
		case strings.HasPrefix(text, "#"):
		case text == "":
			if err := closed(path, open); err != nil {
				return nil, err
			}
			open = nil
		case strings.HasPrefix(line, "\t"):
			if len(open) == 0 {
				return nil, fmt.Errorf("%s:%d: a reason without a change above it", path, i+1)
			}
			for _, x := range open {
				x.reason = strings.TrimSpace(x.reason + " " + text)
			}
		case out[text] != nil:
			return nil, fmt.Errorf("%s:%d: told twice, first in line %d: %s", path, i+1, out[text].line, text)
		default:
			x := &excuse{line: i + 1}
			out[text], open = x, append(open, x)
		}
	}
	return out, closed(path, open)
}

func closed(path string, open []*excuse) error {
	for _, x := range open {
		if x.reason == "" {
			return fmt.Errorf("%s:%d: no reason", path, x.line)
		}
	}
	return nil
}
