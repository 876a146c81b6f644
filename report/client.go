package report

import (
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func (b *builder) addClients() {
	for p := range b.g.Principals() {
		pr := b.g.Principal(uint32(p))
		if pr.Client == nil {
			continue
		}
		c := pr.Client
		out := Client{
			Principal: p, GrantType: c.GrantType, TokenSeconds: c.TokenSeconds, Created: c.Created, Modified: c.Modified,
			CreatedBy: b.userName(c.Org, c.CreatedBy), Scopes: sorted(c.Scopes), Redirects: sorted(c.Redirects), Delegated: !pr.Acts,
		}
		if out.GrantType == "" {
			out.GrantType = "CLIENT-CREDENTIALS (assumed)"
		}
		b.d.Clients = append(b.d.Clients, out)
	}
}

// userName is the name of a user, or the id where the snapshot lacks it.
func (b *builder) userName(org, id string) string {
	if n, ok := b.g.FindPrincipal(authz.Key{Org: org, Kind: authz.KindUser, ID: id}); ok {
		return nameOr(b.g.Principal(n).Name, id)
	}
	return id
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	if out == nil {
		out = []string{}
	}
	return out
}
