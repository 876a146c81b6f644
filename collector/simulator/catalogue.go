package simulator

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// catalogueNames are names of permissions that the platform's interface has, one
// a line. A line that ends in " d" is given as division-aware. Which ones really
// are is known to each organization's own catalogue only; here the flag is a
// plausible one.
//
//go:embed catalogue.txt
var catalogueNames string

// conditional are the domains whose permissions can carry a condition.
var conditional = []string{"analytics", "quality", "recording", "routing"}

// catalogue returns n permissions: the real names, then made-up ones.
func catalogue(org string, n int) []authz.Permission {
	list := make([]authz.Permission, 0, n)
	for line := range strings.Lines(catalogueNames) {
		name, aware := strings.CutSuffix(strings.TrimSpace(line), " d")
		if len(list) < n {
			list = append(list, permission(org, name, aware))
		}
	}
	for i := 0; len(list) < n; i++ {
		list = append(list, permission(org, madeUp(i), i%16 < 4))
	}
	return list
}

// madeUp returns the name of the i-th permission that no real organization has.
func madeUp(i int) string {
	actions := [...]string{"view", "add", "edit", "delete"}
	return fmt.Sprintf("extension%02d:object%03d:%s", i/64, i/4, actions[i%4])
}

func permission(org, name string, aware bool) authz.Permission {
	part := strings.SplitN(name, ":", 3)
	return authz.Permission{
		Org: org, Domain: part[0], Entity: part[1], Action: part[2],
		Label:            authz.Title(name),
		DivisionAware:    authz.TriOf(aware),
		AllowsConditions: authz.TriOf(aware && slices.Contains(conditional, part[0])),
	}
}

// harmless reports whether a tenant's own people may hold a permission in their
// own divisions: it shows something, and no further than a division.
func harmless(p authz.Permission) bool {
	return p.DivisionAware == authz.True && (p.Action == "view" || p.Action == "search") &&
		p.Domain != "authorization" && p.Domain != "telephony"
}

// powerful reports whether a permission leads to further ones, or may, so that
// only administrators hold it.
func powerful(p authz.Permission) bool {
	switch p.Domain {
	case "authorization", "oauth", "sso", "mfa", "infrastructureascode", "integrations", "integration", "bridge", "groups", "gdpr", "users", "user":
		return true
	case "directory", "analytics", "telephony", "routing":
		return p.Action != "view" && p.Action != "search"
	default:
		return false
	}
}

// secondHand reports whether a permission is one that somebody else has to hold
// than who holds its counterpart: recordings and their destruction, scores and
// their sign-off. Drawn roles have none of them, so that no person has both.
func secondHand(p authz.Permission) bool {
	return slices.Contains([]string{
		"recording:recording:editretention", "recording:retentionpolicy:delete", "quality:evaluation:editagentsignoff",
		"quality:evaluation:editscore", "outbound:contactlist:upload", "outbound:dnclist:delete",
		"wfm:agenttimeoffrequest:submit", "wfm:agentshifttraderequest:participate", "dataprivacy:maskingrule:edit",
	}, p.Pattern().String())
}
