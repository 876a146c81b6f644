package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersionCmd(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "The version of this program",
		Example: `  grantgraph version
  grantgraph version | grep devel`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runVersion(cmd.Context(), p) },
	}
}

func runVersion(_ context.Context, p *process) error {
	_, err := fmt.Fprintf(p.out, "%s %s %s/%s\n", toolName(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return surroundings(err)
}

// toolName is the program and its version, as snapshots keep it.
func toolName() string {
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	if version == "(devel)" {
		version = ""
	}
	return "grantgraph " + cmp.Or(version, "devel")
}
