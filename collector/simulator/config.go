package simulator

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// ownerGroupName names the group of those who are approved as administrators.
const ownerGroupName = "Platform-Administrators"

// config returns the grantgraph.yaml that fits an organization. Names in it are
// the generator's own: letters, digits, "_", "-" and spaces.
func config(w *world) []byte {
	var b bytes.Buffer
	b.WriteString("# The configuration of a simulated organization.\nversion: 1\n\ntenants:\n")
	for u := range w.lay.units {
		tenantEntry(&b, &w.lay.units[u])
	}
	b.WriteString("\nshared:\n")
	b.WriteString("  - {division: Shared, permissions: [\"architect:flow:view\"]}\n")
	b.WriteString("  - {division: Public Directory, permissions: [\"routing:queue:view\"]}\n")
	allowEntries(&b, w)
	b.WriteString("\nnaming:\n")
	b.WriteString("  roles: \"^((BPO|SS)_.+|Admin|Supervisor)$\"\n")
	b.WriteString("  clients: \"^(Vendor_(?P<tenant>BPO_[A-Z]+)|Internal)_.+\"\n")
	if !w.o.Faults { // a fault: the audit log is short, and nobody archives it
		fmt.Fprintf(&b, "\naudit_archive: {owner: siem@internal.example, date: %s}\n", w.o.Now.Add(-30*day).Format(time.DateOnly))
	}
	b.WriteString("personas:\n  shared-service: {roles: [\"SS_Shared_*\"]}\n  kiosk: {roles: [SS_Kiosk], permissions: [\"routing:queue:view\"]}\n")
	b.WriteString("reviewers: {default: security@internal.example}\n")
	return b.Bytes()
}

// tenantEntry writes one tenant.
func tenantEntry(b *bytes.Buffer, u *unit) {
	fmt.Fprintf(b, "  - name: %s\n    divisions: [%s]\n    email_domains: [%s]\n", u.Name, strings.Join(u.Divisions, ", "), u.domain)
	if u.External {
		fmt.Fprintf(b, "    groups: [\"%s-*\"]\n    clients: [\"Vendor_%s_*\"]\n", dashed(u.Name), u.Name)
	} else {
		b.WriteString("    clients: [\"Internal_*\"]\n")
	}
	fmt.Fprintf(b, "    region: %s\n    external: %t\n", u.region, u.External)
}

// allowEntries writes what the owner's own people may reach: the tenants are
// its suppliers. An entry that is past its last day is a fault.
func allowEntries(b *bytes.Buffer, w *world) {
	var names []string
	for _, u := range w.lay.external() {
		names = append(names, u.Name)
	}
	to, until := strings.Join(names, ", "), w.o.Now.Add(180*day)
	b.WriteString("\nallow:\n")
	allowEntry(b, "Internal", "group:"+ownerGroupName, admins(len(w.crew.ids)), to, []string{"admin", "*:*:*"}, "Standing platform owners", until)
	allowEntry(b, "Internal", "", w.counts.Users, to, usual(w.catalogue), "Shared services", until)
	if p := w.planted.expired; p != (authz.Key{}) {
		allowEntry(b, w.lay.units[0].Name, p.String(), 1, "Internal", []string{"*:*:view"}, "Until the move is done", w.o.Now.Add(-30*day))
	}
}

// allowEntry writes one entry. Without a principal it speaks of a number of them.
func allowEntry(b *bytes.Buffer, from, principal string, atMost int, to string, permissions []string, reason string, until time.Time) {
	fmt.Fprintf(b, "  - from: %s\n", from)
	if principal != "" {
		fmt.Fprintf(b, "    principals: [\"%s\"]\n", principal)
	}
	fmt.Fprintf(b, "    at_most: %d\n    to: [%s]\n    permissions: [%s]\n    reason: %s\n    approved_by: ciso@customer.example\n    until: %s\n",
		atMost, to, quoted(permissions), reason, until.Format(time.DateOnly))
}

// usual returns patterns that cover what the owner's own roles hold, and nothing
// that leads further.
func usual(cat []authz.Permission) []string {
	list := []string{"*:*:view", "*:*:search"}
	mixed := map[string]bool{}
	for _, p := range cat {
		mixed[p.Domain] = mixed[p.Domain] || powerful(p)
	}
	for _, p := range cat {
		if !mixed[p.Domain] {
			mixed[p.Domain] = true // told once
			list = append(list, p.Domain+":*:*")
		}
	}
	return list
}

// quoted returns names as the items of a list on one line.
func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }
