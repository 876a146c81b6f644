package authztest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Parse reads a fixture and fails the test if it is not well-formed.
func Parse(t testing.TB, text string) *authz.Records {
	t.Helper()
	r, err := ParseText(text)
	if err != nil {
		t.Fatalf("fixture: %v", err)
	}
	return r
}

// ParseText reads what [Format] writes, and what people write: see the package
// documentation. Errors name the line.
func ParseText(text string) (*authz.Records, error) {
	p := &parser{r: &authz.Records{}, told: map[authz.Key]bool{}, roles: map[authz.Key]int{}, covered: map[string]bool{}}
	for i, line := range strings.Split(text, "\n") {
		p.number = i + 1
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if err := p.subjects(); err != nil {
		return nil, err
	}
	p.cover()
	return p.r, nil
}

type parser struct {
	r       *authz.Records
	org     string
	orgs    []string
	number  int
	told    map[authz.Key]bool
	roles   map[authz.Key]int
	covered map[string]bool
	bare    []bare
}

// A bare subject of a grant is looked up when everything is known.
type bare struct{ grant, line int }

func (p *parser) line(text string) error {
	words, err := split(text)
	if err != nil || len(words) == 0 {
		return err
	}
	verb := words[0].text
	read, ok := verbs()[verb]
	if !ok || words[0].key != "" {
		return fmt.Errorf("unknown word %q", verb)
	}
	if p.org == "" && verb != "org" && verb != "at" {
		p.begin("o")
		p.r.Organization = append(p.r.Organization, authz.Organization{ID: "o"})
	}
	s := &statement{p: p, options: map[string][]token{}}
	for _, w := range words[1:] {
		if w.key != "" {
			s.options[w.key] = append(s.options[w.key], w)
		} else {
			s.words = append(s.words, w)
		}
	}
	read(p, s)
	return s.finish()
}

func (p *parser) begin(org string) {
	p.org = org
	if !slices.Contains(p.orgs, org) {
		p.orgs = append(p.orgs, org)
	}
}

// once reports an error if a record is told twice.
func (p *parser) once(s *statement, rec authz.Record) {
	if k := rec.Key(); p.told[k] {
		s.fail("%s is told twice", k)
	} else {
		p.told[k] = true
	}
}

func verbs() map[string]func(*parser, *statement) {
	return map[string]func(*parser, *statement){
		"at": (*parser).at, "org": (*parser).organization, "division": (*parser).division, "user": (*parser).user,
		"group": (*parser).group, "team": (*parser).team, "members": (*parser).members, "client": (*parser).client,
		"role": (*parser).role, "grant": (*parser).grant, "catalogue": (*parser).catalogue, "queue": (*parser).queue,
		"flow": (*parser).flow, "object": (*parser).object, "view": (*parser).view, "trust": (*parser).trust,
		"policy": (*parser).policy, "missing": (*parser).missing, "partial": (*parser).partial,
		"silent": (*parser).silent, "cover": (*parser).coverLine,
	}
}

func (p *parser) at(s *statement) { p.r.About.TakenAt = s.timeOf(s.word("a time")) }

func (p *parser) organization(s *statement) {
	id := s.word("an id")
	p.begin(id)
	if !s.flag("untold") {
		o := authz.Organization{ID: id, Name: s.option("name")}
		p.once(s, o)
		p.r.Organization = append(p.r.Organization, o)
	}
}

func (p *parser) division(s *statement) {
	d := authz.Division{Org: p.org, Home: s.flag("home"), ID: s.word("an id"), Name: s.option("name")}
	p.once(s, d)
	p.r.Division = append(p.r.Division, d)
}

func (p *parser) user(s *statement) {
	u := authz.User{Org: p.org, ID: s.word("an id"), Division: s.in(), State: s.option("state"), Trustee: s.option("trustee"), Name: s.option("name"), Email: s.option("email")}
	p.once(s, u)
	p.r.User = append(p.r.User, u)
}

func (p *parser) group(s *statement) {
	g := authz.Group{
		Org: p.org, ID: s.word("an id"), State: s.option("state"), Trustee: s.option("trustee"), Name: s.option("name"),
		RolesEnabled: s.tri("roles"), IncludeOwners: s.tri("include"), Owners: s.list("owners"),
	}
	p.once(s, g)
	p.r.Group = append(p.r.Group, g)
	p.memberList(s, g.Key(), authz.KindSubject)
}

func (p *parser) team(s *statement) {
	t := authz.Team{Org: p.org, ID: s.word("an id"), Division: s.in(), Name: s.option("name")}
	p.once(s, t)
	p.r.Team = append(p.r.Team, t)
	p.memberList(s, t.Key(), authz.KindSubject)
}

func (p *parser) queue(s *statement) {
	q := authz.Resource{Org: p.org, Kind: authz.KindQueue, ID: s.word("an id"), Division: s.in(), Name: s.option("name")}
	for _, v := range s.list("lists") {
		kind, id, found := strings.Cut(v, ":")
		if !found {
			kind, id = "", v
		}
		q.MemberGroups = append(q.MemberGroups, authz.MemberGroup{ID: id, Type: kind})
	}
	p.once(s, q)
	p.r.Resource = append(p.r.Resource, q)
	p.memberList(s, q.Key(), authz.KindUser)
}

func (p *parser) flow(s *statement)   { p.resource(s, authz.KindFlow) }
func (p *parser) object(s *statement) { p.resource(s, authz.KindResource) }

func (p *parser) resource(s *statement, kind authz.Kind) {
	v := authz.Resource{Org: p.org, Kind: kind, ID: s.word("an id"), Division: s.in(), Type: s.option("type"), Name: s.option("name")}
	p.once(s, v)
	p.r.Resource = append(p.r.Resource, v)
}

func (p *parser) members(s *statement) {
	k, ok := p.key(s.word("a container"), 0)
	if !ok {
		s.fail("want kind:id of a group, team, queue or trustee_group")
	}
	kind := authz.KindSubject
	if k.Kind == authz.KindQueue {
		kind = authz.KindUser
	}
	p.memberList(s, k, kind)
}

// memberList takes the words that are left as members.
func (p *parser) memberList(s *statement, container authz.Key, kind authz.Kind) {
	unread, partial := s.flag("unread"), s.flag("partial")
	l := authz.MemberList{Container: container, Partial: partial}
	for len(s.words) > 0 {
		k, ok := p.key(s.word("a member"), kind)
		if !ok {
			s.fail("unknown kind of member")
		}
		l.Members = append(l.Members, k)
	}
	switch {
	case unread && (partial || len(l.Members) > 0):
		s.fail("members of a list that is unread")
	case !unread:
		p.r.Member = append(p.r.Member, l)
	}
}

// key reads kind:id, or an id of the given kind.
func (p *parser) key(word string, kind authz.Kind) (authz.Key, bool) {
	if name, id, found := strings.Cut(word, ":"); found {
		k, err := authz.ParseKind(name)
		return authz.Key{Org: p.org, Kind: k, ID: id}, err == nil
	}
	return authz.Key{Org: p.org, Kind: kind, ID: word}, kind != 0
}

func (p *parser) client(s *statement) {
	c := authz.Client{Org: p.org, ID: s.word("an id"), GrantType: s.option("type"), State: s.option("state"), Scopes: s.list("scopes"), Name: s.option("name")}
	p.once(s, c)
	p.r.Client = append(p.r.Client, c)
}

func (p *parser) role(s *statement) {
	id := s.word("an id")
	k := authz.Key{Org: p.org, Kind: authz.KindRole, ID: id}
	i, ok := p.roles[k]
	if !ok {
		i = len(p.r.Role)
		p.roles[k] = i
		p.r.Role = append(p.r.Role, authz.Role{Org: p.org, ID: id})
	}
	r := &p.r.Role[i]
	if name := s.option("name"); name != "" {
		r.Name = name
	}
	if s.flag("unread") {
		r.LinesMissing = true
	}
	if len(s.words) == 0 {
		if len(s.options["scope"])+len(s.options["if"]) > 0 {
			s.fail("a scope or condition without a permission")
		}
		return
	}
	switch first := s.word("a permission"); first {
	case "legacy":
		r.Legacy = append(r.Legacy, s.rest()...)
	case "inherits":
		r.Inherits = append(r.Inherits, s.rest()...)
	case "guide":
		r.Policies = append(r.Policies, p.narrowed(s, authz.Policy{Guide: s.word("a name")}))
	default:
		parts := strings.Split(first, ":")
		if len(parts) != 3 {
			s.fail("permission %q: want domain:entity:action", first)
			return
		}
		r.Policies = append(r.Policies, p.narrowed(s, authz.Policy{Domain: parts[0], Entity: parts[1], Action: parts[2]}))
	}
}

// narrowed reads what narrows a policy.
func (p *parser) narrowed(s *statement, v authz.Policy) authz.Policy {
	v.Scope, v.ScopeGroups, v.ScopeTeams, v.ScopeViews = s.option("scope"), s.list("groups"), s.list("teams"), s.list("views")
	if text := s.option("if"); text != "" {
		v.Condition = &authz.Condition{}
		if err := json.Unmarshal([]byte(text), v.Condition); err != nil {
			s.fail("condition: %v", err)
		}
	}
	return v
}

func (p *parser) grant(s *statement) {
	who := s.word("a subject")
	g := authz.Grant{Org: p.org, Role: s.word("a role")}
	if len(s.words) > 0 {
		g.Division = s.word("a division")
	}
	if at := s.option("at"); at != "" {
		g.MadeAt = s.timeOf(at)
	}
	g.MadeBy, g.Source = s.option("by"), s.option("source")
	k, ok := p.key(who, authz.KindSubject)
	if !ok {
		s.fail("unknown kind of subject %q", who)
	}
	if !strings.Contains(who, ":") {
		p.bare = append(p.bare, bare{len(p.r.Grant), p.number})
	}
	g.Subject = k
	p.r.Grant = append(p.r.Grant, g)
}

// subjects gives the bare subjects of grants their kinds.
func (p *parser) subjects() error {
	kinds := []authz.Kind{authz.KindUser, authz.KindGroup, authz.KindTeam, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup}
	for _, b := range p.bare {
		g := &p.r.Grant[b.grant]
		var found []authz.Kind
		for _, k := range kinds {
			if p.told[authz.Key{Org: g.Org, Kind: k, ID: g.Subject.ID}] {
				found = append(found, k)
			}
		}
		if len(found) != 1 {
			return fmt.Errorf("line %d: %d subjects are called %q: want kind:id", b.line, len(found), g.Subject.ID)
		}
		g.Subject.Kind = found[0]
	}
	return nil
}

func (p *parser) catalogue(s *statement) {
	name := s.word("a permission")
	parts := strings.Split(name, ":")
	if len(parts) != 3 {
		s.fail("permission %q: want domain:entity:action", name)
		return
	}
	v := authz.Permission{Org: p.org, Domain: parts[0], Entity: parts[1], Action: parts[2]}
	switch flag := s.word("aware, unlimited or unflagged"); flag {
	case "aware":
		v.DivisionAware = authz.True
	case "unlimited":
		v.DivisionAware = authz.False
	case "unflagged":
	default:
		s.fail("unknown word %q: want aware, unlimited or unflagged", flag)
	}
	p.r.Permission = append(p.r.Permission, v)
}

func (p *parser) view(s *statement) {
	v := authz.View{Org: p.org, ID: s.word("an id"), Queues: s.list("queues"), Users: s.list("users"), Name: s.option("name")}
	p.once(s, v)
	p.r.View = append(p.r.View, v)
}

func (p *parser) trust(s *statement) {
	v := authz.Trust{Org: p.org, ID: s.word("an id"), Name: s.option("name"), Enabled: s.either("enabled", "disabled")}
	v.FullAccess, v.DefaultRole = s.either("full", "limited"), s.either("default", "undefault")
	if at := s.option("created"); at != "" {
		v.Created = s.timeOf(at)
	}
	if at := s.option("expires"); at != "" {
		v.Expires = s.timeOf(at)
	}
	p.once(s, v)
	p.r.Trust = append(p.r.Trust, v)
}

func (p *parser) policy(s *statement) {
	a := authz.AccessPolicy{
		Org: p.org, ID: s.word("an id"), Target: s.word("a permission"), Effect: s.word("an effect"),
		Active: s.either("active", "inactive"), Clients: s.either("clients", "users"), Condition: s.option("if"), Name: s.option("name"),
	}
	who := s.word("a subject")
	if kind, id, found := strings.Cut(who, ":"); found {
		a.SubjectType, a.SubjectID = kind, id
	} else if who != "none" {
		a.SubjectType = who
	}
	p.once(s, a)
	p.r.AccessPolicy = append(p.r.AccessPolicy, a)
}
