package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/collector/snapshot"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// answersSuffix marks the log of a run that has not ended.
const answersSuffix = ".answers"

// answersPath is the log of the n-th organization of a run.
func answersPath(path string, n int) string {
	if n == 0 {
		return path + answersSuffix
	}
	return fmt.Sprintf("%s%s-%d", path, answersSuffix, n+1)
}

// tooOld is the age from which a person is asked whether to go on with a run.
const tooOld = 12 * time.Hour

// openRun opens the logs of a run: those of one that did not end, or new ones.
func (p *process) openRun(all []*live, o collectOptions) (*liveRun, error) {
	r := &liveRun{all: all, path: o.out}
	if r.path == "" {
		r.path = p.unfinished(all[0])
	}
	if r.path == "" {
		r.path = liveName(all[0].org, p.now())
	}
	if o.live.fresh {
		if err := removeAnswers(r.path, len(all)); err != nil {
			return nil, err
		}
	}
	exists := r.logs()
	if o.live.resume && !exists {
		return nil, hint(errors.New("--resume: there is no unfinished run of this organization here"), "the same command without --resume")
	}
	if !exists {
		if err := mayWrite(r.path, o.force); err != nil {
			return nil, hint(err, "--force, or another name with --out")
		}
	}
	err := p.openLogs(r)
	if err == nil && r.sealed() && o.force {
		// What that run was for is done; this is to be another.
		if err = r.remove(); err == nil {
			err = p.openLogs(r)
		}
	}
	if err == nil {
		err = r.settle(p, o)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// openLogs opens the log of each organization.
func (p *process) openLogs(r *liveRun) error {
	for i, l := range r.all {
		if err := p.openLog(l, answersPath(r.path, i)); err != nil {
			return err
		}
	}
	return nil
}

// liveName is the name of a snapshot that is begun now.
func liveName(org authz.Organization, now time.Time) string {
	return safeName(display(org.Name, org.ID)) + now.UTC().Format("-20060102T1504Z") + ".db"
}

// unfinished returns the snapshot that the newest run of an organization in this
// folder would have become, empty if there is none of this client.
func (p *process) unfinished(l *live) string {
	names, err := filepath.Glob(safeName(display(l.org.Name, l.org.ID)) + "-*.db" + answersSuffix)
	if err != nil {
		return ""
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(b, a) }) // the moment is in the name
	for _, name := range names {
		err := p.openLog(l, name)
		if l.log != nil {
			done(l.log)
			l.log = nil
		}
		if !errors.Is(err, rest.ErrOtherSource) {
			return strings.TrimSuffix(name, answersSuffix)
		}
	}
	return ""
}

// logs reports whether there is a log of the run.
func (r *liveRun) logs() bool {
	_, err := os.Lstat(answersPath(r.path, 0))
	return err == nil
}

func removeAnswers(path string, n int) error {
	for i := range n {
		if err := os.Remove(answersPath(path, i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return surroundings(err)
		}
	}
	return nil
}

// openLog opens the log of one organization.
func (p *process) openLog(l *live, path string) error {
	s := l.account.Source()
	s.Organization = l.org.ID
	log, err := rest.OpenLog(path, rest.LogOptions{Source: s, Now: p.now})
	switch {
	case errors.Is(err, rest.ErrOtherSource):
		return hint(err, "--fresh to begin anew, or another name with --out")
	case err != nil:
		return surroundings(err)
	}
	for _, n := range log.Notes() {
		p.note("%s", n)
	}
	l.log = log
	return nil
}

// settle decides what to do with answers that were kept.
func (r *liveRun) settle(p *process, o collectOptions) error {
	kept, age := 0, time.Duration(0)
	for _, l := range r.all {
		kept += l.log.Len()
		age = max(age, l.log.Age())
	}
	r.resumed = kept > 0
	if !r.resumed {
		return nil
	}
	if r.over = r.sealed(); r.over {
		return nil
	}
	if age > tooOld && !o.live.resume {
		return hint(fmt.Errorf("%s holds answers that are up to %s old: a snapshot of now and then is of no moment",
			filepath.Base(answersPath(r.path, 0)), age.Round(time.Hour)), "--fresh to begin anew, or --resume to go on all the same")
	}
	p.note("going on with the run of %s: %s kept (--fresh begins anew)", r.all[0].log.Begun().UTC().Format(timeText), count(kept, "answer"))
	return nil
}

// sealed reports whether the run wrote its snapshot, and was ended before it
// could remove its log.
func (r *liveRun) sealed() bool {
	if r.all[0].log.Len() == 0 {
		return false
	}
	s, err := snapshot.Open(r.path)
	if err != nil {
		return false
	}
	defer done(s)
	return !s.Info().TakenAt.Before(r.all[0].log.Begun())
}

// ended tells of a snapshot that was sealed before.
func (r *liveRun) ended(p *process, o collectOptions) error {
	s, err := snapshot.Open(r.path)
	if err != nil {
		return err
	}
	defer done(s)
	got := taken{info: s.Info()}
	for c, err := range s.Coverage() {
		if err != nil {
			return err
		}
		if c.IsGap() {
			got.gaps = append(got.gaps, c)
		}
	}
	if err := r.remove(); err != nil {
		p.note("%v", err)
	}
	p.note("the run had ended already: --force takes another snapshot")
	return p.collected(r.path, got, o.allowed)
}
