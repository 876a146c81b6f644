package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/rules"
)

// WriteJSON writes the report as one JSON document, of schema report.v1: each
// principal stands in it once, and other lists name it by its place. Each element
// of a list is a line, and is given to w whole.
func (d *Document) WriteJSON(w io.Writer) error {
	o := newObjectWriter(w)
	o.head(d)
	o.list("tenants", len(d.Verdicts), func(i int) any { return &d.Verdicts[i] })
	o.list("rules", len(d.Rules), func(i int) any { return &d.Rules[i] })
	who := newSharer(d)
	o.list("findings", len(d.Findings), func(i int) any { return who.finding(&d.Findings[i], nil) })
	o.list("accepted", len(d.Accepted), func(i int) any { return who.finding(&d.Accepted[i].Finding, &d.Accepted[i]) })
	o.list("fixed", len(d.Fixed), func(i int) any { return who.finding(&d.Fixed[i], nil) })
	o.list("matrix", len(d.Matrix.Cells), func(i int) any { return who.cell(&d.Matrix.Cells[i]) })
	o.list("escalation", len(d.Escalation.Paths), func(i int) any { return jsonPathOf(&d.Escalation.Paths[i]) })
	o.list("roles", len(d.Roles), func(i int) any { return &d.Roles[i] })
	o.list("clients", len(d.Clients), func(i int) any { return &d.Clients[i] })
	o.list("stale", len(d.Stale), func(i int) any { return &d.Stale[i] })
	o.list("dangling", len(d.Dangling), func(i int) any { return &d.Dangling[i] })
	o.list("allowed", len(d.Exceptions), func(i int) any { return &d.Exceptions[i] })
	o.list("classes", len(d.Classes), func(i int) any { return d.jsonClass(i) })
	o.list("principals", len(d.Principals), func(i int) any { return jsonPrincipalOf(&d.Principals[i]) })
	if err := o.close(); err != nil {
		return fmt.Errorf("writing report as JSON: %w", err)
	}
	return nil
}

// head writes what is no list of records.
func (o *objectWriter) head(d *Document) {
	h := &d.Head
	o.field("schema", "grantgraph/report/v1")
	o.field("tool", d.Tool)
	o.field("snapshot", h.Snapshot)
	o.field("digest", d.Digest)
	o.field("source", d.Source)
	o.field("config_digest", h.ConfigDigest)
	o.field("now", h.Now)
	o.field("coverage", h.Coverage)
	o.field("undetermined", nonNil(h.Undetermined))
	o.field("notes", nonNil(h.Notes))
	o.field("packs", d.Packs)
	o.field("deviations", d.Deviations)
	if d.Baseline != "" {
		o.field("baseline", d.Baseline)
	}
	o.field("totals", d.Totals)
	o.field("counts", d.Counts)
	e := &d.Escalation
	o.field("escalation_left_out", jsonLeftOut{e.LeftOut, e.AtLeast, e.CrossLeftOut, e.CrossAtLeast, e.MaxHops})
}

// WriteJSONL writes one finding a line, without the head; accepted and fixed ones come
// last. A line lists at most [Listed] principals and says how many it leaves out.
func (d *Document) WriteJSONL(w io.Writer) error {
	o := newObjectWriter(w)
	for i := range d.Findings {
		o.line(jsonLineOf(&d.Findings[i], nil))
	}
	for i := range d.Accepted {
		o.line(jsonLineOf(&d.Accepted[i].Finding, &d.Accepted[i]))
	}
	for i := range d.Fixed {
		o.line(jsonLineOf(&d.Fixed[i], nil))
	}
	if o.err != nil {
		return fmt.Errorf("writing report as JSON lines: %w", o.err)
	}
	return nil
}

// objectWriter writes an object member by member. Its first error sticks.
type objectWriter struct {
	w     io.Writer
	buf   bytes.Buffer
	enc   *json.Encoder
	begun bool
	err   error
}

func newObjectWriter(w io.Writer) *objectWriter {
	o := &objectWriter{w: w}
	o.enc = json.NewEncoder(&o.buf)
	o.enc.SetEscapeHTML(false)
	return o
}

// flush writes what was put into the buffer.
func (o *objectWriter) flush() {
	if o.err == nil {
		_, o.err = o.w.Write(o.buf.Bytes())
	}
	o.buf.Reset()
}

// put puts a value into the buffer, without the line's end.
func (o *objectWriter) put(v any) {
	if err := o.enc.Encode(v); err != nil && o.err == nil {
		o.err = err
	}
	o.buf.Truncate(max(o.buf.Len()-1, 0))
}

func (o *objectWriter) line(v any) {
	o.put(v)
	o.buf.WriteByte('\n')
	o.flush()
}

// name begins a member. The names are letters.
func (o *objectWriter) name(name string) {
	if o.begun {
		o.buf.WriteByte(',')
	} else {
		o.buf.WriteByte('{')
	}
	o.begun = true
	o.buf.WriteString("\n\"" + name + "\": ")
}

func (o *objectWriter) field(name string, v any) {
	o.name(name)
	o.put(v)
	o.flush()
}

// list writes a member that is a list of n elements.
func (o *objectWriter) list(name string, n int, item func(i int) any) {
	o.name(name)
	o.buf.WriteByte('[')
	for i := range n {
		if i > 0 {
			o.buf.WriteByte(',')
		}
		o.buf.WriteByte('\n')
		o.put(item(i))
		o.flush()
	}
	o.buf.WriteByte(']')
	o.flush()
}

func (o *objectWriter) close() error {
	o.buf.WriteString("\n}\n")
	o.flush()
	return o.err
}

// The elements of the lists, as they are written.
type (
	jsonLeftOut struct {
		Paths        int  `json:"paths"`
		AtLeast      bool `json:"at_least"`
		Cross        int  `json:"cross_tenant"`
		CrossAtLeast bool `json:"cross_tenant_at_least"`
		MaxHops      int  `json:"max_hops"`
	}
	jsonPrincipal struct {
		analyzer.PrincipalRef
		Live     bool      `json:"live"`
		Acts     bool      `json:"acts"`
		LastSeen time.Time `json:"last_seen,omitzero"`
		Roles    int       `json:"roles"`
		Elevated int       `json:"elevated"`
		Class    int       `json:"class,omitempty"` // counted from 1
	}
	jsonClass struct {
		Tenant      string         `json:"tenant"`
		External    bool           `json:"external"`
		Kind        string         `json:"kind"`
		Members     []uint32       `json:"members"`
		Permissions int            `json:"permissions"`
		Elevated    int            `json:"elevated"`
		Holds       []ClassHolding `json:"holds"`
		Reaches     []ClassReach   `json:"reaches"`
	}
	jsonPath struct {
		From      int              `json:"from"`
		To        []string         `json:"to,omitempty"` // tenants
		Alike     int              `json:"alike"`
		Hops      int              `json:"hops"`
		Certainty string           `json:"certainty"`
		Steps     []EscalationStep `json:"steps"`
		Text      string           `json:"text"`
	}
	jsonAcceptance struct {
		Reason     string `json:"reason"`
		ApprovedBy string `json:"approved_by"`
		Until      string `json:"until"`
	}
	// jsonFinding is a finding without its principals, which who names instead.
	jsonFinding struct {
		rules.Finding
		Principals *struct{}       `json:"principals,omitempty"`
		Tenants    []string        `json:"tenants"`
		Targets    []string        `json:"target_tenants"`
		CutNote    string          `json:"cut_note"`
		Accepted   *jsonAcceptance `json:"accepted,omitempty"`
		Who        jsonWho         `json:"who"`
	}
	jsonCell struct {
		analyzer.MatrixCell
		Through []Through `json:"through"`
		Who     jsonWho   `json:"who"`
	}
	jsonLine struct {
		rules.Finding
		LeftOut  int             `json:"principals_left_out"`
		Tenants  []string        `json:"tenants"`
		Targets  []string        `json:"target_tenants"`
		Accepted *jsonAcceptance `json:"accepted,omitempty"`
	}
)

func (d *Document) jsonClass(i int) jsonClass {
	c := &d.Classes[i]
	return jsonClass{c.Tenant, c.External, c.Kind, c.Members, c.Permissions, c.Elevated, nonNil(d.Holds(i)), nonNil(c.Reaches)}
}

func jsonPrincipalOf(p *Principal) jsonPrincipal {
	return jsonPrincipal{p.PrincipalRef, p.Live, p.Acts, p.LastSeen, p.RoleCount, p.Elevated, p.Class}
}

func jsonPathOf(p *EscalationPath) jsonPath {
	return jsonPath{p.From, p.To, p.Alike, p.Hops, p.Certainty, nonNil(p.Steps), p.Text()}
}

func acceptance(a *Accepted) *jsonAcceptance {
	if a == nil {
		return nil
	}
	return &jsonAcceptance{a.Reason, a.ApprovedBy, a.Until}
}

func jsonLineOf(f *Finding, a *Accepted) jsonLine {
	return jsonLine{f.Finding, f.Count - len(f.Principals), f.Tenants, f.Targets, acceptance(a)}
}
