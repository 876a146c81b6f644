package analyzer_test

import (
	"strings"
	"sync"
	"testing"
)

// A tally counts what occurred in random organizations, so that a comparison
// that compares nothing fails. A nil tally counts nothing.
type tally struct {
	mu    sync.Mutex
	times map[string]int
}

func newTally() *tally { return &tally{times: map[string]int{}} }

func (c *tally) add(what string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.times[what]++
}

func (c *tally) when(cond bool, what string) {
	if cond {
		c.add(what)
	}
}

// check fails for every feature of tenants that did not occur often enough.
func (c *tally) check(t *testing.T) {
	t.Helper()
	want := strings.Fields(`
division:shared baseline user:name user:group user:email user:division user:none
oauth_client:name oauth_client:convention oauth_client:grants oauth_client:none
trustee_user:name trustee_user:group trustee_user:email trustee_user:organization
trustee_group:name trustee_group:group trustee_group:organization trustee_organization:organization
unknown:none facts:disagree
cell:divisions cell:organization-wide cell:allowed cell:partly-allowed cell:whole cell:conditional cell:limited
allow:expired allow:outgrown allow:principals
who:see who:edit who:impersonate who:routing:queue:view refused
who:from:principal who:from:nobody who:outside who:dormant who:dormant:outside who:data:people who:data:performance who:narrowed`)
	for _, what := range want {
		if c.times[what] < organizations/100 {
			t.Errorf("%s occurred %d times in %d organizations", what, c.times[what], organizations)
		}
	}
}
