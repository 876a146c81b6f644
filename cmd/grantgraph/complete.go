package main

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// maxCompletions is how many names a shell is offered at once.
const maxCompletions = 500

// complete offers words for a flag. Registering fails only for a flag that does
// not exist, which the completion tests would show.
func complete(c *cobra.Command, flag string, words func() []string) {
	_ = c.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return beginning(words(), begun), cobra.ShellCompDirectiveNoFileComp
	})
}

// completeModel offers words for a flag that come from the snapshot.
func (p *process) completeModel(c *cobra.Command, a *ask, flag string, words func(*analyzer.Model) []string) {
	complete(c, flag, func() []string { return p.fromModel(c.Context(), a, words) })
}

// completeArgs offers words for arguments, by their position.
func (p *process) completeArgs(a *ask, words ...func(*analyzer.Model) []string) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(words) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return beginning(p.fromModel(c.Context(), a, words[len(args)]), begun), cobra.ShellCompDirectiveNoFileComp
	}
}

// fromModel asks the snapshot, without a word where there is none.
func (p *process) fromModel(ctx context.Context, a *ask, words func(*analyzer.Model) []string) []string {
	silent := *p
	silent.err, silent.quiet = io.Discard, true
	m, err := silent.load(ctx, *a)
	if err != nil {
		return nil
	}
	return words(m)
}

// beginning returns the words that go on as begun. A name that cannot be typed
// as it is shown is not offered.
func beginning(words []string, begun string) []string {
	var out []string
	for _, w := range words {
		if strings.HasPrefix(strings.ToLower(w), strings.ToLower(begun)) && term.Clean(w) == w {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxCompletions)]
}

func verbs(m *analyzer.Model) []string { return append(m.Lexicon.Verbs(), permissions(m)...) }

func permissions(m *analyzer.Model) []string {
	var out []string
	for _, o := range m.Graph.Organizations() {
		for _, p := range m.Graph.Universe(o.ID) {
			out = append(out, p.Name)
		}
	}
	return out
}

func tenants(m *analyzer.Model) []string {
	var out []string
	for _, t := range m.Tenants.Tenants {
		out = append(out, t.Name)
	}
	return out
}

// targets offers plain names of tenants and divisions, and all with their kind.
func targets(m *analyzer.Model) []string {
	out := tenants(m)
	for _, t := range m.Tenants.Tenants {
		out = append(out, "tenant:"+t.Name)
	}
	for _, d := range m.Graph.Divisions() {
		out = append(out, d.Name, "division:"+display(d.Name, d.Key.ID))
	}
	for _, r := range m.Graph.Resources() {
		out = append(out, r.Key().Kind.String()+":"+display(r.Name, r.ID))
	}
	for p := range m.Graph.Principals() {
		if pr := m.Graph.Principal(uint32(p)); pr.Key.Kind == authz.KindUser {
			out = append(out, "user:"+cmp.Or(pr.Email, pr.Name, pr.Key.ID))
		}
	}
	return out
}

func principals(m *analyzer.Model) []string {
	var out []string
	for p := range m.Graph.Principals() {
		pr := m.Graph.Principal(uint32(p))
		kind := pr.Key.Kind.String()
		if pr.Key.Kind == authz.KindClient {
			kind = "client"
		}
		out = append(out, kind+":"+cmp.Or(pr.Email, pr.Name, pr.Key.ID))
		if pr.Email != "" {
			out = append(out, pr.Email)
		}
	}
	return out
}
