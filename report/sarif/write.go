package sarif

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/rules"
)

const (
	// fingerprintName is the key under which a result carries the finding's own
	// fingerprint.
	fingerprintName = "grantgraph/v1"
	// maxLocations is how many principals of a finding are locations of its
	// result; the rest are counted in its properties.
	maxLocations = 100
	// maxFlows is how many derivations a result shows.
	maxFlows = 3
)

// Write writes a document as one SARIF log.
func Write(w io.Writer, d *report.Document) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(log(d)); err != nil {
		return fmt.Errorf("writing report as SARIF: %w", err)
	}
	return nil
}

func log(d *report.Document) *sarif.Report {
	run := sarif.NewRun()
	rules := newDescriptors(d)
	run.Tool = sarif.NewTool().WithDriver(rules.driver(d.Tool))
	run.AutomationDetails = sarif.NewRunAutomationDetails().WithID("grantgraph/" + d.Snapshot.ID)
	run.Artifacts = []*sarif.Artifact{artifact(d)}
	run.Invocations = []*sarif.Invocation{invocation(d)}
	run.Properties = about(d)
	compared := d.Baseline != ""
	for _, list := range [][]report.Finding{d.Findings, d.Fixed} {
		for i := range list {
			run.Results = append(run.Results, rules.result(&list[i], compared))
		}
	}
	for i := range d.Accepted {
		a := &d.Accepted[i]
		r := rules.result(&a.Finding, compared)
		r.Suppressions = []*sarif.Suppression{sarif.NewSuppression().
			WithKind("external").WithStatus("accepted").WithJustification(acceptedText(a))}
		run.Results = append(run.Results, r)
	}
	return sarif.NewReport().AddRun(run)
}

// acceptedText says why a finding is suppressed, by whom and until when.
func acceptedText(a *report.Accepted) string {
	s := a.Reason
	if a.ApprovedBy != "" {
		s += "; approved by " + a.ApprovedBy
	}
	if a.Until != "" {
		s += " until " + a.Until
	}
	return strings.TrimPrefix(s, "; ")
}

// artifact names the snapshot, by its seal.
func artifact(d *report.Document) *sarif.Artifact {
	a := sarif.NewArtifact().WithLocation(sarif.NewArtifactLocation().WithURI("snapshot:" + d.Snapshot.ID))
	a.Roles = []string{"analysisTarget"}
	if d.Snapshot.Seal != "" {
		a.Hashes = map[string]string{"sha-256": d.Snapshot.Seal}
	}
	return a
}

// invocation tells what the snapshot lacks as notifications: a reader of the
// results must see that they may not be all.
func invocation(d *report.Document) *sarif.Invocation {
	i := sarif.NewInvocation().WithExecutionSuccessful(true).WithEndTimeUtc(d.Now.UTC().Format("2006-01-02T15:04:05.000Z"))
	for _, g := range d.Head.Coverage.Gaps {
		text := fmt.Sprintf("the snapshot lacks %s: %s (%s): %s", g.Kind, g.Status, g.Source, g.Reason)
		if g.MissingPermission != "" {
			text += "; missing permission " + g.MissingPermission
		}
		i.ToolExecutionNotifications = append(i.ToolExecutionNotifications, notification("warning", text))
	}
	for _, u := range d.Undetermined {
		i.ToolExecutionNotifications = append(i.ToolExecutionNotifications, notification("warning", "not determined: "+u.Why))
	}
	for _, n := range d.Notes {
		i.ToolConfigurationNotifications = append(i.ToolConfigurationNotifications, notification("note", n))
	}
	for _, v := range d.Deviations {
		text := fmt.Sprintf("the rule %s is %s", v.Rule, v.What)
		i.ToolConfigurationNotifications = append(i.ToolConfigurationNotifications, notification("note", text))
	}
	return i
}

func notification(level, text string) *sarif.Notification {
	return sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(text))
}

func about(d *report.Document) *sarif.PropertyBag {
	p := sarif.NewPropertyBag().
		Add("snapshotTakenAt", d.Snapshot.TakenAt).Add("contentDigest", d.Digest).Add("configDigest", d.ConfigDigest).
		Add("complete", d.Head.Coverage.Complete).Add("totals", d.Totals)
	var packs []string
	for _, k := range d.Packs {
		packs = append(packs, fmt.Sprintf("%s %d %s", k.Name, k.Version, k.Digest))
	}
	return p.Add("packs", packs)
}

// level is a severity in SARIF's three words.
func level(s rules.Severity) string {
	switch s {
	case rules.Critical, rules.High:
		return "error"
	case rules.Medium:
		return "warning"
	default:
		return "note"
	}
}

// score is a severity on the scale from 0 to 10 by which dashboards sort: the
// middle of CVSS's range of that word.
func score(s rules.Severity) string {
	switch s {
	case rules.Critical:
		return "9.5"
	case rules.High:
		return "8.0"
	case rules.Medium:
		return "5.5"
	case rules.Low:
		return "2.0"
	default:
		return "0.0"
	}
}
