// Peers loads one generated organization into grantgraph and into other engines
// that decide about access, asks all of them the same questions, checks that
// their answers agree, and prints what it cost each. See README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// settings are what the flags say.
type settings struct {
	size   simulator.Size
	shape  simulator.Shape
	seed   uint64
	peers  []string
	counts counts
	limit  time.Duration
	worker string // measure this peer alone, for the process that compares
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	s, err := parse(os.Args[1:])
	if err == nil {
		if s.worker != "" {
			err = work(ctx, s, os.Stdout)
		} else {
			err = compare(ctx, s, os.Stdout, os.Stderr)
		}
	}
	stop()
	var d *disagreement
	switch {
	case errors.As(err, &d):
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(2)
	}
}

func parse(args []string) (settings, error) {
	f := flag.NewFlagSet("peers", flag.ExitOnError)
	size := f.String("size", "S", "`size` of the organization: S, M, L or XL")
	shape := f.String("shape", "real", "`shape` of the organization: real or flat")
	seed := f.Uint64("seed", 1, "`seed` of the organization and of the questions")
	names := f.String("peers", "", "`names` of the peers, with commas; empty: all of "+strings.Join(peerNames(), ","))
	var s settings
	f.IntVar(&s.counts.check, "check", 200, "`number` of questions whether a principal may do something in a division")
	f.IntVar(&s.counts.who, "who", 40, "`number` of questions who may")
	f.IntVar(&s.counts.where, "where", 40, "`number` of questions in which divisions a principal may")
	f.DurationVar(&s.limit, "limit", time.Minute, "`time` after which a peer is asked no more questions of a kind")
	f.StringVar(&s.worker, "worker", "", "measure this `peer` alone and write JSON: how the program calls itself")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	s.seed = *seed
	var err error
	if s.size, err = simulator.ParseSize(*size); err != nil {
		return s, err
	}
	if s.shape, err = simulator.ParseShape(*shape); err != nil {
		return s, err
	}
	s.peers = peerNames()
	if *names != "" {
		s.peers = strings.Split(*names, ",")
	}
	for _, name := range s.peers {
		if !slices.Contains(peerNames(), name) {
			return s, fmt.Errorf("unknown peer %q: want one of %s", name, strings.Join(peerNames(), ", "))
		}
	}
	return s, nil
}

// compare measures each peer in a process of its own, so that none pays for
// another's memory, then holds their answers against each other.
func compare(ctx context.Context, s settings, out, progress io.Writer) error {
	o, err := generate(ctx, s.size, s.shape, s.seed)
	if err != nil {
		return err
	}
	questions := ask(o, s.counts, s.seed)
	fmt.Fprintf(out, "%s\n%s\n\n", o.describe(s), describeQuestions(questions))
	var all []measured
	for _, name := range s.peers {
		fmt.Fprintf(progress, "peers: %s\n", name)
		m, err := s.measureApart(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, m)
	}
	if err := printTable(out, all, questions); err != nil {
		return err
	}
	return agree(out, o, questions, all)
}

// measureApart runs the program again for one peer.
func (s settings) measureApart(ctx context.Context, name string) (measured, error) {
	var m measured
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	cmd := exec.CommandContext(ctx, self, "-worker", name, "-size", string(s.size), "-shape", string(s.shape), "-seed", fmt.Sprint(s.seed),
		"-check", fmt.Sprint(s.counts.check), "-who", fmt.Sprint(s.counts.who), "-where", fmt.Sprint(s.counts.where), "-limit", s.limit.String())
	cmd.Stderr = os.Stderr
	data, err := cmd.Output()
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("reading what was measured: %w", err)
	}
	return m, nil
}

// work measures one peer and writes what it found.
func work(ctx context.Context, s settings, out io.Writer) error {
	before := resident("VmRSS")
	o, err := generate(ctx, s.size, s.shape, s.seed)
	if err != nil {
		return err
	}
	questions := ask(o, s.counts, s.seed)
	m, err := measure(ctx, s.worker, *o, questions, s.limit)
	if err != nil {
		return err
	}
	m.Held -= before
	return json.NewEncoder(out).Encode(m)
}
