package genesyscloud

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Probe is what one row of the plan answers to the smallest question.
type Probe struct {
	Row        string
	List       authz.List
	Source     string
	Permission string // empty where the endpoint declares none
	// Beyond says what more than reading the permission allows; a snapshot
	// without the list lacks nothing then.
	Beyond string
	// Err is nil where the platform would answer. [Why] says it in words, and
	// MissingPermission which permission it asks for.
	Err               error
	MissingPermission string
	// Total is the number of entities, -1 if it is not known or not asked.
	Total int64
	// Calls is what reading the row takes; AtLeast is set where more pages may
	// show only on the way.
	Calls   int64
	AtLeast bool
	// Asked is unset where the row could not be asked for lack of anything to
	// ask it for, or where another stands for it.
	Asked bool
}

// A Probing is the platform's answers to the smallest questions.
type Probing struct {
	Organization authz.Organization
	// Client is the id of the OAuth client that asks, and Name its name, where
	// the platform tells them.
	Client, Name string
	Rows         []Probe
	// Narrow are the divisions in which the client holds roles that it does not
	// hold in all divisions; lists leave out what lies in others. Known is unset
	// where the platform did not tell what the client holds.
	Narrow []string
	Known  bool
	// Calls is how many calls the probing itself took.
	Calls int64
}

// Why says in a few words why the platform would not answer.
func (p Probe) Why() string {
	if p.Err == nil {
		return ""
	}
	return why(p.Err)
}

// Probe asks each row of the plan for one entity: it shows which permissions the
// client has, and how long reading would take. The error is one that ends every
// run, such as credentials that the platform does not know.
func (s *Source) Probe(ctx context.Context) (*Probing, error) {
	b := &prober{Source: s, ids: map[string]string{}, totals: map[string]int64{}}
	if err := b.organization(ctx); err != nil {
		return nil, err
	}
	for i := range s.rows {
		e := &s.rows[i]
		if e.style == cursor || !s.reads(e) {
			continue
		}
		p, err := b.row1(ctx, e)
		if err != nil {
			return nil, err
		}
		b.out.Rows = append(b.out.Rows, p)
	}
	return &b.out, b.caller(ctx)
}

// A prober is a probing under way.
type prober struct {
	*Source
	out    Probing
	ids    map[string]string // the first of each row
	totals map[string]int64
}

func (b *prober) ask(ctx context.Context, r rest.Request) (*rest.Response, error) {
	b.out.Calls++
	return b.o.API.Do(ctx, r)
}

func (b *prober) organization(ctx context.Context) error {
	got, err := b.ask(ctx, rest.Get(b.row(rowOrganization).path))
	if err != nil {
		return err
	}
	var is struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal(got.Body, &is); err != nil {
		return err
	}
	b.out.Organization = authz.Organization{ID: is.ID, Name: is.Name, Region: b.o.Region}
	return nil
}

// row1 asks one row.
func (b *prober) row1(ctx context.Context, e *endpoint) (Probe, error) {
	p := Probe{Row: e.name, List: e.list, Source: e.source(), Permission: e.permission, Beyond: e.beyond, Total: -1, Calls: 1}
	switch {
	case e.name == rowOrganization:
		p.Asked, p.Total = true, 1
		return p, nil
	case e.each != "" && e.name != rowAudits && e.name != rowDynamic:
		n := max(b.totals[e.each], 0)
		if e.name == rowGrants && n > 0 {
			n++ // and all divisions
		}
		p.Calls, p.AtLeast = n, true
	}
	switch e.name {
	case rowUsage:
		p.Calls *= 2
		return p, nil
	case rowAudits:
		p.Calls, p.AtLeast = 3, true
		return p, nil
	case rowDynamic:
		p.Calls, p.AtLeast = 0, true // for groups with roles, which are not known yet
		return p, nil
	}
	of := b.ids[e.each]
	if e.each != "" && of == "" {
		return p, nil
	}
	return p, b.put(ctx, e, of, &p)
}

// put asks for one entity and notes the answer.
func (b *prober) put(ctx context.Context, e *endpoint, of string, p *Probe) error {
	r := (&reading{at: e, of: of}).request()
	if e.style == numbered || e.style == after {
		r.Query.Set("pageSize", "1")
	}
	got, err := b.ask(ctx, r)
	p.Asked = true
	if err != nil {
		if fatal(ctx, err) {
			return err
		}
		if status(err, 404) && e.absentIs404 {
			return nil
		}
		p.Err = err
		p.MissingPermission = missing(&reading{err: err}, e)
		return nil
	}
	if e.style == single {
		return nil
	}
	b.note(e, got.Body, p)
	return nil
}

// note takes in a page with one entity.
func (b *prober) note(e *endpoint, body json.RawMessage, p *Probe) {
	var page struct {
		Total    *int64            `json:"total"`
		Entities []json.RawMessage `json:"entities"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return
	}
	if len(page.Entities) > 0 {
		b.ids[e.name], _ = identify(page.Entities[0])
	}
	total := int64(-1)
	switch {
	case e.style == whole:
		total = int64(len(page.Entities))
	case page.Total != nil:
		total = *page.Total
	}
	if e.each != "" {
		return // of one of many
	}
	p.Total, b.totals[e.name] = total, max(total, int64(len(page.Entities)))
	if len(e.sizes) == 0 {
		return
	}
	p.AtLeast = total < 0
	if total > 0 {
		p.Calls = (total + int64(e.sizes[0]) - 1) / int64(e.sizes[0])
	}
}

// caller asks what the client itself holds, and where.
func (b *prober) caller(ctx context.Context) error {
	got, err := b.ask(ctx, rest.Get("/api/v2/tokens/me"))
	if err != nil {
		if fatal(ctx, err) {
			return err
		}
		return nil
	}
	var me struct {
		Client struct {
			ID            string `json:"id"`
			Name          string `json:"name"`
			RoleDivisions []struct {
				Role     string `json:"roleId"`
				Division string `json:"divisionId"`
			} `json:"roleDivisions"`
		} `json:"OAuthClient"`
	}
	if err := json.Unmarshal(got.Body, &me); err != nil {
		return nil //nolint:nilerr // what it holds is then not known, which is said
	}
	b.out.Client, b.out.Name = me.Client.ID, me.Client.Name
	b.out.Known = len(me.Client.RoleDivisions) > 0
	everywhere := map[string]bool{}
	for _, rd := range me.Client.RoleDivisions {
		everywhere[rd.Role] = everywhere[rd.Role] || rd.Division == authz.AllDivisions
	}
	for _, rd := range me.Client.RoleDivisions {
		if !everywhere[rd.Role] {
			b.out.Narrow = append(b.out.Narrow, rd.Division)
		}
	}
	slices.Sort(b.out.Narrow)
	b.out.Narrow = slices.Compact(b.out.Narrow)
	return nil
}
