package platform

import (
	"context"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Options say how a [Server] behaves. The zero value is a platform that works,
// with an auditor who may see everything.
type Options struct {
	// The auditor is an OAuth client that is in no list. ClientID and ClientSecret
	// are its credentials: [AuditorID] and [AuditorSecret] if they are empty.
	ClientID, ClientSecret string
	// Token is an access token of the auditor that nobody has to ask for; empty is none.
	Token string
	// Permissions are patterns such as "authorization:*:view". If it is nil, the
	// auditor has every permission; if it is empty, none.
	Permissions []string
	// Divisions are the ids of the divisions in which the auditor has them. If it
	// is nil, they are all divisions.
	Divisions []string

	// TokenLifetime is how long tokens live. If it is zero, that is what the client
	// says (accessTokenValiditySeconds), or a day.
	TokenLifetime time.Duration
	// Rate is the number of requests a minute for each token: 300 if it is zero,
	// any number if it is negative.
	Rate int
	// PageLimits are the largest pages by path, as in "/api/v2/users", where they
	// should differ from the platform's.
	PageLimits map[string]int
	// InactiveLimit is how many users state=inactive can list: 10,000 if it is zero.
	InactiveLimit int
	// DuplicatesLimit is the number of grants, inherited ones included, from which on
	// includeDuplicates=true fails with 500: 1,000 if it is zero.
	DuplicatesLimit int
	// AllDivisionGrants makes /authorization/divisions/*/grants answer.
	AllDivisionGrants bool
	// JobPolls is how often an asynchronous query is still running when it is
	// looked at: once if it is zero, never if it is negative.
	JobPolls int
	// JobTime is how long an asynchronous query runs at least.
	JobTime time.Duration

	// Faults are what goes wrong; Seed decides where chance does.
	Faults []Fault
	Seed   uint64

	// Now is the time of tokens and rates, and Sleep is how slow answers wait. If
	// they are nil, they are the real ones.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error

	// Aware and Resolve are what the platform's decisions rest on where the
	// catalogue is silent, as in package reference. If Aware is nil, divisions limit
	// exactly the permissions about things that are listed by division.
	Aware   func(authz.Pattern) authz.Tri
	Resolve func(name string, inUniverse func(authz.Pattern) bool) (authz.Pattern, error)
}

// The credentials of the auditor, unless [Options] say others.
const (
	AuditorID     = "simulator-auditor"
	AuditorSecret = Canary + "-auditor-secret"
)

// Canary is in every secret that the server gives or takes: client secrets,
// the field secret of OAuth clients, access tokens. Found anywhere else, a secret
// has leaked.
const Canary = "canary-3f9a2c"

func (o Options) complete() Options {
	fill(&o.ClientID, AuditorID)
	fill(&o.ClientSecret, AuditorSecret)
	fill(&o.Rate, 300)
	fill(&o.InactiveLimit, 10_000)
	fill(&o.DuplicatesLimit, 1_000)
	fill(&o.JobPolls, 1)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Aware == nil {
		o.Aware = awareByList
	}
	return o
}

// fill sets what was left out.
func fill[T comparable](to *T, value T) {
	var zero T
	if *to == zero {
		*to = value
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// awareByList says that divisions limit the permissions about things that are listed
// by division, and no others.
func awareByList(p authz.Pattern) authz.Tri {
	names := []string{viewUsers, viewQueues, viewTeams, viewFlows, viewSkillGroups, "routing:queueMember:manage"}
	for _, k := range objectKinds() {
		names = append(names, k.permission)
	}
	for _, name := range names {
		if q, err := authz.ParsePattern(name); err == nil && q.Domain == p.Domain && q.Entity == p.Entity {
			return authz.True
		}
	}
	return authz.False
}
