package simulator_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// TestReadmeNamesRecords checks that the table of cases names what is there.
func TestReadmeNamesRecords(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	r := imported(t, "told")
	known := map[string]bool{}
	eachRecord(r, func(k authz.Key) { known[k.ID] = true })
	for _, o := range r.Other {
		known[o.ID] = true
	}
	id := regexp.MustCompile("`((?:u|g|role|div|q|oc|flow|team|view|tu|tg|org|ap|ev|rep)-[a-z0-9-]+)`( \\(not there\\))?")
	cases, _, _ := strings.Cut(string(data), "## What `clean`")
	named := id.FindAllStringSubmatch(cases, -1)
	if len(named) < 80 {
		t.Errorf("only %d ids found", len(named))
	}
	missing := map[string]bool{}
	for _, m := range named {
		if m[2] != "" {
			missing[m[1]] = true
		}
	}
	for _, m := range named {
		if known[m[1]] == missing[m[1]] {
			t.Errorf("%s: there is %t, said to be missing %t", m[1], known[m[1]], missing[m[1]])
		}
	}
	for _, u := range r.User {
		if !strings.Contains(cases, "`"+u.ID+"`") && u.ID != "u-ines" {
			t.Errorf("%s (%s) is in no case", u.ID, u.Name)
		}
	}
}
