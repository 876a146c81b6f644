package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/collector/snapshot"
)

// initOptions are what "init" is told.
type initOptions struct {
	snapshot, out string
	force         bool
}

func newInitCmd(p *process) *cobra.Command {
	o := initOptions{}
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a first grantgraph.yaml for a snapshot, to be corrected by a person",
		Long: `Guesses the tenants of an organization from its divisions, from names of groups
and OAuth clients and from e-mail domains, and writes them as a commented
grantgraph.yaml. It is a guess: go through it before relying on an answer.`,
		Example: `  grantgraph init
  grantgraph init --snapshot november.db --out - | less`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInit(cmd.Context(), p, o) },
	}
	f := c.Flags()
	f.StringVar(&o.snapshot, "snapshot", "", "snapshot `FILE` (default: GRANTGRAPH_SNAPSHOT, else the newest in this folder)")
	f.StringVarP(&o.out, "out", "o", configFile, "the `FILE` to write; - is standard output")
	f.BoolVar(&o.force, "force", false, "replace a file of that name")
	return c
}

func runInit(_ context.Context, p *process, o initOptions) error {
	if o.out != "-" {
		if err := mayWrite(o.out, o.force); err != nil {
			return err
		}
	}
	r, path, err := p.open(o.snapshot)
	if err != nil {
		return err
	}
	defer done(r)
	facts, err := configFacts(r)
	if err != nil {
		return fmt.Errorf("reading snapshot %s: %w", path, err)
	}
	text := config.Guess(facts)
	if o.out == "-" {
		_, err := p.out.Write(text)
		return surroundings(err)
	}
	if err := writeBytes(o.out, text); err != nil {
		return err
	}
	p.note("wrote %s: a guess, to be corrected by somebody who knows the organization", o.out)
	return nil
}

// configFacts reads what a first configuration is guessed from.
func configFacts(r *snapshot.Reader) (config.Facts, error) {
	var f config.Facts
	var names []string
	for o, err := range r.Organizations() {
		if err != nil {
			return f, err
		}
		names = append(names, display(o.Name, o.ID))
	}
	f.Organization = strings.Join(names, ", ")
	for g, err := range r.Groups() {
		if err != nil {
			return f, err
		}
		f.Groups = append(f.Groups, g.Name)
	}
	for c, err := range r.Clients() {
		if err != nil {
			return f, err
		}
		f.Clients = append(f.Clients, c.Name)
	}
	var err error
	f.Divisions, err = divisionFacts(r)
	return f, err
}

// divisionFacts counts the people of each division and their e-mail domains.
func divisionFacts(r *snapshot.Reader) ([]config.DivisionFact, error) {
	type key struct{ org, id string }
	facts := map[key]*config.DivisionFact{}
	for d, err := range r.Divisions() {
		if err != nil {
			return nil, err
		}
		facts[key{d.Org, d.ID}] = &config.DivisionFact{ID: d.ID, Name: d.Name, Home: d.Home, EmailDomains: map[string]int{}}
	}
	for u, err := range r.Users() {
		if err != nil {
			return nil, err
		}
		d, ok := facts[key{u.Org, u.Division}]
		if !ok || u.Trustee != "" {
			continue
		}
		d.Users++
		if at := strings.LastIndexByte(u.Email, '@'); at >= 0 {
			d.EmailDomains[strings.ToLower(u.Email[at+1:])]++
		}
	}
	keys := slices.SortedFunc(maps.Keys(facts), func(a, b key) int {
		return strings.Compare(a.org+"\x00"+a.id, b.org+"\x00"+b.id)
	})
	var out []config.DivisionFact
	for _, k := range keys {
		out = append(out, *facts[k])
	}
	return out, nil
}
