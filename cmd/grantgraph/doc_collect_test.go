package main

import (
	"os"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/genesyscloud"
)

// The table of docs/collect.md has every endpoint with its permission.
func TestCollectDoc(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/collect.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range genesyscloud.Needs() {
		for _, e := range n.Endpoints {
			found := false
			for _, line := range strings.Split(string(text), "\n") {
				found = found || strings.Contains(line, "`"+e+"`") && strings.Contains(line, "`"+n.Permission+"`")
			}
			if !found && n.Permission != "directory:privateGroup:view" {
				t.Errorf("docs/collect.md: no line of the table has %s with %s", e, n.Permission)
			}
		}
	}
}
