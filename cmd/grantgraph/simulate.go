package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// simulateOptions are what "simulate" is told.
type simulateOptions struct {
	size, shape choice
	seed        uint64
	faults      bool
	out         string
	force       bool
	serve       serveOptions
}

func newSimulateCmd(p *process) *cobra.Command {
	var o simulateOptions
	c := &cobra.Command{
		Use:   "simulate -o DIR|FILE.db | --serve ADDRESS",
		Short: "Make a synthetic organization of a given size and seed, or serve one",
		Long: `Makes an organization that exists nowhere: a bundle folder, or a snapshot if the
name ends in .db, and beside it the grantgraph.yaml that fits. The same size,
shape and seed make the same organization.

Sizes: S has 1,000 users, M 20,000, L 100,000 with two million grants, XL a million
with ten million grants.

With --serve it serves the platform's API of such an organization, or of a bundle,
at an address of this machine, and prints how to collect from it. The API is read
only: calls that would write something are refused.` + faultHelp(),
		Example: `  grantgraph simulate --size S --seed 7 --faults -o small/
  grantgraph simulate --size L -o large.db && grantgraph audit --snapshot large.db --config large.yaml
  grantgraph simulate --serve 127.0.0.1:8080 --from export/ --fault 429:5% --fault 403:/oauth/clients`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSimulate(cmd.Context(), p, o) },
	}
	o.size, o.shape = choice{of: []string{"s", "m", "l", "xl"}}, choice{of: []string{string(simulator.ShapeReal), string(simulator.ShapeFlat)}}
	choose(c, &o.size, "size", "", "how large")
	choose(c, &o.shape, "shape", "", "how roles are spread: as in real organizations, or evenly")
	f := c.Flags()
	f.Uint64Var(&o.seed, "seed", 1, "the seed that it is drawn from")
	f.BoolVar(&o.faults, "faults", false, "plant a case of many rules")
	f.StringVarP(&o.out, "out", "o", "", "the folder `DIR` or the FILE.db to write")
	f.BoolVar(&o.force, "force", false, "replace files of that name")
	o.serve.flags(c)
	c.MarkFlagsOneRequired("out", "serve")
	c.MarkFlagsMutuallyExclusive("out", "serve")
	return c
}

// A generated source tells an organization that is made while it is read.
type generated struct {
	o    simulator.Options
	plan simulator.Plan
}

// Collect implements collector.Source.
func (g *generated) Collect(ctx context.Context, sink collector.Sink) error {
	plan, err := simulator.Generate(ctx, g.o, sink, bundle.Entity)
	g.plan = plan
	return err
}

func runSimulate(ctx context.Context, p *process, o simulateOptions) error {
	size, err := simulator.ParseSize(o.size.value)
	if err != nil {
		return err
	}
	shape, err := simulator.ParseShape(o.shape.value)
	if err != nil {
		return err
	}
	g := &generated{o: simulator.Options{Size: size, Shape: shape, Seed: o.seed, Faults: o.faults}}
	if o.serve.address != "" {
		return runServe(ctx, p, o.serve, g.o)
	}
	if err := onlyServed(o.serve); err != nil {
		return err
	}
	asFile := filepath.Ext(o.out) == ".db"
	yaml := filepath.Join(o.out, configFile)
	if asFile {
		yaml = strings.TrimSuffix(o.out, ".db") + ".yaml"
	}
	if err := mayWrite(yaml, o.force); err != nil {
		return err
	}
	if asFile {
		err = simulateFile(ctx, g, o)
	} else {
		err = simulateFolder(ctx, g, o.out)
	}
	if err != nil {
		return err
	}
	if err := writeBytes(yaml, g.plan.Config); err != nil {
		return err
	}
	p.say(o.out)
	c := g.plan.Counts
	p.note("%d users, %d groups, %d roles, %d divisions, %d grants, %d OAuth clients; %d faults planted; configuration: %s",
		c.Users, c.Groups, c.Roles, c.Divisions, c.Grants, c.Clients, len(g.plan.Faults), yaml)
	return nil
}

// simulateFile writes a snapshot. It is taken at the organization's own moment, so
// that the same seed gives the same file.
func simulateFile(ctx context.Context, g *generated, o simulateOptions) error {
	_, err := take(ctx, g, o.out, snapshot.CreateOptions{
		Force: o.force, Tool: toolName(), Command: "grantgraph simulate",
		Source: fmt.Sprintf("simulated: size %s, shape %s, seed %d, faults %t", g.o.Size, g.o.Shape, g.o.Seed, g.o.Faults),
		Now:    func() time.Time { return simulator.Moment() },
	})
	return err
}

func simulateFolder(ctx context.Context, g *generated, dir string) error {
	w, err := bundle.NewWriter(dir)
	if err != nil {
		return surroundingsUnlessThere(dir, err)
	}
	defer w.Discard() // nothing after Close
	if err := g.Collect(ctx, w); err != nil {
		return surroundings(err)
	}
	return surroundings(w.Close())
}

// surroundingsUnlessThere tells a folder that is in use from a disk that fails.
func surroundingsUnlessThere(dir string, err error) error {
	if strings.Contains(err.Error(), "holds a bundle already") {
		return hint(err, "another folder, or remove "+dir)
	}
	return surroundings(err)
}
