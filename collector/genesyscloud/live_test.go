package genesyscloud

import (
	"context"
	"io/fs"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
)

// A site is a platform that is served over HTTP.
type site struct {
	server  *platform.Server
	account rest.Account
}

func serve(t testing.TB, org *platform.Organization, o platform.Options) *site {
	t.Helper()
	if o.Rate == 0 {
		o.Rate = -1
	}
	s := &site{server: platform.New(org, o)}
	h := httptest.NewServer(s.server)
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
	client, err := rest.New(rest.Options{Account: s.account, Log: log, Sleep: noWait})
	if err != nil {
		t.Fatal(err)
	}
	ping, err := rest.New(rest.Options{Account: s.account, Sleep: noWait})
	if err != nil {
		t.Fatal(err)
	}
	o := options(client)
	o.Region, o.Rewind, o.Forget = "us-east-1", log.Rewind, log.ForgetRequest
	o.Ping = func(ctx context.Context) error { _, err := Identify(ctx, ping); return err }
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
