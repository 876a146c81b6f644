package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A changer applies a test's changes to a copy of an organization's records.
type changer struct {
	r    *authz.Records
	conf *config.Config
	org  string
	now  time.Time
}

func newChanger(base *authz.Records, conf *config.Config) *changer {
	own := *conf
	own.Allow, own.Personas = slices.Clone(conf.Allow), slices.Clone(conf.Personas)
	c := &changer{r: base.Clone(), conf: &own, now: base.About.TakenAt}
	if len(c.r.Organization) > 0 {
		c.org = c.r.Organization[0].ID
	} else if len(c.r.Division) > 0 {
		c.org = c.r.Division[0].Org
	}
	return c
}

func (c *changer) apply(list []change) error {
	ops := map[string]func(change) error{
		"accept": c.accept, "archive": c.archive, "audit": c.audit, "integration": c.integration, "naming": c.naming, "persona": c.persona, "policy": c.policy,
		"product": c.product, "queue_members": c.queueMembers, "report": c.report, "team": c.team, "trustee_user": c.trusteeUser, "unused_roles": c.unusedRoles, "usage": c.usage,
		"add_member": c.addMember, "allow": c.allow, "resource": c.resource, "client": c.client, "coverage": c.coverage, "division": c.division, "grant": c.grant,
		"group": c.group, "permission": c.permission, "remove": c.remove, "remove_member": c.removeMember,
		"revoke": c.revoke, "role": c.role, "trust": c.trust, "user": c.user,
	}
	for _, ch := range list {
		if err := ops[ch.name](ch); err != nil {
			return fmt.Errorf("%s: %s: %w", ch.pos, ch.name, err)
		}
	}
	return nil
}

// named is a record that a reference can stand for.
type namedRecord struct {
	key         authz.Key
	name, email string
}

func (c *changer) records() []namedRecord {
	var out []namedRecord
	for _, v := range c.r.User {
		out = append(out, namedRecord{v.Key(), v.Name, v.Email})
	}
	for _, v := range c.r.Client {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	for _, v := range c.r.Group {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	for _, v := range c.r.Team {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	for _, v := range c.r.Role {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	for _, v := range c.r.Division {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	for _, v := range c.r.Resource {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	for _, v := range c.r.Other {
		out = append(out, namedRecord{v.Key(), v.Name, ""})
	}
	return out
}

// find resolves "kind:value" or a value of some kinds: an id beats a name.
func (c *changer) find(ref string, kinds ...authz.Kind) (authz.Key, error) {
	value := ref
	if before, after, ok := strings.Cut(ref, ":"); ok {
		if k, err := authz.ParseKind(before); err == nil {
			kinds, value = []authz.Kind{k}, after
		}
	}
	for _, same := range []func(namedRecord) bool{
		func(r namedRecord) bool { return r.key.ID == value },
		func(r namedRecord) bool { return strings.EqualFold(r.name, value) },
		func(r namedRecord) bool { return strings.EqualFold(r.email, value) },
		// People are often called by their first name.
		func(r namedRecord) bool {
			first, _, _ := strings.Cut(r.name, " ")
			return strings.EqualFold(first, value)
		},
	} {
		var found []authz.Key
		for _, r := range c.records() {
			if slices.Contains(kinds, r.key.Kind) && same(r) {
				found = append(found, r.key)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return authz.Key{}, fmt.Errorf("%q stands for %d records", ref, len(found))
		}
	}
	return authz.Key{}, fmt.Errorf("the organization has no %q", ref)
}

// subject resolves who a grant is for. One that does not exist is wanted too
// (a dangling grant): it is then named with its kind.
func (c *changer) subject(ref string) (authz.Key, error) {
	k, err := c.find(ref, authz.KindUser, authz.KindClient, authz.KindGroup, authz.KindTeam, authz.KindTrusteeUser, authz.KindTrusteeGroup)
	if err == nil {
		return k, nil
	}
	return c.missing(ref, err)
}

func (c *changer) missing(ref string, err error) (authz.Key, error) {
	before, after, ok := strings.Cut(ref, ":")
	kind, bad := authz.ParseKind(before)
	if !ok || bad != nil || !strings.HasPrefix(after, "gone-") {
		return authz.Key{}, fmt.Errorf("%w (one that does not exist begins with gone-, as in user:gone-1)", err)
	}
	return authz.Key{Org: c.org, Kind: kind, ID: after}, nil
}

func (c *changer) one(ref string, kind authz.Kind) (string, error) {
	k, err := c.find(ref, kind)
	if err == nil {
		return k.ID, nil
	}
	if k, err = c.missing(kind.String()+":"+strings.TrimPrefix(ref, kind.String()+":"), err); err != nil {
		return "", err
	}
	return k.ID, nil
}

func (c *changer) grantOf(ch change) (authz.Grant, error) {
	s, err := c.subject(ch.values["subject"].text)
	if err != nil {
		return authz.Grant{}, err
	}
	g := authz.Grant{Org: s.Org, Subject: s, Division: authz.AllDivisions, Source: "grants"}
	if g.Role, err = c.one(ch.values["role"].text, authz.KindRole); err != nil {
		return g, err
	}
	if d := ch.values["division"].text; d != "" && d != authz.AllDivisions {
		g.Division, err = c.one(d, authz.KindDivision)
	}
	g.MadeAt = c.time(ch, "made_at")
	return g, err
}

func (c *changer) time(ch change, name string) time.Time {
	t, _ := whenever(ch.values[name].text, c.now)
	return t
}

func (c *changer) grant(ch change) error {
	g, err := c.grantOf(ch)
	if err == nil {
		c.r.Grant = append(c.r.Grant, g)
	}
	return err
}

func (c *changer) revoke(ch change) error {
	g, err := c.grantOf(ch)
	if err != nil {
		return err
	}
	_, in := ch.values["division"]
	n := len(c.r.Grant)
	c.r.Grant = slices.DeleteFunc(c.r.Grant, func(o authz.Grant) bool {
		return o.Subject.ID == g.Subject.ID && o.Role == g.Role && (!in || o.Division == g.Division)
	})
	if len(c.r.Grant) == n {
		return fmt.Errorf("there is no such grant")
	}
	return nil
}

func (c *changer) container(ch change) (authz.Key, error) {
	if t := ch.values["team"].text; t != "" {
		return c.find(t, authz.KindTeam)
	}
	return c.find(ch.values["group"].text, authz.KindGroup)
}

func (c *changer) members(ch change, do func([]authz.Key, authz.Key) ([]authz.Key, error)) error {
	k, err := c.container(ch)
	if err != nil {
		return err
	}
	m, err := c.subject(ch.values["member"].text)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.r.Member, func(l authz.MemberList) bool { return l.Container == k })
	if i < 0 {
		i = len(c.r.Member)
		c.r.Member = append(c.r.Member, authz.MemberList{Container: k})
	}
	c.r.Member[i].Members, err = do(slices.Clone(c.r.Member[i].Members), m)
	return err
}

func (c *changer) addMember(ch change) error {
	return c.members(ch, func(list []authz.Key, m authz.Key) ([]authz.Key, error) { return append(list, m), nil })
}

func (c *changer) removeMember(ch change) error {
	return c.members(ch, func(list []authz.Key, m authz.Key) ([]authz.Key, error) {
		n := len(list)
		list = slices.DeleteFunc(list, func(o authz.Key) bool { return o.ID == m.ID })
		if len(list) == n {
			return nil, fmt.Errorf("it is no member")
		}
		return list, nil
	})
}

// upsert returns the record with an id, which is appended if there is none.
func upsert[T authz.Record](list *[]T, fresh T) *T {
	for i := range *list {
		if (*list)[i].Key() == fresh.Key() {
			return &(*list)[i]
		}
	}
	*list = append(*list, fresh)
	return &(*list)[len(*list)-1]
}

func (ch change) set(name string, to *string) {
	if v, ok := ch.values[name]; ok {
		*to = v.text
	}
}

func (ch change) setList(name string, to *[]string) {
	if v, ok := ch.values[name]; ok {
		*to = v.list
	}
}

func (ch change) setTri(name string, to *authz.Tri) {
	if v, ok := ch.values[name]; ok && v.text != "unknown" {
		*to = authz.TriOf(v.text == "true")
	} else if ok {
		*to = authz.Unknown
	}
}

func (ch change) setTime(c *changer, name string, to *time.Time) {
	if _, ok := ch.values[name]; ok {
		*to = c.time(ch, name)
	}
}

func (c *changer) id(ch change, kind authz.Kind) string {
	if k, err := c.find(ch.values["id"].text, kind); err == nil {
		return k.ID
	}
	return ch.values["id"].text
}

func (c *changer) user(ch change) error {
	id := c.id(ch, authz.KindUser)
	u := upsert(&c.r.User, authz.User{Org: c.org, ID: id, Name: id})
	for name, to := range map[string]*string{
		"name": &u.Name, "email": &u.Email, "state": &u.State, "manager": &u.Manager, "region": &u.Region, "cloned_from": &u.ClonedFrom,
	} {
		ch.set(name, to)
	}
	ch.setTri("bpo", &u.BPO)
	ch.setTime(c, "last_token", &u.LastToken)
	ch.setTime(c, "last_login", &u.LastLogin)
	ch.setList("licences", &u.Licences)
	if d, ok := ch.values["division"]; ok {
		var err error
		u.Division, err = c.one(d.text, authz.KindDivision)
		return err
	}
	return nil
}

func (c *changer) client(ch change) error {
	id := c.id(ch, authz.KindClient)
	v := upsert(&c.r.Client, authz.Client{Org: c.org, ID: id, Name: id, State: "active"})
	for name, to := range map[string]*string{"name": &v.Name, "grant_type": &v.GrantType, "state": &v.State, "created_by": &v.CreatedBy} {
		ch.set(name, to)
	}
	ch.setList("scopes", &v.Scopes)
	ch.setList("redirects", &v.Redirects)
	ch.setTime(c, "created", &v.Created)
	if n, ok := ch.values["token_seconds"]; ok {
		v.TokenSeconds, _ = strconv.Atoi(n.text)
	}
	return nil
}

func (c *changer) group(ch change) error {
	id := c.id(ch, authz.KindGroup)
	v := upsert(&c.r.Group, authz.Group{Org: c.org, ID: id, Name: id})
	ch.set("name", &v.Name)
	ch.set("state", &v.State)
	ch.setTri("roles_enabled", &v.RolesEnabled)
	ch.setTri("dynamic", &v.Dynamic)
	ch.setTri("include_owners", &v.IncludeOwners)
	ch.setList("owners", &v.Owners)
	list, given := ch.values["members"]
	key := v.Key()
	if !given {
		upsert(&c.r.Member, authz.MemberList{Container: key})
		return nil
	}
	var members []authz.Key
	for _, ref := range list.list {
		m, err := c.subject(ref)
		if err != nil {
			return err
		}
		members = append(members, m)
	}
	upsert(&c.r.Member, authz.MemberList{Container: key}).Members = members
	return nil
}

func (c *changer) role(ch change) error {
	id := c.id(ch, authz.KindRole)
	v := upsert(&c.r.Role, authz.Role{Org: c.org, ID: id, Name: id})
	ch.set("name", &v.Name)
	ch.set("based_on", &v.BasedOn)
	ch.setList("inherits", &v.Inherits)
	ch.setList("legacy", &v.Legacy)
	if b, ok := ch.values["default"]; ok {
		v.Default = b.text == "true"
	}
	list, given := ch.values["permissions"]
	if !given {
		return nil
	}
	v.Policies = nil
	for _, name := range list.list {
		p, err := authz.ParsePattern(name)
		if err != nil {
			return err
		}
		if p.IsLegacy() {
			return fmt.Errorf("%q has one part: name it under legacy", name)
		}
		parts := strings.Split(name, ":")
		if len(parts) != 3 {
			parts = []string{p.Domain, p.Entity, p.Action}
		}
		v.Policies = append(v.Policies, authz.Policy{Domain: parts[0], Entity: parts[1], Action: parts[2]})
	}
	return nil
}

func (c *changer) resource(ch change) error {
	kind, err := authz.ParseKind(ch.values["kind"].text)
	if err != nil || (kind != authz.KindQueue && kind != authz.KindFlow && kind != authz.KindResource) {
		return fmt.Errorf("kind is %q: want queue, flow or resource", ch.values["kind"].text)
	}
	id := c.id(ch, kind)
	v := upsert(&c.r.Resource, authz.Resource{Org: c.org, Kind: kind, ID: id, Name: id})
	ch.set("name", &v.Name)
	ch.set("type", &v.Type)
	if d, ok := ch.values["division"]; ok {
		v.Division, err = c.one(d.text, authz.KindDivision)
	}
	return err
}

func (c *changer) allow(ch change) error {
	a := config.Allow{
		From: ch.values["from"].text, To: ch.values["to"].list, Permissions: ch.values["permissions"].list, Principals: ch.values["principals"].list,
		Reason: "test", ApprovedBy: "test", Until: c.now.AddDate(0, 0, 90), Pos: ch.pos,
	}
	ch.set("reason", &a.Reason)
	ch.set("approved_by", &a.ApprovedBy)
	ch.setTime(c, "until", &a.Until)
	if n, ok := ch.values["at_most"]; ok {
		a.AtMost, _ = strconv.Atoi(n.text)
	}
	c.conf.Allow = append(c.conf.Allow, a)
	return nil
}

func (c *changer) accept(ch change) error {
	a := config.Accept{
		Finding: ch.values["finding"].text, Principals: ch.values["principals"].list,
		Reason: "test", ApprovedBy: "test", Until: c.now.AddDate(0, 0, 90), Pos: ch.pos,
	}
	ch.set("reason", &a.Reason)
	ch.set("approved_by", &a.ApprovedBy)
	ch.setTime(c, "until", &a.Until)
	if n, ok := ch.values["at_most"]; ok {
		a.AtMost, _ = strconv.Atoi(n.text)
	}
	c.conf.Accept = append(c.conf.Accept, a)
	return nil
}

func (c *changer) division(ch change) error {
	id := c.id(ch, authz.KindDivision)
	v := upsert(&c.r.Division, authz.Division{Org: c.org, ID: id, Name: id})
	ch.set("name", &v.Name)
	if b, ok := ch.values["home"]; ok {
		v.Home = b.text == "true"
	}
	return nil
}

func (c *changer) trust(ch change) error {
	v := upsert(&c.r.Trust, authz.Trust{Org: c.org, ID: ch.values["id"].text, Name: ch.values["id"].text})
	ch.set("name", &v.Name)
	ch.setTri("enabled", &v.Enabled)
	ch.setTri("full_access", &v.FullAccess)
	ch.setTri("default_role", &v.DefaultRole)
	ch.setTime(c, "expires", &v.Expires)
	return nil
}

func (c *changer) permission(ch change) error {
	p, err := authz.ParsePattern(ch.values["name"].text)
	if err != nil {
		return err
	}
	v := upsert(&c.r.Permission, authz.Permission{Org: c.org, Domain: p.Domain, Entity: p.Entity, Action: p.Action})
	ch.setTri("division_aware", &v.DivisionAware)
	return nil
}

func (c *changer) coverage(ch change) error {
	list, status := authz.List(ch.values["list"].text), authz.Status(ch.values["status"].text)
	if !slices.Contains(authz.Lists(), list) {
		return fmt.Errorf("there is no list %q", list)
	}
	line := authz.Coverage{Org: c.org, List: list, Status: status, Source: string(list), Expected: -1}
	ch.set("source", &line.Source)
	ch.set("reason", &line.Reason)
	ch.set("missing_permission", &line.MissingPermission)
	for name, to := range map[string]*int64{"expected": &line.Expected, "received": &line.Received} {
		if v, ok := ch.values[name]; ok {
			n, err := strconv.ParseInt(v.text, 10, 64)
			if err != nil {
				return err
			}
			*to = n
		}
	}
	c.r.CoverageLedger = slices.DeleteFunc(c.r.CoverageLedger, func(o authz.Coverage) bool { return o.List == list && o.Status != authz.StatusReading })
	c.r.CoverageLedger = append(c.r.CoverageLedger, line)
	return nil
}

func (c *changer) remove(ch change) error {
	k, err := c.find(ch.values["record"].text)
	if err != nil {
		return err
	}
	c.r.User = drop(c.r.User, k)
	c.r.Client = drop(c.r.Client, k)
	c.r.Group = drop(c.r.Group, k)
	c.r.Team = drop(c.r.Team, k)
	c.r.Role = drop(c.r.Role, k)
	c.r.Division = drop(c.r.Division, k)
	c.r.Resource = drop(c.r.Resource, k)
	c.r.Other = drop(c.r.Other, k)
	return nil
}

func drop[T authz.Record](list []T, k authz.Key) []T {
	return slices.DeleteFunc(list, func(r T) bool { return r.Key() == k })
}
