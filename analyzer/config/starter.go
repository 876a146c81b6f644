package config

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Guess writes a first grantgraph.yaml, for a person to correct: tenants guessed
// from divisions, from names of groups and clients that begin like a division's,
// and from e-mail domains. Comments say why each was guessed. Whatever the
// names, the result can be read by [Parse].
func Guess(f Facts) []byte {
	g := newGuess(f)
	var b bytes.Buffer
	head(&b, f)
	b.WriteString("tenants:\n")
	for _, t := range g.tenants {
		writeTenant(&b, t)
	}
	g.internal.why = append([]string{"the organization itself: not external"}, g.internal.why...)
	writeTenant(&b, g.internal)
	writeShared(&b, g.shared)
	tail(&b)
	return b.Bytes()
}

func head(b *bytes.Buffer, f Facts) {
	fmt.Fprintf(b, "# Which tenants share this organization (%s), and what they may see of each other.\n", plain(cmp.Or(f.Organization, "unnamed")))
	b.WriteString(`#
# This is a guess. Please go through it:
#   - a tenant may have several divisions: join entries that are one company
#   - move divisions of your own (human resources, quality) into Internal
#   - correct e-mail domains and patterns of names, where "*" is any text
#   - a division may stand in one tenant only, or under "shared"
version: 1

`)
}

func writeTenant(b *bytes.Buffer, t guessed) {
	for _, d := range t.divisions {
		fmt.Fprintf(b, "  # division %s, users: %d\n", plain(d.Name), d.Users)
	}
	for _, why := range t.why {
		fmt.Fprintf(b, "  # %s\n", why)
	}
	fmt.Fprintf(b, "  - name: %s\n", strconv.QuoteToASCII(t.name))
	refs := make([]string, len(t.divisions))
	for i, d := range t.divisions {
		refs[i] = d.ref
	}
	writeList(b, "divisions", refs)
	writeList(b, "email_domains", t.domains)
	writeList(b, "groups", t.groups)
	writeList(b, "clients", t.clients)
	if t.name != Internal {
		b.WriteString("    # owner: who answers for it\n")
	}
}

func writeList(b *bytes.Buffer, name string, values []string) {
	if len(values) == 0 {
		return
	}
	quotedValues := make([]string, len(values))
	for i, v := range values {
		quotedValues[i] = strconv.QuoteToASCII(v)
	}
	fmt.Fprintf(b, "    %s: [%s]\n", name, strings.Join(quotedValues, ", "))
}

func writeShared(b *bytes.Buffer, shared []division) {
	if len(shared) == 0 {
		b.WriteString(`
# Divisions that belong to nobody, and what anyone may hold there:
# shared:
#   - {division: Shared, permissions: ["architect:flow:view"]}
#   - {division: Public Directory, permissions: ["routing:queue:view", "routing:queue:search"]}
`)
		return
	}
	b.WriteString("\n# Divisions whose names say that all use them. Anyone may hold these permissions there;\n# whatever else is held there is reported.\nshared:\n")
	for _, d := range shared {
		permissions := `["architect:flow:view"]`
		if strings.Contains(key(d.Name), key("directory")) || strings.Contains(key(d.Name), key("public")) {
			permissions = `["routing:queue:view", "routing:queue:search"]`
		}
		fmt.Fprintf(b, "  # division %s, users: %d\n  - division: %s\n    permissions: %s\n", plain(d.Name), d.Users, strconv.QuoteToASCII(d.ref), permissions)
	}
}

func tail(b *bytes.Buffer) {
	b.WriteString(`
# Cross-tenant access that is meant, each with a reason, who approved it, and a last day:
# allow:
#   - from: Internal
#     principals: ["group:QA"]
#     at_most: 12
#     to: [TENANT]
#     permissions: ["recording:recording:view"]
#     reason: quality samples
#     approved_by: somebody@example.com
#     until: 2027-03-31

# Statements that must always hold:
# assert:
#   - "no principal of TENANT can see OTHER"
`)
}

// plain returns a name for a comment: quoted, on one line, and not long.
func plain(name string) string { return strconv.QuoteToASCII(short(clean(name))) }
