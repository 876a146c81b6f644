package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// Digest returns the hexadecimal SHA-256 of what the configuration says: the
// same for files that differ only in comments, layout, places, or in the order
// of what has none.
func (c *Config) Digest() string {
	text, err := json.Marshal(c.canonical())
	if err != nil {
		// Parameters are the only values of any type, and the reader makes only
		// those that JSON has; infinities are refused there.
		text = []byte(err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

type canonical struct {
	Version        int
	Tenants        []canonicalTenant
	Shared         map[string][]string
	Allow          []canonicalAllow
	Accept         []canonicalAccept
	Assert         []string
	Attributes     map[string]string
	AccessPolicies string
	OAuthScopes    string
	Naming         [3]string
	Personas       []canonicalPersona
	Extension      lexicon.Extension
	Owners         map[string]string
	Reviewers      map[string]string
	Weights        map[string]int
	Use            []string
	UseAll         bool
	Files          []string
	Disable        []string
	Params         map[string]map[string]any
	AuditArchive   [2]string
}

type canonicalTenant struct {
	Name                                                                string
	Divisions, EmailDomains, Groups, Clients, Principals, Organizations []string
	Region, Owner                                                       string
	External                                                            bool
}

type canonicalAllow struct {
	From                        string
	Principals, To, Permissions []string
	AtMost                      int
	Reason, ApprovedBy, Until   string
}

type canonicalAccept struct {
	Finding                   string
	Principals                []string
	AtMost                    int
	Reason, ApprovedBy, Until string
}

type canonicalPersona struct {
	Name                       string
	Roles, Permissions, Needed []string
}

func (c *Config) canonical() canonical {
	n := canonical{
		Version: c.Version, Shared: map[string][]string{}, Attributes: map[string]string{},
		AccessPolicies: c.AccessPolicies, OAuthScopes: c.OAuthScopes,
		Naming:    [3]string{source(c.Naming.Roles), source(c.Naming.Clients), source(c.Naming.Resources)},
		Extension: c.Extension,
		Owners:    full(c.Owners), Reviewers: full(c.Reviewers), Weights: full(c.Weights),
		Use: set(c.Packs.Use), UseAll: c.Packs.Use == nil, Files: set(c.Packs.Files),
		Disable: set(c.Packs.Disable), Params: full(c.Packs.Params),
		AuditArchive: [2]string{c.AuditArchive.Owner, date(c.AuditArchive.Date)},
	}
	for _, t := range c.Tenants {
		n.Tenants = append(n.Tenants, canonicalTenant{
			Name: t.Name, Divisions: set(t.Divisions), EmailDomains: set(t.EmailDomains), Groups: set(t.Groups),
			Clients: set(t.Clients), Principals: set(t.Principals), Organizations: set(t.Organizations),
			Region: t.Region, Owner: t.Owner, External: t.IsExternal(),
		})
	}
	slices.SortStableFunc(n.Tenants, func(a, b canonicalTenant) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range c.Shared {
		n.Shared[s.Division] = set(s.Permissions)
	}
	for _, a := range c.Allow {
		n.Allow = append(n.Allow, canonicalAllow{
			a.From, set(a.Principals), set(a.To), set(a.Permissions), a.AtMost, a.Reason, a.ApprovedBy, date(a.Until),
		})
	}
	for _, a := range c.Accept {
		n.Accept = append(n.Accept, canonicalAccept{a.Finding, set(a.Principals), a.AtMost, a.Reason, a.ApprovedBy, date(a.Until)})
	}
	for _, a := range c.Assert {
		n.Assert = append(n.Assert, a.Statement)
	}
	for name, e := range c.Attributes {
		n.Attributes[name] = e.Text
	}
	for _, p := range c.Personas {
		n.Personas = append(n.Personas, canonicalPersona{p.Name, set(p.Roles), set(p.Permissions), set(p.Needed)})
	}
	return n
}

// set returns the texts sorted, each once, never nil.
func set(texts []string) []string {
	sorted := slices.Compact(slices.Sorted(slices.Values(texts)))
	if sorted == nil {
		return []string{}
	}
	return sorted
}

// full returns the map, never nil: an empty key means the same as none.
func full[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return maps.Clone(m)
}

func source(re *regexp.Regexp) string {
	if re == nil {
		return ""
	}
	return re.String()
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
