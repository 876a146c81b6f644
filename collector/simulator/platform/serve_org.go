package platform

import (
	"net/http"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/graph/authz"
)

func organizationMe(c *call) (any, error) { return c.org.about, nil }

func authenticationSettings(*call) (any, error) {
	return map[string]any{
		"multifactorAuthenticationRequired": false, "domainAllowlistEnabled": false, "domainAllowlist": []string{},
		"ipAddressAllowlist": []string{},
	}, nil
}

func authorizationSettings(*call) (any, error) {
	return map[string]any{"analysisEnabled": false, "analysisDays": 30}, nil
}

func roleSettings(c *call) (any, error) {
	out := map[string]any{}
	if v := c.org.settings.GrantDivisionAware; v != authz.Unknown {
		out["authorizationGrantDivisionAware"] = v == authz.True
	}
	if v := c.org.settings.Backfill; v != authz.Unknown {
		out["backfillEnabled"] = v == authz.True
	}
	return out, nil
}

// limits serves the rate limits; of other namespaces there are none.
func limits(c *call) (any, error) {
	list := []map[string]any{}
	if name := c.r.PathValue("namespace"); name == "platform.api" && c.s.o.Rate > 0 {
		list = append(list, map[string]any{"key": "client.credentials.token.rate.per.minute", "namespace": name, "value": c.s.o.Rate})
	}
	return map[string]any{"entities": list}, nil
}

// permissions serves the catalogue, an entity for each domain.
func permissions(c *call) (any, error) {
	domains, by, err := c.catalogue()
	if err != nil {
		return nil, err
	}
	return c.numbered(len(domains), func(b []byte, i int) []byte {
		return domain(b, domains[i], by[domains[i]])
	})
}

// catalogue returns the domains that were asked for, and their permissions.
func (c *call) catalogue() ([]string, map[string][]authz.Permission, error) {
	kind, query := c.q.Get("queryType"), c.values("query")
	if kind != "" && kind != "domain" && kind != "permission" {
		return nil, nil, badRequest("invalid.value", "The queryType %q is neither domain nor permission.", kind)
	}
	var domains []string
	by := map[string][]authz.Permission{}
	for _, p := range c.org.facts.Permission {
		if kind == "domain" && !slices.ContainsFunc(query, func(q string) bool { return strings.EqualFold(q, p.Domain) }) {
			continue
		}
		if kind == "permission" && !slices.ContainsFunc(query, func(q string) bool { return strings.EqualFold(q, p.Pattern().String()) }) {
			continue
		}
		if by[p.Domain] == nil {
			domains = append(domains, p.Domain)
		}
		by[p.Domain] = append(by[p.Domain], p)
	}
	return domains, by, nil
}

// domain appends one domain of the catalogue.
func domain(b []byte, name string, list []authz.Permission) []byte {
	b = append(b, '{')
	b = appendText(b, "id", name)
	b = appendText(b, "name", name)
	b = appendText(b, "domain", name)
	b = append(b, `,"permissionMap":{`...)
	var entities []string
	by := map[string][]authz.Permission{}
	for _, p := range list {
		if by[p.Entity] == nil {
			entities = append(entities, p.Entity)
		}
		by[p.Entity] = append(by[p.Entity], p)
	}
	for i, e := range entities {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, quote(e)...), ":["...)
		for k, p := range by[e] {
			if k > 0 {
				b = append(b, ',')
			}
			if raw, err := bundle.Entity(p); err == nil { // it was read from one
				b = append(b, raw...)
			}
		}
		b = append(b, ']')
	}
	return append(b, '}', '}')
}

// asTheyAre serves a list whole.
func asTheyAre(c *call) (any, error) {
	list := c.listed(c.e.list, "", func(*entity) bool { return true })
	return c.unpaged(len(list), func(b []byte, i int) []byte { return append(b, list[i].raw...) })
}

func integrations(c *call) (any, error) {
	return c.byNumber(c.listed(c.e.list, "", func(*entity) bool { return true }))
}

// noneByNumber and noneAtOnce serve lists of which no source tells anything.
func noneByNumber(c *call) (any, error) { return c.numbered(0, nil) }

func noneAtOnce(c *call) (any, error) { return c.unpaged(0, nil) }

// policies serves the access policies by cursor.
func policies(c *call) (any, error) {
	return c.byCursor(c.listed(c.e.list, "", func(*entity) bool { return true }))
}

// policiesOf serves those about a subject.
func policiesOf(c *call) (any, error) {
	id := c.r.PathValue("subjectId")
	about := map[string]bool{}
	for _, p := range c.org.facts.AccessPolicy {
		about[p.ID] = p.SubjectID == id
	}
	return c.byCursor(c.listed(c.e.list, id, func(e *entity) bool { return about[e.id] }))
}

func policy(c *call) (any, error) {
	e, err := c.find(authz.ListAccessPolicies, c.r.PathValue("policyId"), "policy")
	if err != nil {
		return nil, err
	}
	return e.raw, nil
}

// byCursor serves entities as they are.
func (c *call) byCursor(list []*entity) (any, error) {
	return c.cursor(ids(list), func(b []byte, i int) []byte { return append(b, list[i].raw...) })
}

func ids(list []*entity) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.id
	}
	return out
}

// tokenMe tells whose token it is.
func tokenMe(c *call) (any, error) {
	org := map[string]any{"id": c.org.id, "name": c.org.name}
	client := map[string]any{"id": c.who.id, "name": c.who.id, "authorizedGrantType": "CLIENT-CREDENTIALS", "organization": org, "roleDivisions": c.roleDivisions()}
	if e := c.org.lists[authz.ListClients].find(c.who.id); e != nil && !c.who.auditor {
		client["name"] = e.name
	}
	return map[string]any{"organization": org, "homeOrganization": org, "authorizedScope": []string{}, "OAuthClient": client}, nil
}

func userOnly() error {
	return &apiError{status: http.StatusBadRequest, code: "bad.request", message: "This request requires a user context. Client credentials cannot be used for requests that require a user context."}
}
