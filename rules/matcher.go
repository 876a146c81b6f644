package rules

import (
	"regexp"
	"sync"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// mostMatched is how many answers a matcher remembers.
const mostMatched = 1 << 14

// A matcher matches texts with regular expressions, and remembers: the same few
// names come again and again, and compiling an expression costs more than all
// the rest of a rule.
type matcher struct {
	mu       sync.Mutex
	compiled map[string]*regexp.Regexp
	known    map[[2]string]bool
}

func (m *matcher) matches(text, expression ref.Val) ref.Val {
	k := [2]string{string(text.(types.String)), string(expression.(types.String))}
	m.mu.Lock()
	defer m.mu.Unlock()
	if is, ok := m.known[k]; ok {
		return types.Bool(is)
	}
	re, ok := m.compiled[k[1]]
	if !ok {
		var err error
		if re, err = regexp.Compile(k[1]); err != nil {
			return types.NewErr("%s", err)
		}
		if m.compiled == nil {
			m.compiled = map[string]*regexp.Regexp{}
		}
		m.compiled[k[1]] = re
	}
	if len(m.known) >= mostMatched || m.known == nil {
		m.known = map[[2]string]bool{}
	}
	m.known[k] = re.MatchString(k[0])
	return types.Bool(m.known[k])
}
