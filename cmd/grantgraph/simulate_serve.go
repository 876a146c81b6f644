package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// serveOptions are what "simulate --serve" is told.
type serveOptions struct {
	address, from string
	faults        []string
	rate          int
	lifetime      time.Duration
	// permissions and divisions are what the auditor has; nil is all.
	permissions, divisions []string
	allDivisions           bool
}

func (o *serveOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.address, "serve", "", "serve the platform's API at this loopback `ADDRESS`, as 127.0.0.1:8080, until interrupted")
	f.StringVar(&o.from, "from", "", "serve the organization of this bundle `PATH` instead of a generated one")
	f.StringArrayVar(&o.faults, "fault", nil, "serve with a fault `NAME[:PATH][:WHEN]`, as 500:/users:3 or 429:10%; may be given again")
	f.IntVar(&o.rate, "rate", 300, "requests a minute that a token may make; 0 is any number")
	f.StringSliceVar(&o.permissions, "permissions", nil, "`PERMISSIONS` that the auditor has, as authorization:*:view,directory:user:view (default: all)")
	f.StringSliceVar(&o.divisions, "divisions", nil, "`IDS` of the divisions in which the auditor has them (default: all)")
	f.BoolVar(&o.allDivisions, "all-division-grants", false, "answer /authorization/divisions/*/grants, of which nobody knows whether the platform does")
	f.DurationVar(&o.lifetime, "token-lifetime", 0, "how long a token lives (default: as the client says)")
}

// faultHelp lists the faults for the help of the command.
func faultHelp() string {
	text := "\n\nFaults (--fault NAME[:PATH][:WHEN]):\n"
	for _, f := range platform.FaultNames() {
		text += fmt.Sprintf("  %-10s %s\n", f.Name, f.About)
	}
	return text + `  400…599    that status

PATH is the path of the calls that count, with * for any text. WHEN is 3 (the third of
them), 3+ (from the third on), 3x5 (five from the third on) or 10% (by chance, drawn
from --seed). Without it the fault happens once; 403, slow and odd happen always.`
}

// check refuses what cannot be served before anything is made.
func (o serveOptions) check() ([]platform.Fault, error) {
	if err := loopback(o.address); err != nil {
		return nil, err
	}
	if o.rate < 0 {
		return nil, fmt.Errorf("--rate %d: want 0 or more", o.rate)
	}
	if o.lifetime < 0 {
		return nil, fmt.Errorf("--token-lifetime %s: want a positive duration", o.lifetime)
	}
	for _, name := range o.permissions {
		if _, err := authz.ParsePattern(name); err != nil {
			return nil, fmt.Errorf("--permissions: %w", err)
		}
	}
	var faults []platform.Fault
	for _, s := range o.faults {
		f, err := platform.ParseFault(s)
		if err != nil {
			return nil, fmt.Errorf("--fault: %w", err)
		}
		faults = append(faults, f)
	}
	return faults, nil
}

// loopback refuses an address that others could reach: what is served has no
// real secrets, but what pretends to be the platform should fool nobody.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return hint(fmt.Errorf("--serve %s: %w", address, err), "grantgraph simulate --serve 127.0.0.1:8080")
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return hint(fmt.Errorf("--serve %s: not a loopback address", address), "grantgraph simulate --serve 127.0.0.1:8080")
	}
	return nil
}

func runServe(ctx context.Context, p *process, o serveOptions, g simulator.Options) error {
	faults, err := o.check()
	if err != nil {
		return err
	}
	org, err := o.organization(ctx, g)
	if err != nil {
		return err
	}
	lex := lexicon.Default()
	rate := o.rate
	if rate == 0 {
		rate = -1 // any number, which is not the platform's default
	}
	s := platform.New(org, platform.Options{
		Rate: rate, TokenLifetime: o.lifetime, Faults: faults, Seed: g.Seed, Now: p.now, Aware: lex.Aware, Resolve: lex.Resolve,
		Permissions: o.permissions, Divisions: o.divisions, AllDivisionGrants: o.allDivisions,
	})
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.address)
	if err != nil {
		return surroundings(fmt.Errorf("--serve: %w", err))
	}
	p.tellServed(org, "http://"+l.Addr().String())
	if err := serveUntil(ctx, l, s); err != nil {
		return surroundings(err)
	}
	p.note("%s answered, %s refused because they would write", count(s.Total(), "call"), count(len(s.Refused()), "call"))
	return nil
}

// organization returns what is to be served.
func (o serveOptions) organization(ctx context.Context, g simulator.Options) (*platform.Organization, error) {
	if o.from == "" {
		return platform.Generate(ctx, g)
	}
	src, closer, err := bundle.OpenPath(o.from)
	if err != nil {
		return nil, err
	}
	defer done(closer)
	return platform.Read(ctx, src)
}

// tellServed says how to collect from the server, as lines for a shell.
func (p *process) tellServed(org *platform.Organization, url string) {
	p.say("# The platform's API of " + shellQuote(org.Name()) + ". In another terminal:")
	p.say("export GENESYSCLOUD_OAUTHCLIENT_ID=" + platform.AuditorID)
	p.say("export GENESYSCLOUD_OAUTHCLIENT_SECRET=" + platform.AuditorSecret)
	p.say("grantgraph collect --api-url " + url + " --login-url " + url)
	if f, ok := p.out.(interface{ Flush() error }); ok {
		_ = f.Flush() // the error stays, and comes out at the end
	}
	p.note("serving at %s; Ctrl-C ends it", url)
}

// serveUntil serves until the context ends. Calls that hang are cut off.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// onlyServed refuses flags that mean nothing without --serve.
func onlyServed(o serveOptions) error {
	switch {
	case o.from != "":
		return errors.New("--from: only with --serve")
	case len(o.faults) > 0:
		return hint(errors.New("--fault: only with --serve"), "--faults, to plant faults in the organization")
	default:
		return nil
	}
}
