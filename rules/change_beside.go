package rules

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// other adds a record that the model does not interpret, with what it says.
func (c *changer) other(list authz.List, id, name string, says map[string]any) error {
	raw, err := json.Marshal(says)
	if err != nil {
		return err
	}
	o := authz.Other{Org: c.org, ID: id, Name: name, List: list}
	c.r.Other = slices.DeleteFunc(c.r.Other, func(was authz.Other) bool { return was.Key() == o.Key() })
	return c.r.Keep(o, raw)
}

func byID(id string) map[string]any { return map[string]any{"id": id} }

func (c *changer) audit(ch change) error {
	says := map[string]any{
		"serviceName": ch.values["service"].text, "action": ch.values["action"].text, "entityType": ch.values["entity_type"].text,
		"entity": map[string]any{"id": ch.values["entity"].text, "name": ch.values["entity_name"].text},
		"user":   byID(ch.values["user"].text), "client": byID(ch.values["client"].text),
	}
	if _, ok := ch.values["date"]; ok {
		says["eventDate"] = c.time(ch, "date").UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	if p := ch.values["property"].text; p != "" {
		says["propertyChanges"] = []map[string]any{{"property": p, "newValues": ch.values["new_values"].list}}
	}
	return c.other(authz.ListAudits, ch.values["id"].text, "", says)
}

func (c *changer) integration(ch change) error {
	state := "ENABLED"
	ch.set("state", &state)
	return c.other(authz.ListIntegrations, ch.values["id"].text, ch.values["name"].text,
		map[string]any{"intendedState": state, "config": map[string]any{"clientId": ch.values["client"].text}})
}

func (c *changer) product(ch change) error {
	return c.other(authz.ListProducts, ch.values["id"].text, ch.values["name"].text, map[string]any{})
}

func (c *changer) report(ch change) error {
	filters := []map[string]any{}
	for _, f := range ch.values["filters"].list {
		filters = append(filters, map[string]any{"field": f})
	}
	var shared []string
	for _, ref := range ch.values["shared_with"].list {
		k, err := c.subject(ref)
		if err != nil {
			return err
		}
		shared = append(shared, k.ID)
	}
	return c.other(authz.ListReports, ch.values["id"].text, ch.values["name"].text, map[string]any{"filters": filters, "shared_with": shared})
}

func (c *changer) unusedRoles(ch change) error {
	u, err := c.find(ch.values["user"].text, authz.KindUser)
	if err != nil {
		return err
	}
	var roles []map[string]any
	for _, ref := range ch.values["roles"].list {
		id, err := c.one(ref, authz.KindRole)
		if err != nil {
			return err
		}
		roles = append(roles, byID(id))
	}
	return c.other(authz.ListUnusedRoles, u.ID, "", map[string]any{"unusedRoles": roles})
}

// usage replaces a client's usage; without a date there is none.
func (c *changer) usage(ch change) error {
	k, err := c.find(ch.values["client"].text, authz.KindClient)
	if err != nil {
		return err
	}
	c.r.Usage = slices.DeleteFunc(c.r.Usage, func(u authz.Usage) bool { return u.Key() == k })
	if _, ok := ch.values["date"]; !ok {
		return nil
	}
	u := authz.Usage{Org: k.Org, Client: k.ID, Template: "api/v2/users", Method: "GET", Requests: 1, Date: c.time(ch, "date")}
	if n, ok := ch.values["requests"]; ok {
		u.Requests, _ = strconv.ParseInt(n.text, 10, 64)
	}
	c.r.Usage = append(c.r.Usage, u)
	return nil
}

func (c *changer) archive(ch change) error {
	c.conf.AuditArchive = config.Attestation{Owner: ch.values["owner"].text, Date: c.time(ch, "date"), Pos: ch.pos}
	return nil
}

func (c *changer) naming(ch change) error {
	for name, to := range map[string]**regexp.Regexp{
		"roles": &c.conf.Naming.Roles, "clients": &c.conf.Naming.Clients, "resources": &c.conf.Naming.Resources,
	} {
		v, ok := ch.values[name]
		if !ok {
			continue
		}
		re, err := regexp.Compile(v.text)
		if err != nil {
			return err
		}
		*to = re
	}
	return nil
}

func (c *changer) persona(ch change) error {
	p := config.Persona{
		Name: ch.values["name"].text, Roles: ch.values["roles"].list, Permissions: ch.values["permissions"].list,
		Needed: ch.values["needed"].list, Pos: ch.pos,
	}
	c.conf.Personas = slices.DeleteFunc(c.conf.Personas, func(was config.Persona) bool { return was.Name == p.Name })
	c.conf.Personas = append(c.conf.Personas, p)
	return nil
}

func (c *changer) policy(ch change) error {
	id, err := c.one(ch.values["role"].text, authz.KindRole)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.r.Role, func(r authz.Role) bool { return r.ID == id })
	if i < 0 {
		return fmt.Errorf("there is no role %q", id)
	}
	p := authz.Policy{Guide: ch.values["permission"].text, Scope: ch.values["scope"].text}
	for name, to := range map[string]*[]string{"groups": &p.ScopeGroups, "teams": &p.ScopeTeams, "views": &p.ScopeViews} {
		ch.setList(name, to)
	}
	c.r.Role[i].Policies = append(slices.Clone(c.r.Role[i].Policies), p)
	return nil
}

func (c *changer) queueMembers(ch change) error {
	q, err := c.find(ch.values["queue"].text, authz.KindQueue)
	if err != nil {
		return err
	}
	list := upsert(&c.r.Member, authz.MemberList{Container: q})
	if v, ok := ch.values["members"]; ok {
		if list.Members, err = c.subjects(v.list); err != nil {
			return err
		}
	}
	v, ok := ch.values["groups"]
	if !ok {
		return nil
	}
	groups, err := c.subjects(v.list)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(c.r.Resource, func(r authz.Resource) bool { return r.Key() == q })
	c.r.Resource[i].MemberGroups = nil
	for _, g := range groups {
		c.r.Resource[i].MemberGroups = append(c.r.Resource[i].MemberGroups, authz.MemberGroup{ID: g.ID, Type: strings.ToUpper(g.Kind.String())})
	}
	return nil
}

func (c *changer) subjects(refs []string) ([]authz.Key, error) {
	var out []authz.Key
	for _, ref := range refs {
		k, err := c.subject(ref)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

func (c *changer) team(ch change) error {
	v := upsert(&c.r.Team, authz.Team{Org: c.org, ID: c.id(ch, authz.KindTeam), Name: ch.values["id"].text})
	ch.set("name", &v.Name)
	if d, ok := ch.values["division"]; ok {
		var err error
		if v.Division, err = c.one(d.text, authz.KindDivision); err != nil {
			return err
		}
	}
	members, err := c.subjects(ch.values["members"].list)
	if err == nil {
		upsert(&c.r.Member, authz.MemberList{Container: v.Key()}).Members = members
	}
	return err
}

func (c *changer) trusteeUser(ch change) error {
	v := upsert(&c.r.User, authz.User{Org: c.org, ID: ch.values["id"].text, Trustee: ch.values["trustee"].text, Name: ch.values["id"].text})
	ch.set("name", &v.Name)
	ch.set("email", &v.Email)
	ch.set("state", &v.State)
	return nil
}
