package genesyscloud

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A site is a platform that is served over HTTP.
type site struct {
	server  *platform.Server
	account rest.Account
	sleep   func(context.Context, time.Duration) error
}

func serve(t testing.TB, org *platform.Organization, o platform.Options) *site {
	t.Helper()
	return serveThrough(t, org, o, func(h http.Handler) http.Handler { return h })
}

// serveThrough is serve with something between platform and caller.
func serveThrough(t testing.TB, org *platform.Organization, o platform.Options, between func(http.Handler) http.Handler) *site {
	t.Helper()
	if o.Rate == 0 {
		o.Rate = -1
	}
	s := &site{server: platform.New(org, o), sleep: noWait}
	h := httptest.NewServer(between(s.server))
	t.Cleanup(h.Close)
	base, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.account = rest.Account{API: base, Login: base, Credentials: rest.Credentials{
		ClientID: platform.AuditorID, ClientSecret: rest.NewSecret(platform.AuditorSecret),
	}}
	return s
}

func load(t testing.TB, fsys fs.FS) *platform.Organization {
	t.Helper()
	org, err := platform.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// noWait lets time pass at once.
func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// A logged is a run with its log.
type logged struct {
	*Source
	log *rest.Log
}

// source returns a source of the site with a log at a path.
func (s *site) source(t testing.TB, path string) *logged {
	t.Helper()
	log, err := rest.OpenLog(path, rest.LogOptions{Source: s.account.Source()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	client, err := rest.New(rest.Options{Account: s.account, Log: log, Sleep: s.sleep})
	if err != nil {
		t.Fatal(err)
	}
	o := options(client)
	o.Region, o.Rewind, o.Forget = "us-east-1", log.Rewind, log.ForgetRequest
	o.Ping = func(ctx context.Context) error { _, err := Identify(ctx, client.Aside(4, time.Minute)); return err }
	return &logged{New(o), log}
}

func TestLiveIsTheBundle(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]fs.FS{"told": simulator.Told(), "clean": simulator.Clean(), "small": small(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := serve(t, load(t, fsys), platform.Options{AllDivisionGrants: true})
			live := site.source(t, filepath.Join(t.TempDir(), "log"))
			file := bundle.New(offered(t, fsys), "b", bundle.Options{})
			if got, want := digest(t, live), digest(t, file); got != want {
				t.Errorf("content digest = %s; want %s", got, want)
				differ(t, live, file)
			}
			if refused := site.server.Refused(); len(refused) > 0 {
				t.Errorf("the platform refused %v; nothing may be written", refused)
			}
			t.Logf("%d calls, at least %d", site.server.Total(), live.Stats().Least)
		})
	}
}

// small is a generated organization.
func small(t testing.TB) fs.FS {
	t.Helper()
	dir := t.TempDir() + "/small"
	w, err := bundle.NewWriter(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := simulator.Generate(t.Context(), simulator.Options{Size: simulator.SizeS, Seed: 7}, w, bundle.Entity); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return osDir(dir)
}

func osDir(dir string) fs.FS { return os.DirFS(dir) }

// A client with rights in one division gets lists that are short without a word;
// the platform's own counts give them away.
func TestHiddenDivisionsAreTold(t *testing.T) {
	t.Parallel()
	site := serve(t, load(t, simulator.Told()), platform.Options{Divisions: []string{"div-bpo-a"}})
	var m memory
	if err := site.source(t, filepath.Join(t.TempDir(), "log")).Collect(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		list   authz.List
		source string
	}{
		{authz.ListUsers, "GET /api/v2/users"},
		{authz.ListQueues, "GET /api/v2/routing/queues"},
		{authz.ListFlows, "GET /api/v2/flows"},
		{authz.ListTeams, "GET /api/v2/teams"},
	} {
		got := m.line(t, tt.list, tt.source)
		if got.Status != authz.StatusPartial || !strings.Contains(got.Reason, "the platform counts ") || got.MissingPermission == "" {
			t.Errorf("line of %s = %+v; want partial, with what the platform counts", tt.list, got)
		}
	}
}

// What the platform gives no dates of has none, and is there all the same.
func TestGrantsInAllDivisions(t *testing.T) {
	t.Parallel()
	site := serve(t, load(t, simulator.Told()), platform.Options{})
	var m memory
	if err := site.source(t, filepath.Join(t.TempDir(), "log")).Collect(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, g := range m.Grant {
		if g.Division == authz.AllDivisions && g.Subject.ID == "u-maria" {
			found = g.MadeAt.IsZero() && g.Source == sourceTyped && g.Subject.Kind == authz.KindUser
		}
	}
	if !found {
		t.Error("the grant of u-maria in all divisions is not there without a date")
	}
	if line := m.line(t, authz.ListGrants, "GET /api/v2/authorization/divisions/{id}/grants"); line.Status != authz.StatusComplete {
		t.Errorf("line of grants = %+v; want complete: the platform need not list them", line)
	}
}
