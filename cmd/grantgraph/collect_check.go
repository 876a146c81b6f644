package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/cmd/grantgraph/internal/term"
	"github.com/grantgraph/grantgraph/collector/genesyscloud"
)

// printRole prints the least role that reading takes.
func (p *process) printRole(form string) error {
	switch form {
	case "json":
		b, err := genesyscloud.RoleJSON()
		if err != nil {
			return err
		}
		p.say(string(b))
		p.note("make it: gc authorization roles create -f FILE, or POST /api/v2/authorization/roles; then assign it to the OAuth client in all divisions (*)")
	case "tf":
		p.say(strings.TrimSpace(genesyscloud.RoleTerraform()))
	default:
		out := p.printer()
		t := term.Table{Head: []string{"PERMISSION", "LETS BE READ"}}
		for _, n := range genesyscloud.Needs() {
			var lists []string
			for _, l := range n.Lists {
				lists = append(lists, string(l))
			}
			t.Add(term.C(n.Permission), term.C(strings.Join(lists, ", ")))
		}
		out.Table(&t)
		p.note("assign the role to the OAuth client in all divisions (*): lists leave out, without a word, what lies in others; --print-role=json and =tf make it")
		return surroundings(out.Err())
	}
	return nil
}

// checkAll says what each client may read.
func (p *process) checkAll(ctx context.Context, all []*live, o liveOptions) error {
	lacks := false
	for _, l := range all {
		b, err := l.probe(ctx, o)
		if err != nil {
			return l.explain(err)
		}
		out := p.printer()
		lacks = checkTable(out, l, b) || lacks
		if err := out.Err(); err != nil {
			return surroundings(err)
		}
	}
	if lacks {
		return exit(statusIncomplete)
	}
	return nil
}

func (l *live) probe(ctx context.Context, o liveOptions) (*genesyscloud.Probing, error) {
	return genesyscloud.New(genesyscloud.Options{API: l.client, Region: l.account.Region(), Only: o.lists, Until: time.Now()}).Probe(ctx)
}

// checkTable shows a probing, and reports whether a snapshot would lack something.
func checkTable(t *term.Printer, l *live, b *genesyscloud.Probing) (lacks bool) {
	t.Line("Organization ", term.Clean(display(b.Organization.Name, b.Organization.ID)), " at ", term.Clean(l.account.Source().API))
	if b.Client != "" {
		t.Line("as the OAuth client ", term.Clean(display(b.Name, b.Client)))
	}
	t.Line()
	table := term.Table{Head: []string{"LIST", "READ FROM", "PERMISSION", ""}, Max: []int{0, 0, 0, 80}}
	var missing []string
	for _, r := range b.Rows {
		state := term.C("yes")
		switch {
		case !r.Asked:
			state = term.C("not asked: there is nothing yet to ask it for")
		case r.Err != nil && r.Beyond != "":
			state = term.C("no, and nothing is missing for it: the permission also " + r.Beyond)
		case r.Err != nil:
			state = term.Cell{Text: "no: " + r.Why(), Style: term.Red}
			lacks = true
			if r.MissingPermission != "" {
				missing = append(missing, r.MissingPermission)
			}
		}
		permission := r.Permission
		if permission == "" {
			permission = "none"
		}
		table.Add(term.C(string(r.List)), term.C(r.Source), term.C(permission), state)
	}
	t.Table(&table)
	t.Line()
	if len(missing) > 0 {
		t.Line("It lacks: ", term.Clean(strings.Join(missing, ", ")))
	}
	switch {
	case len(b.Narrow) > 0:
		lacks = true
		t.Line("It holds roles in some divisions only (", term.Clean(strings.Join(b.Narrow, ", ")), "): lists leave out, without a word, what lies in others.")
		t.Line("Assign its role in all divisions (*).")
	case !b.Known:
		t.Line("The platform does not tell in which divisions it holds its roles; a snapshot compares its lists with the platform's own counts.")
	}
	if !lacks {
		t.Line("Nothing is missing.")
	}
	return lacks
}

// planAll says what reading would take.
func (p *process) planAll(ctx context.Context, all []*live, o liveOptions) error {
	for _, l := range all {
		b, err := l.probe(ctx, o)
		if err != nil {
			return l.explain(err)
		}
		out := p.printer()
		planTable(out, b)
		if err := out.Err(); err != nil {
			return surroundings(err)
		}
	}
	return nil
}

// callsAMinute is the platform's limit for each token, where nobody raised it.
const callsAMinute = 300

func planTable(t *term.Printer, b *genesyscloud.Probing) {
	t.Line("What reading ", term.Clean(display(b.Organization.Name, b.Organization.ID)), " takes:")
	t.Line()
	table := term.Table{Head: []string{"READ", "FROM", "RECORDS", "CALLS"}, Indent: "  "}
	var sum int64
	more := false
	for _, r := range b.Rows {
		records, calls := "", fmt.Sprint(r.Calls)
		if r.Total >= 0 {
			records = fmt.Sprint(r.Total)
		}
		if r.AtLeast {
			calls = "at least " + calls
			more = true
		}
		if r.Err != nil {
			calls = "refused"
		} else {
			sum += r.Calls
		}
		table.Add(term.C(r.Row), term.C(r.Source), term.Cell{Text: records, Right: true}, term.Cell{Text: calls, Right: true})
	}
	t.Table(&table)
	t.Line()
	word := "In all "
	if more {
		word = "In all at least "
	}
	wait := time.Duration(sum) * time.Minute / callsAMinute
	t.Line(word, count(int(sum), "call"), fmt.Sprintf(", %s at %d calls a minute.", wait.Round(time.Second), callsAMinute))
}
