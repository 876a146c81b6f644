package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// A process is the part of the world that commands may use.
type process struct {
	getenv func(string) string
	in     io.Reader
	out    io.Writer // the answer
	err    io.Writer // everything else
	now    func() time.Time

	// outTTY and errTTY say whether people are watching.
	outTTY, errTTY bool
	// columns is the width of the terminal that the answer goes to, 0 if it goes to none.
	columns int
	// quiet and noColor are the flags that every command has.
	quiet, noColor bool
}

// run is the program: it returns the exit status.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer, now func() time.Time) int {
	out := bufio.NewWriter(stdout)
	p := &process{
		getenv: getenv, in: stdin, out: out, err: stderr, now: now,
		outTTY: isTerminal(stdout), errTTY: isTerminal(stderr), columns: columns(stdout),
	}
	root := newRootCmd(p)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if lost := out.Flush(); lost != nil && !errors.Is(lost, syscall.EPIPE) {
		err = surroundings(fmt.Errorf("writing to standard output: %w", lost))
	}
	return p.status(err)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

func columns(w io.Writer) int {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0 // it is no terminal
	}
	return width
}

// newRootCmd returns the program with all its commands.
func newRootCmd(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:   "grantgraph",
		Short: "Who can do what in a Genesys Cloud organization, and through what",
		Long: `grantgraph computes effective permissions from a snapshot of a Genesys Cloud
organization: who can see a partner's division, what somebody can do and why,
which tenant reaches which, and what of that is wrong.`,
		Example: `  grantgraph demo
  grantgraph collect --from export/ && grantgraph who can see BPO_B`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().BoolVarP(&p.quiet, "quiet", "q", false, "no notes and no progress on standard error")
	root.PersistentFlags().BoolVar(&p.noColor, "no-color", false, "no colours (NO_COLOR does the same)")
	root.AddCommand(
		newDemoCmd(p), newInitCmd(p), newCollectCmd(p), newSnapshotCmd(p),
		newWhoCmd(p), newAccessCmd(p), newExplainCmd(p), newPathsCmd(p), newCutCmd(p), newMatrixCmd(p), newDiffCmd(p), newWhatIfCmd(p), newAssertCmd(p),
		newAuditCmd(p), newReportCmd(p), newRulesCmd(p), newSimulateCmd(p), newVersionCmd(p),
	)
	return root
}

// newGroupCmd returns a command that is only the beginning of others.
func newGroupCmd(use, short, example string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Example: example}
	c.AddCommand(subs...)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return hint(errors.New("a word is missing after: "+cmd.CommandPath()), cmd.CommandPath()+" --help")
		}
		return hint(fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath()), cmd.CommandPath()+" --help")
	}
	return c
}

// say writes a line to standard output; its error stays and comes out of the
// flush at the end.
func (p *process) say(line string) { _, _ = io.WriteString(p.out, line+"\n") }

// tell writes to standard error. If even that fails there is nobody left to tell.
func (p *process) tell(format string, args ...any) { _, _ = fmt.Fprintf(p.err, format, args...) }

// done closes what was only read.
func done(c io.Closer) { _ = c.Close() }
