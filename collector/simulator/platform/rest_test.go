package platform_test

import (
	"context"
	"errors"
	"iter"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
)

// serve returns a client of a server of the organization in which things went
// wrong. Client and server were written from what is known of the API, neither
// from the other.
func serve(t *testing.T, o platform.Options) (*platform.Server, *rest.Client) {
	t.Helper()
	org, err := platform.Load(simulator.Told())
	if err != nil {
		t.Fatal(err)
	}
	s := platform.New(org, o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	k := &ticker{now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	c, err := rest.New(rest.Options{
		Account: rest.Account{API: base, Login: base, Credentials: rest.Credentials{
			ClientID: platform.AuditorID, ClientSecret: rest.NewSecret(platform.AuditorSecret),
		}},
		Now: k.at, Sleep: k.sleep, Jitter: func() float64 { return 0.5 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// A ticker is a clock that goes on when somebody sleeps.
type ticker struct {
	mu  sync.Mutex
	now time.Time
}

func (k *ticker) at() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *ticker) sleep(ctx context.Context, d time.Duration) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = k.now.Add(d)
	return ctx.Err()
}

// walk counts the entities of a list.
func walk(pages iter.Seq2[rest.Page, error]) (int, error) {
	n := 0
	for p, err := range pages {
		if err != nil {
			return n, err
		}
		n += len(p.Entities)
	}
	return n, nil
}

// walks are lists of every paging style, with the number of their entities.
func walks(ctx context.Context, c *rest.Client) map[string]struct {
	pages iter.Seq2[rest.Page, error]
	want  int
} {
	type row = struct {
		pages iter.Seq2[rest.Page, error]
		want  int
	}
	job := rest.Job{
		Start: rest.Request{Method: "POST", Path: "/api/v2/audits/query", Body: map[string]string{
			"interval": "2026-01-01T00:00:00Z/2026-12-01T00:00:00Z", "serviceName": "PeoplePermissions",
		}},
		State:   func(id string) rest.Request { return rest.Get("/api/v2/audits/query/" + id) },
		Results: func(id string) rest.Request { return rest.Get("/api/v2/audits/query/" + id + "/results") },
		Size:    1,
	}
	usage := "/api/v2/oauth/clients/oc-provisioning/usage/query"
	return map[string]row{
		"numbered":           {c.Numbered(ctx, rest.Get("/api/v2/users", "state", "any"), 5), 24},
		"numbered, in one":   {c.Numbered(ctx, rest.Get("/api/v2/groups"), 500), 5},
		"numbered, no total": {c.Numbered(ctx, rest.Get("/api/v2/routing/queues/q-overflow/members"), 2), 3},
		"numbered, empty":    {c.Numbered(ctx, rest.Get("/api/v2/integrations/credentials"), 25), 0},
		"after":              {c.After(ctx, rest.Get("/api/v2/authorization/divisions/query"), 3), 8},
		"after, members":     {c.After(ctx, rest.Get("/api/v2/teams/team-a/members"), 1), 3},
		"cursor":             {c.Cursor(ctx, rest.Get("/api/v2/users/query", "state", "any"), 5), 24},
		"scim":               {c.SCIM(ctx, rest.Get("/scim/v2/users"), 5), 23},
		"whole":              {c.Whole(ctx, rest.Get("/api/v2/oauth/clients")), 6},
		"whole, array":       {c.Whole(ctx, rest.Get("/api/v2/authorization/divisionspermitted/me", "permission", "routing:queue:view")), 8},
		"job":                {c.Async(ctx, job), 2},
		"job, no state": {c.Async(ctx, rest.Job{
			Start:   rest.Request{Method: "POST", Path: usage, Body: map[string]string{"interval": "2026-01-01T00:00:00Z/2026-12-01T00:00:00Z"}},
			Results: func(id string) rest.Request { return rest.Get(usage + "/results/" + id) },
		}), 1},
	}
}

// TestClient walks every style of paging with the real client.
func TestClient(t *testing.T) {
	t.Parallel()
	s, c := serve(t, platform.Options{})
	for name, w := range walks(t.Context(), c) {
		if got, err := walk(w.pages); err != nil || got != w.want {
			t.Errorf("%s: %d entities, %v; want %d", name, got, err, w.want)
		}
	}
	if r := s.Refused(); len(r) > 0 {
		t.Errorf("the client tried to write: %v", r)
	}
}

// TestClientGetsOver walks them while calls go wrong that can be tried again.
func TestClientGetsOver(t *testing.T) {
	t.Parallel()
	var faults []platform.Fault
	for _, name := range []string{"429", "429-bare", "500", "503", "reset", "truncated", "cut", "malformed", "html", "empty"} {
		faults = append(faults, platform.Fault{Name: name, Path: "*", Chance: 0.03})
	}
	// One token after another that is not taken is no accident, and no reason to go on.
	faults = append(faults, platform.Fault{Name: "expired", Path: "/api/*", From: 7, Times: 1})
	for seed := range uint64(10) {
		s, c := serve(t, platform.Options{Faults: faults, Seed: seed, Rate: -1})
		for name, w := range walks(t.Context(), c) {
			if got, err := walk(w.pages); err != nil || got != w.want {
				t.Errorf("seed %d: %s: %d entities, %v; want %d", seed, name, got, err, w.want)
			}
		}
		if len(s.Fired()) == 0 {
			t.Errorf("seed %d: nothing went wrong", seed)
		}
	}
}

// TestClientIsRefused reads what a 403 lacks.
func TestClientIsRefused(t *testing.T) {
	t.Parallel()
	_, c := serve(t, platform.Options{Permissions: []string{"routing:*:*"}})
	for path, want := range map[string][]string{
		"/api/v2/authorization/roles":          {"authorization:role:view"},
		"/api/v2/authorization/roles/settings": {"authorization:settings:view", "directory:organization:admin"},
	} {
		_, err := c.Do(t.Context(), rest.Get(path))
		var refused *rest.APIError
		if !errors.As(err, &refused) || refused.Status != 403 || !slices.Equal(refused.Missing, want) {
			t.Errorf("%s: %v; want 403 that lacks %v", path, err, want)
		}
	}
	if _, err := c.Do(t.Context(), rest.Get("/api/v2/routing/queues")); err != nil {
		t.Errorf("queues: %v", err)
	}
}

// TestSecretsStop reads all that has secrets: none is in what the client gives.
func TestSecretsStop(t *testing.T) {
	t.Parallel()
	_, c := serve(t, platform.Options{})
	for _, path := range []string{"/api/v2/oauth/clients", "/api/v2/oauth/clients/oc-wallboard", "/api/v2/tokens/me"} {
		r, err := c.Do(t.Context(), rest.Get(path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(r.Body), platform.Canary) {
			t.Errorf("%s gives a secret: %s", path, r.Body)
		}
	}
}
