package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/genesyscloud"
	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A live is one organization of the platform that is being read.
type live struct {
	account rest.Account
	client  *rest.Client // keeps nothing
	org     authz.Organization
	log     *rest.Log
	src     *genesyscloud.Source
}

// runLive takes a snapshot of the platform.
func runLive(ctx context.Context, p *process, o collectOptions) error {
	if o.live.role.value != "" {
		return p.printRole(o.live.role.value)
	}
	all, err := p.accounts(o.live)
	if err != nil {
		return err
	}
	switch {
	case o.live.checkOnly:
		return p.checkAll(ctx, all, o.live)
	case o.live.plan:
		return p.planAll(ctx, all, o.live)
	}
	for _, l := range all {
		if err := p.identify(ctx, l); err != nil {
			return err
		}
	}
	if err := different(all); err != nil {
		return err
	}
	r, err := p.openRun(all, o)
	if err != nil {
		return err
	}
	defer r.close()
	if r.over {
		return r.ended(p, o)
	}
	return p.collectLive(ctx, r, o)
}

// accounts finds out whom to ask.
func (p *process) accounts(o liveOptions) ([]*live, error) {
	profiles := o.profiles
	if len(profiles) == 0 {
		profiles = []string{""}
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, surroundings(err)
	}
	var all []*live
	for _, name := range profiles {
		a, err := rest.Resolve(rest.Settings{
			Profile: name, Region: o.region, API: o.api, Login: o.login, Home: p.getenv("HOME"), Dir: dir,
			Env: func(name string) (string, bool) { v := p.getenv(name); return v, v != "" },
		})
		if err != nil {
			return nil, hint(err, "grantgraph collect --help")
		}
		for _, w := range a.Warnings {
			p.note("%s", w)
		}
		c, err := rest.New(rest.Options{Account: a, Agent: agent(), Tries: pingTries})
		if err != nil {
			return nil, err
		}
		all = append(all, &live{account: a, client: c})
	}
	return all, nil
}

// pingTries bounds how often a question is tried that only tells whether the
// platform is there.
const pingTries = 4

// agent is what the program calls itself to the platform.
func agent() string { return strings.ReplaceAll(toolName(), " ", "/") }

// identify asks which organization an account is of.
func (p *process) identify(ctx context.Context, l *live) error {
	org, err := genesyscloud.Identify(ctx, l.client)
	if err != nil {
		return l.explain(err)
	}
	l.org = org
	return nil
}

// different refuses two profiles of one organization.
func different(all []*live) error {
	seen := map[string]string{}
	for _, l := range all {
		if other, ok := seen[l.org.ID]; ok {
			return fmt.Errorf("profiles %s and %s are of the same organization %s: name one of them", other, l.account.Name, l.org.Name)
		}
		seen[l.org.ID] = l.account.Name
	}
	return nil
}

// collectLive reads, writes, and tidies up.
func (p *process) collectLive(ctx context.Context, r *liveRun, o collectOptions) error {
	bar := p.calls()
	for _, l := range r.all {
		bar.next()
		if err := p.source(l, o.live, bar); err != nil {
			return err
		}
		if len(r.all) > 1 {
			p.note("reading %s", display(l.org.Name, l.org.ID))
		}
		err := l.src.Ask(ctx)
		bar.clear()
		if errors.Is(err, genesyscloud.ErrNothing) {
			return withDiscard(l.explain(err), r.remove()) // there is nothing to go on from
		}
		if err != nil {
			return r.interrupted(l.explain(err))
		}
	}
	got, err := take(ctx, r, r.path, snapshot.CreateOptions{
		Force: o.force, Restart: r.resumed, Minimal: o.minimal, Tool: toolName(), Binary: binaryDigest(),
		Command: liveCommand(o), Source: r.sourceText(), Credential: r.credentialText(), Now: r.taken,
	})
	if err != nil {
		return r.interrupted(err)
	}
	if err := r.remove(); err != nil {
		p.note("%v", err)
	}
	bar.summary(r)
	return p.verified(ctx, r, got, o)
}

// source makes the source of one organization.
func (p *process) source(l *live, o liveOptions, bar *callLine) error {
	client, err := rest.New(rest.Options{Account: l.account, Log: l.log, Agent: agent(), Observe: bar.event})
	if err != nil {
		return err
	}
	kept, err := rest.New(rest.Options{Account: l.account, Log: l.log, Tries: 1, Transport: nobody{}})
	if err != nil {
		return err
	}
	l.src = genesyscloud.New(genesyscloud.Options{
		API: client, Kept: kept, Rewind: l.log.Rewind, Forget: l.log.ForgetRequest, Ping: ping(client),
		Region: l.account.Region(), Only: o.lists, Until: l.log.Begun().UTC().Truncate(time.Second),
		AuditFor: days(o.auditDays), UsageFor: days(o.usageDays), Services: o.auditServices, Progress: bar.step,
	})
	return nil
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// ping returns what asks whether the platform answers a client at all.
func ping(c *rest.Client) func(context.Context) error {
	aside := c.Aside(pingTries, time.Minute)
	return func(ctx context.Context) error {
		_, err := genesyscloud.Identify(ctx, aside)
		return err
	}
}

// nobody answers nothing: what was kept is read again without a network.
type nobody struct{}

var errNobody = errors.New("the second reading asks nobody")

// RoundTrip implements http.RoundTripper.
func (nobody) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNobody }

// explain makes of an error of the network what a person can act on.
func (l *live) explain(err error) error {
	var (
		auth   *rest.AuthError
		log    *rest.LogError
		api    *rest.APIError
		broken *rest.BrokenError
		limit  *rest.LimitError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, genesyscloud.ErrNothing):
		return hint(err, "grantgraph collect --check, and --print-role for the role that it needs")
	case errors.As(err, &auth):
		return hint(fmt.Errorf("%w (credentials: %s)", err, l.account.From["credentials"]), "grantgraph collect --check")
	case errors.As(err, &log), errors.As(err, &limit), errors.As(err, &broken), errors.Is(err, genesyscloud.ErrGone):
		return surroundings(err)
	case errors.As(err, &api):
		return hint(err, "grantgraph collect --check")
	default:
		return err
	}
}

// A liveRun is the files of a run.
type liveRun struct {
	all     []*live
	path    string // of the snapshot
	resumed bool
	over    bool // the snapshot was sealed already
}

// Collect implements collector.Source: it tells what every organization said.
func (r *liveRun) Collect(ctx context.Context, sink collector.Sink) error {
	for _, l := range r.all {
		if err := l.src.Collect(ctx, sink); err != nil {
			return err
		}
	}
	return nil
}

// taken is when the platform said the last of it.
func (r *liveRun) taken() time.Time {
	var last time.Time
	for _, l := range r.all {
		if t := l.src.Taken(); t.After(last) {
			last = t
		}
	}
	return last
}

func (r *liveRun) sourceText() string {
	var list []string
	for _, l := range r.all {
		list = append(list, l.account.Source().API)
	}
	return "platform " + strings.Join(list, ", ")
}

// credentialText names whose rights the snapshot was taken with.
func (r *liveRun) credentialText() string {
	var list []string
	for _, l := range r.all {
		text := "an access token"
		if id := l.account.Credentials.ClientID; id != "" {
			text = "OAuth client " + id
		}
		if l.account.Name != "" {
			text += " (profile " + l.account.Name + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

// liveCommand is the command line as the snapshot tells it.
func liveCommand(o collectOptions) string {
	text := "grantgraph collect"
	for _, name := range o.live.profiles {
		text += " --profile " + shellQuote(name)
	}
	if len(o.live.only) > 0 {
		text += " --only " + strings.Join(o.live.only, ",")
	}
	if o.minimal {
		text += " --minimal"
	}
	return text
}

// close lets the logs go; those of a run that did not end stay where they are.
func (r *liveRun) close() {
	for _, l := range r.all {
		if l.log != nil {
			done(l.log)
		}
	}
}

// remove removes the logs of a run that ended.
func (r *liveRun) remove() error {
	var errs []error
	for _, l := range r.all {
		if err := l.log.Remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
		l.log = nil
	}
	return errors.Join(errs...)
}

// interrupted says of an error that what was read is kept.
func (r *liveRun) interrupted(err error) error {
	kept := 0
	for _, l := range r.all {
		kept += l.log.Len()
	}
	if kept == 0 || statusOf(err) != statusSurroundings {
		return err
	}
	text := fmt.Sprintf("%s kept in %s: the same command goes on from there", count(kept, "answer"), filepath.Base(answersPath(r.path, 0)))
	if errors.Is(err, context.Canceled) {
		return &failure{status: statusSurroundings, err: errors.New("interrupted: " + text)}
	}
	return &failure{status: statusSurroundings, err: fmt.Errorf("%w\n%s", err, text)}
}
