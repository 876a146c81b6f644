package html

import (
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/report"
)

// How much of the long lists the file holds. What is beyond is counted in sight.
const (
	maxPrincipals = 150_000
	maxPeople     = 400_000 // over all findings
	minPeople     = 20      // of one finding
	maxOfOne      = 1_000
	maxHolders    = 500 // of one cell
	maxThrough    = 50
	fewFindings   = 2_000  // above this, findings show less evidence each
	maxBoxes      = 12_000 // of the pictures
)

// data is what the page's script reads. Texts that repeat are numbers: indexes
// of Strings.
type data struct {
	Strings    []string      `json:"strings"`
	Tenants    []tenantData  `json:"tenants"`
	Kinds      []int         `json:"kinds"`
	Principals principalData `json:"principals"`
	Rules      []ruleData    `json:"rules"`
	Findings   []findingData `json:"findings"`
	Roles      []roleData    `json:"roles"`
	Clients    []clientData  `json:"clients"`
	Matrix     []cellData    `json:"matrix"`
	Classes    []classData   `json:"classes"`
	Ways       []wayData     `json:"ways"`
	Vertices   []vertexData  `json:"vertices"`
	Now        int64         `json:"now"` // days since 1970
	StaleDays  int           `json:"staleDays"`
	Baseline   string        `json:"baseline"`

	index    map[string]int
	row      []int // by index of the document's principals; -1 is left out
	pictures []picture
	boxes    int // in the pictures
}

type tenantData struct {
	Name      string       `json:"name"`
	External  bool         `json:"external"`
	Owner     string       `json:"owner"`
	Members   int          `json:"members"`
	Divisions []string     `json:"divisions"`
	Verdict   *verdictData `json:"verdict"` // null: it has no divisions
}

type verdictData struct {
	Standing string   `json:"standing"`
	Words    string   `json:"words"`
	Sentence string   `json:"sentence"`
	Outside  int      `json:"outside"`
	Allowed  int      `json:"allowed"`
	Wide     int      `json:"wide"`
	Unknown  []string `json:"unknown"`
}

// classData is principals of equal access.
type classData struct {
	Number      int      `json:"n"`
	Tenant      int      `json:"tenant"`
	Kind        int      `json:"kind"`
	Total       int      `json:"total"`
	Members     []int    `json:"members"` // steps from one row to the next
	Holds       [][]int  `json:"holds"`   // role, 1 if doubtful, divisions
	Permissions int      `json:"permissions"`
	Elevated    int      `json:"elevated"`
	Reaches     [][3]int `json:"reaches"` // tenant, reach, permissions
}

// wayData is a path of escalation.
type wayData struct {
	From      int      `json:"from"`
	Name      int      `json:"name"`
	Tenant    int      `json:"tenant"`
	To        []int    `json:"to"` // tenants; none is everything
	Alike     int      `json:"alike"`
	Hops      int      `json:"hops"`
	Certainty string   `json:"certainty"`
	Text      int      `json:"text"`
	Chain     [][3]int `json:"chain"`
	Vertices  []int    `json:"v"`
}

type vertexData struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Tenant string `json:"tenant"`
	Alike  int    `json:"alike"`
}

// principalData is the principals by column.
type principalData struct {
	ID       []string `json:"id"`
	Name     []string `json:"name"`
	Email    []string `json:"email"`  // what stands before the last @
	Domain   []int    `json:"domain"` // what stands behind it; 0 is no e-mail
	Kind     []int    `json:"kind"`
	Tenant   []int    `json:"tenant"`
	By       []int    `json:"by"`
	Division []int    `json:"division"`
	State    []int    `json:"state"`
	Seen     []int64  `json:"seen"`  // days since 1970; 0 is not known
	Flags    []int    `json:"flags"` // 1 not live, 2 delegated, 4 disputed
	Roles    [][]int  `json:"roles"`
	More     []int    `json:"more"`
	Count    []int    `json:"rolecount"`
	Elevated []int    `json:"elevated"`
	Class    []int    `json:"class"` // counted from 1; 0 is none
}

type ruleData struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Why      string   `json:"why"`
	Fix      string   `json:"fix"`
	Controls []string `json:"controls"`
}

type findingData struct {
	Fingerprint string     `json:"fp"`
	Rule        int        `json:"rule"`
	Severity    int        `json:"severity"`
	Title       int        `json:"title"`
	Message     string     `json:"message"`
	Status      string     `json:"status"`
	Tenants     []int      `json:"tenants"`
	People      []int      `json:"people"` // steps from one row to the next
	Total       int        `json:"total"`
	Facts       []factData `json:"facts"`
	MoreFacts   int        `json:"moreFacts"`
	Covers      [][4]any   `json:"covers"`
	Cut         []string   `json:"cut"`
	CutNote     int        `json:"cutNote"`
	Others      []int      `json:"others"` // names of people that the list of principals lacks
	Records     []int      `json:"records"`
	Note        string     `json:"note"`    // of its acceptance
	Picture     int        `json:"picture"` // 1: there is one; -1: left out
}

type factData struct {
	Fields [][2]int    `json:"fields"`
	Chains []chainData `json:"chains"`
}

type chainData struct {
	Links   [][3]int `json:"links"` // label, name, detail
	Because []int    `json:"because"`
}

// roleData is a role as the JSON has it, with its permissions in short.
type roleData struct {
	report.Role
	Gives []int `json:"gives"` // 4 times the permission; 1 narrowed, 2 elevated
}

type clientData struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Tenant    string   `json:"tenant"`
	Type      string   `json:"type"`
	State     string   `json:"state"`
	Delegated bool     `json:"delegated"`
	Token     string   `json:"token"`
	Seconds   int      `json:"seconds"`
	Created   int64    `json:"created"`
	Modified  int64    `json:"modified"`
	By        string   `json:"by"`
	Roles     string   `json:"roles"`
	Elevated  int      `json:"elevated"`
	Scopes    []string `json:"scopes"`
	Redirects []string `json:"redirects"`
}

type cellData struct {
	From       int `json:"from"`
	To         int `json:"to"`
	Principals int `json:"principals"`
	Widest     int `json:"widest"`
	Allowed    int `json:"allowed"`
	Wide       int `json:"wide"`
	// Permissions are ids, each followed by what the platform's pages call it.
	Permissions     []int    `json:"permissions"`
	WidePermissions []int    `json:"widePermissions"`
	Through         [][4]int `json:"through"` // role, division, group, principals
	MoreThrough     int      `json:"moreThrough"`
	// Who is flat: steps between principals' numbers, reach, permissions, way in.
	Who []int `json:"who"`
}

func newData(d *report.Document) *data {
	out := &data{
		Strings: []string{""}, index: map[string]int{"": 0}, Tenants: []tenantData{}, Kinds: []int{},
		Rules: []ruleData{}, Findings: []findingData{}, Roles: []roleData{}, Clients: []clientData{}, Matrix: []cellData{},
		Classes: []classData{}, Ways: []wayData{}, Vertices: []vertexData{}, Now: days(d.Now), StaleDays: report.StaleDays, Baseline: d.Baseline,
	}
	out.addTenants(d)
	out.addPrincipals(d)
	out.addFindings(d)
	for i := range d.Roles {
		out.Roles = append(out.Roles, out.role(&d.Roles[i]))
	}
	for i := range d.Clients {
		out.Clients = append(out.Clients, client(&d.Clients[i], &d.Principals[d.Clients[i].Principal]))
	}
	for i := range d.Matrix.Cells {
		out.Matrix = append(out.Matrix, out.cell(&d.Matrix.Cells[i]))
	}
	out.addClasses(d)
	out.addEscalation(d)
	return out
}

func (d *data) addTenants(doc *report.Document) {
	verdicts := map[string]*report.Verdict{}
	for i := range doc.Verdicts {
		verdicts[doc.Verdicts[i].Tenant] = &doc.Verdicts[i]
	}
	for _, t := range doc.Matrix.Tenants {
		out := tenantData{Name: t.Name, External: t.External, Owner: t.Owner, Members: t.Principals, Divisions: []string{}}
		for _, n := range t.Divisions {
			name := n.Name
			if name == "" {
				name = n.ID
			}
			out.Divisions = append(out.Divisions, name)
		}
		if v := verdicts[t.Name]; v != nil {
			out.Verdict = &verdictData{string(v.Standing), standing(v.Standing), v.Sentence, v.Outside, v.Allowed, v.OrganizationWide, list(v.Unknown)}
		}
		d.Tenants = append(d.Tenants, out)
	}
}

// text returns the number of a text that repeats.
func (d *data) text(s string) int {
	n, ok := d.index[s]
	if !ok {
		n = len(d.Strings)
		d.index[s] = n
		d.Strings = append(d.Strings, s)
	}
	return n
}

func (d *data) texts(list []string) []int {
	out := make([]int, len(list))
	for i, s := range list {
		out[i] = d.text(s)
	}
	return out
}

func (d *data) titled(permissions []string) []int {
	out := make([]int, 0, 2*len(permissions))
	for _, p := range permissions {
		out = append(out, d.text(p), d.text(authz.Title(p)))
	}
	return out
}

func days(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix() / 86_400
}

func (d *data) role(r *report.Role) roleData {
	out := roleData{Role: *r, Gives: make([]int, 0, len(r.Gives))}
	out.Wildcards, out.Inherits, out.Tenants = list(r.Wildcards), list(r.Inherits), list(r.Tenants)
	for _, p := range r.Gives {
		n := 4 * d.text(p.Permission)
		if p.Narrowed {
			n |= 1
		}
		if p.Elevated {
			n |= 2
		}
		out.Gives = append(out.Gives, n)
	}
	return out
}

func client(c *report.Client, p *report.Principal) clientData {
	out := clientData{
		ID: p.ID, Name: p.Name, Tenant: p.Tenant, Type: c.GrantType, State: p.State, Delegated: c.Delegated, Token: "not known",
		Seconds: c.TokenSeconds, Created: days(c.Created), Modified: days(c.Modified), By: c.CreatedBy, Roles: p.Roles(),
		Elevated: p.Elevated, Scopes: list(c.Scopes), Redirects: list(c.Redirects),
	}
	if out.Name == "" {
		out.Name = out.ID
	}
	if c.TokenSeconds > 0 {
		out.Token = lifetime(c.TokenSeconds)
	}
	return out
}

// lifetime says seconds in the largest unit that divides them.
func lifetime(seconds int) string {
	switch {
	case seconds%86_400 == 0:
		return plural(seconds/86_400, "day", "days")
	case seconds%3_600 == 0:
		return plural(seconds/3_600, "hour", "hours")
	case seconds%60 == 0:
		return plural(seconds/60, "minute", "minutes")
	default:
		return plural(seconds, "second", "seconds")
	}
}

// list is never nil, for the script takes its length.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (d *data) cell(c *report.Cell) cellData {
	out := cellData{
		From: c.Row, To: c.Column, Principals: c.Principals, Widest: int(c.Widest), Allowed: c.Allowed, Wide: c.OrganizationWide,
		Permissions: d.titled(c.Permissions), WidePermissions: d.titled(c.OrganizationWidePermissions), Through: [][4]int{}, Who: []int{},
	}
	for i, t := range c.Through {
		if i == maxThrough {
			out.MoreThrough = len(c.Through) - i
			break
		}
		out.Through = append(out.Through, [4]int{d.text(t.Role), d.text(t.Division), d.text(t.Group), t.Principals})
	}
	at := 0
	for _, h := range c.Holders {
		if h.Principal < 0 || d.row[h.Principal] < 0 {
			continue
		}
		if len(out.Who) == 4*maxHolders {
			break
		}
		row := d.row[h.Principal]
		out.Who = append(out.Who, row-at, int(h.Reach), h.Permissions, d.text(viaText(h.Via)))
		at = row
	}
	return out
}

func viaText(v report.Via) string {
	if v.Role == "" {
		return "a trust, or a role that was not read"
	}
	s := v.Role + " in " + v.Division
	if v.Group != "" {
		s += " through group " + v.Group
	}
	if v.Others > 0 {
		s += " and " + plural(v.Others, "more assignment", "more assignments")
	}
	return s
}
