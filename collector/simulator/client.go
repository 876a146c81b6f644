package simulator

import (
	"fmt"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An app is an OAuth client with what it holds.
type app struct {
	record authz.Client
	pairs  []pair
}

// newApps draws n clients: three in four belong to a tenant, and one in ten
// acts as the person who signs in.
func newApps(c *crew, b *roleBook, n int) []app {
	rng := stream(c.o.Seed, "client")
	ids := uuids(c.o.Seed, "client", n)
	choosers := unitChoosers(c, b, rng)
	ext := len(c.lay.external())
	apps := make([]app, n)
	for i := range apps {
		u := i % ext
		if i%4 == 3 {
			u = ext
		}
		created := c.o.Now.Add(-24*time.Hour - recent(rng, 80*24*time.Hour))
		apps[i].record = authz.Client{
			Org: c.lay.org, ID: ids[i], Name: appName(&c.lay.units[u], i), GrantType: "CLIENT-CREDENTIALS", State: "active",
			TokenSeconds: 3600, Created: created, Modified: created, CreatedBy: c.ids[c.lay.internal().first], ModifiedBy: c.ids[c.lay.internal().first],
		}
		if i%10 == 9 {
			apps[i].record.GrantType = "CODE"
			apps[i].record.Scopes = []string{"analytics:readonly", "users:readonly"}
			apps[i].record.Redirects = []string{fmt.Sprintf("https://app%d.%s/callback", i, c.lay.units[u].domain)}
			continue
		}
		apps[i].pairs = choosers[u].add(nil, 1+rng.IntN(3), 0)
	}
	return apps
}

// appName names a client by its vendor.
func appName(u *unit, i int) string {
	if u.External {
		return fmt.Sprintf("Vendor_%s_App_%04d", u.Name, i)
	}
	return fmt.Sprintf("Internal_App_%04d", i)
}

// usage returns what a client called lately.
func usage(org, client string, at time.Time, requests int64) authz.Usage {
	return authz.Usage{Org: org, Client: client, Template: "api/v2/users/{userId}", Method: "GET", Requests: requests, Date: at}
}
