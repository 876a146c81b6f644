package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/collector/genesyscloud"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// liveOptions are what "collect" is told of the platform.
type liveOptions struct {
	profiles             []string
	region, api, login   string
	checkOnly, plan      bool
	role                 choice
	only                 []string
	resume, fresh        bool
	verify               int
	seed                 uint64
	auditDays, usageDays int
	auditServices        []string
	lists                []authz.List
}

// liveFlags are the flags that are about the platform.
func liveFlags() []string {
	return []string{
		"profile", "region", "api-url", "login-url", "check", "dry-run", "print-role", "only", "resume", "fresh",
		"verify", "verify-seed", "audit-days", "audit-services", "usage-days",
	}
}

func (o *liveOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&o.profiles, "profile", nil, "the `NAME` of a profile in ~/.gc/config.toml; again for a further organization in the same snapshot")
	f.StringVar(&o.region, "region", "", "AWS `REGION` or domain, such as eu-central-1 or mypurecloud.de (default: that of the credentials)")
	f.StringVar(&o.api, "api-url", "", "ask this `URL` instead of the region's (a gateway; plain http only on loopback)")
	f.StringVar(&o.login, "login-url", "", "sign in at this `URL` instead of the region's")
	f.BoolVar(&o.checkOnly, "check", false, "say what the client may read and what a snapshot would lack, and read nothing")
	f.BoolVar(&o.plan, "dry-run", false, "say how many calls it takes and how long, and read nothing")
	o.role = choice{of: []string{"table", "json", "tf"}}
	f.Var(&o.role, "print-role", "print the least role that suffices: table, json (for the API and gc) or tf (CX as Code)")
	f.Lookup("print-role").NoOptDefVal = "table"
	f.StringSliceVar(&o.only, "only", nil, "read only these `LISTS`, such as users,roles,grants; the others are gaps")
	f.BoolVar(&o.resume, "resume", false, "go on with an unfinished run, however old (a recent one is gone on with anyway)")
	f.BoolVar(&o.fresh, "fresh", false, "begin anew although there is an unfinished run")
	f.IntVar(&o.verify, "verify", 0, "ask the platform about `N` principals and permissions, and compare its answers with ours")
	f.Uint64Var(&o.seed, "verify-seed", 1, "the `SEED` that --verify draws from")
	f.IntVar(&o.auditDays, "audit-days", 90, "how many `DAYS` back audits are read")
	f.StringSliceVar(&o.auditServices, "audit-services", nil, "the `SERVICES` whose audits are read, or \"*\" (default: PeoplePermissions)")
	f.IntVar(&o.usageDays, "usage-days", 30, "how many `DAYS` back the use of OAuth clients is read")
	c.MarkFlagsMutuallyExclusive("resume", "fresh")
	c.MarkFlagsMutuallyExclusive("check", "dry-run", "print-role")
	_ = c.RegisterFlagCompletionFunc("only", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return listNames(), cobra.ShellCompDirectiveNoFileComp
	})
}

// check reads the words that flags hold.
func (o *liveOptions) check() error {
	for _, name := range o.only {
		l := authz.List(strings.ToLower(strings.TrimSpace(name)))
		if !slices.Contains(genesyscloud.Lists(), l) {
			return fmt.Errorf("--only: the platform has no list %q: want some of %s", name, strings.Join(listNames(), ", "))
		}
		o.lists = append(o.lists, l)
	}
	switch {
	case o.verify < 0:
		return errors.New("--verify: want a number of 0 or more")
	case o.auditDays < 1 || o.auditDays > 365:
		return errors.New("--audit-days: want 1 to 365: the platform keeps audits for a year")
	case o.usageDays < 1 || o.usageDays > 365:
		return errors.New("--usage-days: want 1 to 365")
	case len(o.profiles) > 1 && (o.region != "" || o.api != "" || o.login != ""):
		return errors.New("--region, --api-url, --login-url: not with several profiles: each has its own environment")
	}
	return nil
}

func listNames() []string {
	var names []string
	for _, l := range genesyscloud.Lists() {
		names = append(names, string(l))
	}
	return names
}
