package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/genesyscloud"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// demoPermissions are what the demo's client may do: everything that reading
// takes but one, so that the snapshot has a gap to show.
func demoPermissions() []string {
	return slices.DeleteFunc(genesyscloud.Permissions(), func(p string) bool { return p == "authorization:orgTrusteeGroup:view" })
}

// demoSnapshot takes the snapshot: over the platform's API, served on loopback
// for this moment, of the organization as it comes with the program and at its own
// moment, so that everybody sees the same. What the platform has no list for is read
// from the bundle.
func demoSnapshot(ctx context.Context, dir string) (string, error) {
	org, err := platform.Load(simulator.Told())
	if err != nil {
		return "", err
	}
	server := platform.New(org, platform.Options{
		Permissions: demoPermissions(), Rate: -1, JobPolls: -1, AllDivisionGrants: true,
	})
	base, stop, err := serveLoopback(ctx, server)
	if err != nil {
		return "", surroundings(err)
	}
	defer stop()
	client, err := rest.New(rest.Options{
		Account: rest.Account{API: base, Login: base, Credentials: rest.Credentials{
			ClientID: platform.AuditorID, ClientSecret: rest.NewSecret(platform.AuditorSecret),
		}},
		Transport: &http.Transport{}, // no proxy
		Now:       simulator.Moment,  // the ledger says when things were read: the same for everybody
	})
	if err != nil {
		return "", err
	}
	live := genesyscloud.New(genesyscloud.Options{
		API: client, Region: "us-east-1", Until: simulator.Moment(), AuditFor: days(365), UsageFor: days(90), Services: []string{"*"},
	})
	path := filepath.Join(dir, safeName(org.Name())+simulator.Moment().Format("-20060102T1504Z")+".db")
	_, err = take(ctx, demoSource{live, bundle.New(simulator.Told(), "bundle", bundle.Options{})}, path, snapshot.CreateOptions{
		Force: true, Tool: toolName(), Command: "grantgraph demo", Source: "the organization that comes with the program",
		Now: func() time.Time { return simulator.Moment() },
	})
	return path, err
}

// serveLoopback serves a handler on this machine alone until stop is called.
func serveLoopback(ctx context.Context, h http.Handler) (base *url.URL, stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	stop = func() {
		_ = s.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			return // it was to end anyway
		}
	}
	return &url.URL{Scheme: "http", Host: l.Addr().String()}, stop, nil
}

// A demoSource tells what the platform says, and what only the bundle has.
type demoSource struct{ live, file collector.Source }

// demoBeside are the lists that the platform does not offer, or gives by
// types of objects that are not read.
func demoBeside() []authz.List {
	return []authz.List{authz.ListViews, authz.ListReports, authz.ListObjects}
}

// Collect implements collector.Source.
func (s demoSource) Collect(ctx context.Context, sink collector.Sink) error {
	if err := s.live.Collect(ctx, listSink{sink, false}); err != nil {
		return err
	}
	return s.file.Collect(ctx, listSink{sink, true})
}

// A listSink passes what is of the lists beside the platform, or all else.
type listSink struct {
	to     collector.Sink
	beside bool
}

// Put implements collector.Sink.
func (s listSink) Put(rec authz.Record, raw json.RawMessage) error {
	var is bool
	switch r := rec.(type) {
	case authz.View:
		is = true
	case authz.Other:
		is = slices.Contains(demoBeside(), r.List)
	case authz.Resource:
		is = r.Kind == authz.KindResource
	}
	if is != s.beside {
		return nil
	}
	return s.to.Put(rec, raw)
}

// Cover implements collector.Sink.
func (s listSink) Cover(line authz.Coverage) error {
	if slices.Contains(demoBeside(), line.List) != s.beside {
		return nil
	}
	return s.to.Cover(line)
}
