package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// collectOptions are what "collect" is told.
type collectOptions struct {
	from, out               string
	takenAt                 moment
	force, minimal, allowed bool
	live                    liveOptions
}

func newCollectCmd(p *process) *cobra.Command {
	var o collectOptions
	c := &cobra.Command{
		Use:   "collect [--from PATH]",
		Short: "Take a snapshot, from the platform or from a folder of its entities",
		Long: `Reads an organization and writes it as one sealed snapshot file,
ORGANIZATION-YYYYMMDDTHHMMZ.db unless --out says otherwise.

Without --from it asks the platform, and only reads. Credentials are those that
administrators of the platform use already: GENESYSCLOUD_OAUTHCLIENT_ID,
GENESYSCLOUD_OAUTHCLIENT_SECRET and GENESYSCLOUD_REGION (or
GENESYSCLOUD_ACCESS_TOKEN) in the environment, or a profile of the platform's own
tool (~/.gc/config.toml) with --profile. --print-role prints the least role that the
OAuth client needs, and --check says what it has and lacks before anything is read.
What the platform refuses becomes a gap in the snapshot, and the rest goes on.
Answers are kept beside the snapshot until it is sealed (FILE.answers): when a run
ends early, for whatever reason, the same command goes on where it stopped.

With --from it reads a bundle: a folder or zip of JSON files that hold the platform
API's own entities, such as users.json and roles.json. Ages are measured from the
moment at which the snapshot was taken, which is now; for a bundle that was
exported earlier give that moment: --taken-at.

Exit status 3: the snapshot was written and lacks something.`,
		Example: `  grantgraph collect --print-role=json > role.json   # then: gc authorization roles create -f role.json
  grantgraph collect --check --profile auditor
  grantgraph collect --profile auditor
  grantgraph collect --from export.zip --taken-at 2026-11-20T12:00:00Z -o november.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			if o.from == "" {
				return runLive(cmd.Context(), p, o)
			}
			return runCollect(cmd.Context(), p, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "the `PATH` of a bundle: a folder or zip (default: ask the platform)")
	f.StringVarP(&o.out, "out", "o", "", "the `FILE` to write (default: ORGANIZATION-YYYYMMDDTHHMMZ.db in this folder)")
	f.Var(&o.takenAt, "taken-at", "the `TIME` at which the bundle was exported (default: now)")
	f.BoolVar(&o.force, "force", false, "replace a file of that name")
	f.BoolVar(&o.minimal, "minimal", false, "keep id, name, e-mail and division of people and drop the rest")
	f.BoolVar(&o.allowed, "allow-gaps", false, "exit 0 although the snapshot lacks something")
	o.live.flags(c)
	return c
}

// check refuses flags that do not go together, before anything is asked.
func (o *collectOptions) check(cmd *cobra.Command) error {
	if o.from == "" {
		if !o.takenAt.IsZero() {
			return errors.New("--taken-at: only with --from: what the platform says is taken when it says it")
		}
		return o.live.check()
	}
	for _, name := range liveFlags() {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: not with --from: a bundle is read as it is", name)
		}
	}
	return nil
}

func runCollect(ctx context.Context, p *process, o collectOptions) error {
	src, closer, err := bundle.OpenPath(o.from)
	if err != nil {
		return err
	}
	defer done(closer)
	taken := o.takenAt.Time
	if taken.IsZero() {
		taken = p.now().UTC()
	}
	if o.out == "" {
		if o.out, err = snapshotName(ctx, src, taken); err != nil {
			return err
		}
	}
	bar := p.progress()
	got, err := take(ctx, src.With(bundle.Options{Progress: bar.tell}), o.out, snapshot.CreateOptions{
		Force: o.force, Minimal: o.minimal, Tool: toolName(), Binary: binaryDigest(),
		Command: "grantgraph collect --from " + o.from, Source: "bundle " + filepath.Base(o.from),
		Now: func() time.Time { return taken },
	})
	bar.clear()
	if err != nil {
		return err
	}
	return p.collected(o.out, got, o.allowed)
}

// take reads a source into a snapshot file. If anything goes wrong nothing is left.
func take(ctx context.Context, src collector.Source, path string, o snapshot.CreateOptions) (taken, error) {
	w, err := snapshot.Create(path, o)
	if err != nil {
		return taken{}, createError(err)
	}
	sink := &watchedSink{to: w}
	if err := src.Collect(ctx, sink); err != nil {
		if sink.err != nil {
			err = surroundings(fullError(err))
		}
		return taken{}, withDiscard(err, w.Discard())
	}
	info, err := w.Seal()
	if err != nil {
		return taken{}, surroundings(withDiscard(fullError(err), w.Discard()))
	}
	return taken{info, sink.gaps}, nil
}

// fullError says what to do about a disk that takes no more. The database knows
// only that it could not write.
func fullError(err error) error {
	if text := err.Error(); strings.Contains(text, "disk I/O error") || strings.Contains(text, "disk is full") {
		return fmt.Errorf("%w: is the disk full, or the size of files limited? Make room, and run the same command again", err)
	}
	return err
}

// taken is a snapshot that was just written, with the gaps that its ledger tells.
type taken struct {
	info authz.Info
	gaps []authz.Coverage
}

// withDiscard adds an error of tidying up to the one that made it necessary.
func withDiscard(err, discard error) error {
	if discard == nil {
		return err
	}
	return &failure{status: statusOf(err), err: errors.Join(err, discard)}
}

// createError tells a file that is in the way from a disk that will not have it.
func createError(err error) error {
	if errors.Is(err, snapshot.ErrExists) || errors.Is(err, snapshot.ErrPartial) {
		return hint(err, "--force, or another name with --out")
	}
	return surroundings(err)
}

// A watchedSink remembers whether it was the sink that failed, and the gaps.
type watchedSink struct {
	to   collector.Sink
	err  error
	gaps []authz.Coverage
}

// Put implements collector.Sink.
func (s *watchedSink) Put(rec authz.Record, raw json.RawMessage) error {
	return s.keep(s.to.Put(rec, raw))
}

// Cover implements collector.Sink.
func (s *watchedSink) Cover(line authz.Coverage) error {
	if line.IsGap() {
		s.gaps = append(s.gaps, line)
	}
	return s.keep(s.to.Cover(line))
}

// keep remembers what only a disk does. What the snapshot refuses of a record is
// the source's fault.
func (s *watchedSink) keep(err error) error {
	if err != nil && statusOf(err) == statusSurroundings {
		s.err = err
	}
	return err
}

// collected says what was written, and ends the command.
func (p *process) collected(path string, got taken, allowGaps bool) error {
	p.say(path)
	state := "complete"
	if len(got.gaps) > 0 {
		state = "it lacks " + count(len(got.gaps), "list")
	}
	p.note("snapshot %s taken %s: %s", got.info.ID, got.info.TakenAt.UTC().Format(timeText), state)
	if len(got.gaps) == 0 || allowGaps {
		return nil
	}
	for i, g := range got.gaps {
		if i == maxTold {
			p.note("… %d more: grantgraph snapshot info %s", len(got.gaps)-i, shellQuote(path))
			break
		}
		p.note("lacks %s: %s: %s", g.List, g.Status, g.Reason)
	}
	return exit(statusIncomplete)
}

// binaryDigest returns the digest of this program's file, empty if it cannot be read.
func binaryDigest() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer done(f)
	return digestOf(f)
}
