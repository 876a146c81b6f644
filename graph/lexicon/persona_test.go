package lexicon

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// TestPersonas holds the kinds of work that ship to the platform's own list of
// permissions: a baseline that names what does not exist allows nothing.
func TestPersonas(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var known []authz.Pattern
	for _, line := range strings.Fields(string(data)) {
		if p, err := authz.ParsePattern(line); err == nil {
			known = append(known, p)
		}
	}
	all := Default().Personas()
	if len(all) < 8 {
		t.Errorf("%d personas ship", len(all))
	}
	for _, p := range all {
		for _, r := range slices.Concat(p.Permissions, p.Needed) {
			c, err := authz.ParsePattern(r.Permission)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(known, c.Covers) {
				t.Errorf("%s: the platform has no %s", p.Name, r.Permission)
			}
		}
		for _, r := range p.Needed {
			if !slices.ContainsFunc(p.Permissions, func(of Reasoned) bool { return of.Permission == r.Permission }) {
				t.Errorf("%s needs %s, which its baseline lacks", p.Name, r.Permission)
			}
		}
	}
}

// TestPersonasOfOutsiders shows that no baseline meant for an outside party holds
// what such a party must never hold.
func TestPersonasOfOutsiders(t *testing.T) {
	t.Parallel()
	l := Default()
	for _, name := range []string{"agent", "supervisor", "quality-evaluator", "support-partner", "reporting-client", "shared-service"} {
		p, ok := l.Persona(name)
		if !ok {
			t.Fatalf("no persona %s", name)
		}
		for _, r := range p.Permissions {
			if why, bad := l.Forbidden(permission(t, r.Permission)); bad {
				t.Errorf("%s holds %s, which is forbidden: %s", name, r.Permission, why)
			}
		}
	}
}
