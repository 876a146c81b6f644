package oscal

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	types "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"
	"github.com/google/uuid"

	"github.com/grantgraph/grantgraph/report"
)

// namespace marks properties that are grantgraph's own.
const namespace = "https://github.com/grantgraph/grantgraph/ns/oscal"

// Write writes a document as OSCAL assessment results. Identifiers are made from
// the snapshot's seal and the findings' fingerprints: the same report has the same.
func Write(w io.Writer, d *report.Document) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(types.OscalModels{AssessmentResults: newMaker(d).results()}); err != nil {
		return fmt.Errorf("writing report as OSCAL: %w", err)
	}
	return nil
}

// maker makes the parts of one document.
type maker struct {
	d     *report.Document
	space uuid.UUID // of this snapshot, configuration and set of packs
	tool  string    // uuid of the program as a component
}

func newMaker(d *report.Document) *maker {
	parts := []string{d.Snapshot.Seal, d.Snapshot.ID, d.ConfigDigest}
	for _, p := range d.Packs {
		parts = append(parts, p.Digest)
	}
	m := &maker{d: d, space: uuid.NewSHA1(uuid.NameSpaceURL, []byte(namespace+"#"+strings.Join(parts, "\n")))}
	m.tool = m.id("tool", d.Tool)
	return m
}

// id returns the identifier of a thing in this document.
func (m *maker) id(kind, name string) string {
	return uuid.NewSHA1(m.space, []byte(kind+"\n"+name)).String()
}

func (m *maker) results() *types.AssessmentResults {
	plan := m.id("resource", "plan")
	return &types.AssessmentResults{
		UUID: m.id("document", "assessment-results"),
		Metadata: types.Metadata{
			Title: "Effective access audit of " + m.organizations(), LastModified: m.d.Now.UTC(),
			Version: token(m.d.Snapshot.ID, "snapshot"), OscalVersion: "1.1.3",
		},
		ImportAp:   types.ImportAp{Href: "#" + plan, Remarks: "The rule packs are the plan: each rule is a test that every principal and record of the snapshot undergoes."},
		Results:    []types.Result{m.result()},
		BackMatter: &types.BackMatter{Resources: &[]types.Resource{m.plan(plan)}},
	}
}

func (m *maker) organizations() string {
	var names []string
	for _, o := range m.d.Snapshot.Organizations {
		names = append(names, line(o.Name, o.ID))
	}
	if len(names) == 0 {
		return "no organization"
	}
	return strings.Join(names, ", ")
}

// plan describes the packs that were used, by their digests.
func (m *maker) plan(id string) types.Resource {
	props := []types.Property{}
	for _, p := range m.d.Packs {
		props = append(props, property("rule-pack", fmt.Sprintf("%s version %d, %d rules, SHA-256 %s", p.Name, p.Version, p.Rules, p.Digest)))
	}
	for _, v := range m.d.Deviations {
		props = append(props, property("deviation", fmt.Sprintf("%s: %s", v.Rule, v.What)))
	}
	r := types.Resource{UUID: id, Title: "Rule packs", Description: "The rules that the snapshot was held against."}
	if len(props) > 0 {
		r.Props = &props
	}
	return r
}

func (m *maker) result() types.Result {
	end := m.d.Now.UTC()
	r := types.Result{
		UUID: m.id("result", "audit"), Title: "Audit of snapshot " + line(m.d.Snapshot.ID, "without a name"),
		Description: m.description(), Start: m.d.Snapshot.TakenAt.UTC(), End: &end,
		Props: m.about(), ReviewedControls: m.reviewed(),
		LocalDefinitions: &types.LocalDefinitions{Components: &[]types.SystemComponent{{
			UUID: m.tool, Type: "software", Title: line(m.d.Tool, "grantgraph"),
			Description: "The program that read the snapshot and evaluated the rules.", Status: types.SystemComponentStatus{State: "operational"},
		}}},
	}
	var obs []types.Observation
	var findings []types.Finding
	var risks []types.Risk
	each := func(f *report.Finding, a *report.Accepted) {
		obs = append(obs, m.observation(f))
		risks = append(risks, m.risk(f, a))
		findings = append(findings, m.finding(f))
	}
	for _, list := range [][]report.Finding{m.d.Findings, m.d.Fixed} {
		for i := range list {
			each(&list[i], nil)
		}
	}
	for i := range m.d.Accepted {
		each(&m.d.Accepted[i].Finding, &m.d.Accepted[i])
	}
	obs = append(obs, m.gaps()...)
	r.Observations, r.Findings, r.Risks = some(obs), some(findings), some(risks)
	return r
}

// some returns nil for an empty list, which the schema does not have.
func some[T any](list []T) *[]T {
	if len(list) == 0 {
		return nil
	}
	return &list
}

func (m *maker) description() string {
	t := m.d.Totals
	s := fmt.Sprintf("%d critical, %d high, %d medium, %d low and %d informational findings; %d accepted.",
		t.Critical, t.High, t.Medium, t.Low, t.Info, t.Accepted)
	if m.d.Incomplete() {
		s += " The snapshot is incomplete: see the observations of type gap."
	}
	return s
}

func (m *maker) about() *[]types.Property {
	props := []types.Property{
		property("snapshot-seal", m.d.Snapshot.Seal), property("content-digest", m.d.Digest), property("config-digest", m.d.ConfigDigest),
		property("complete", fmt.Sprint(m.d.Head.Coverage.Complete)),
	}
	for _, n := range m.d.Notes {
		props = append(props, property("note", n))
	}
	return &props
}

// property makes a property of grantgraph's own: its value has no line breaks
// and is never empty, as the schema demands.
func property(name, value string) types.Property {
	return types.Property{Name: name, Ns: namespace, Value: line(value, "none")}
}

// line returns a text on one line without space at its ends, or what stands for
// an empty one.
func line(s, empty string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if s == "" {
		return empty
	}
	return s
}

// token returns a text as the schema's tokens are: letters, digits, dot, dash and
// underscore, a letter or underscore first.
func token(s, empty string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	out := b.String()
	if out == "" {
		return empty
	}
	if c := out[0]; c != '_' && (c < 'a' || c > 'z') {
		return "_" + out
	}
	return out
}

// moment returns a day of the configuration as a time, nil if it is none.
func moment(day string) *time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	return &t
}
