package platform

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestEndpoints asks every endpoint once, and looks at the status and at the
// fields that are there.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	asked := map[string]bool{}
	const numbered = "entities pageSize pageNumber total pageCount firstUri lastUri"
	for _, test := range []struct {
		path   string
		status int
		fields string // that must be there; "-x" is one that must not
	}{
		{"/organizations/me", 200, "id name domain -region -platform"},
		{"/organizations/authentication/settings", 200, "ipAddressAllowlist"},
		{"/authorization/settings", 200, "analysisEnabled"},
		{"/authorization/roles/settings", 200, "authorizationGrantDivisionAware backfillEnabled"},
		{"/authorization/permissions", 200, numbered},
		{"/authorization/permissions?queryType=domain&query=routing", 200, numbered},
		{"/authorization/permissions?queryType=none", 400, ""},
		{"/organizations/limits/namespaces/platform.api", 200, "entities"},
		{"/authorization/products", 200, "entities -pageNumber"},
		{"/identityproviders", 200, "entities -pageNumber"},
		{"/integrations", 200, numbered},
		{"/integrations/credentials", 200, numbered},
		{"/authorization/policies", 200, "entities -total -pageNumber"},
		{"/authorization/policies/subject/g-bpo-a-agents", 200, "entities"},
		{"/authorization/policies/ap-queue-draft", 200, "id targetResource effect"},
		{"/authorization/policies/none", 404, ""},
		{"/authorization/roles", 200, numbered},
		{"/authorization/roles?id=" + strings.Repeat("x,", 101), 400, ""},
		{"/authorization/roles/role-admin", 200, "id permissionPolicies userCount -unusedPermissions"},
		{"/authorization/roles/role-admin?userCount=false&expand=unusedPermissions", 200, "id -userCount unusedPermissions"},
		{"/authorization/roles/none", 404, ""},
		{"/authorization/roles/role-admin/subjectgrants", 200, numbered},
		{"/authorization/roles/none/subjectgrants", 404, ""},
		{"/authorization/roles/role-admin/users", 200, numbered},
		{"/authorization/subjects/u-ana", 200, "id name grants version"},
		{"/authorization/subjects/u-ana?includeDuplicates=true", 200, "id grants"},
		{"/authorization/subjects/g-qa", 200, "id grants"},
		{"/authorization/subjects/none", 404, ""},
		{"/authorization/subjects/me", 200, "id grants"},
		{"/authorization/subjects/rolecounts?id=u-ana,u-maria", 200, "u-ana u-maria"},
		{"/authorization/divisions/div-home/grants?pageSize=500", 200, numbered},
		{"/authorization/divisions/div-home/grants?pageSize=501", 400, ""},
		{"/authorization/divisions/none/grants", 404, ""},
		{"/authorization/divisions/*/grants", 404, ""},
		{"/authorization/divisionspermitted/paged/u-ana?permission=routing:queue:view", 200, numbered + " allDivsPermitted"},
		{"/authorization/divisionspermitted/paged/u-ana", 400, ""},
		{"/authorization/divisionspermitted/paged/none?permission=routing:queue:view", 404, ""},
		{"/authorization/divisionspermitted/paged/me?permission=routing:queue:view", 200, "allDivsPermitted"},
		{"/users/u-ana/roles", 200, "roles permissions unusedRoles"},
		{"/authorization/divisions", 200, numbered},
		{"/authorization/divisions/query", 200, "entities -total"},
		{"/authorization/divisions/home", 200, "id homeDivision -objectCounts"},
		{"/authorization/divisions/deleted", 200, numbered},
		{"/authorization/divisions/div-home?objectCount=true", 200, "id objectCounts"},
		{"/users", 200, numbered},
		{"/users?pageSize=501", 400, ""},
		{"/users?pageSize=0", 400, ""},
		{"/users?pageNumber=x", 400, ""},
		{"/users?state=gone", 400, ""},
		{"/users/query", 200, "entities results selfUri -total"},
		{"/users/query?cursor=!", 400, ""},
		{"/users/u-ana", 200, "id division -employerInfo -lastTokenIssued"},
		{"/users/u-ana?expand=employerInfo,lasttokenissued,groups,team,authorization", 200, "employerInfo lastTokenIssued groups authorization"},
		{"/users/u-amir?expand=team", 200, "team"},
		{"/users/me", 400, ""},
		{"/users/none", 404, ""},
		{"/users/u-ana/trustors", 200, numbered},
		{"/groups", 200, numbered},
		{"/groups/g-qa", 200, "id memberCount -division"},
		{"/groups/none", 404, ""},
		{"/groups/g-qa/members", 200, numbered},
		{"/groups/g-qa/individuals", 200, "entities -pageNumber"},
		{"/groups/g-qa/dynamicsettings", 404, ""},
		{"/teams", 200, "entities -total"},
		{"/teams/team-a", 200, "id division memberCount"},
		{"/teams/none", 404, ""},
		{"/teams/team-a/members", 200, "entities -total"},
		{"/teams/team-a/members?after=!", 400, ""},
		{"/oauth/clients", 200, "entities -pageNumber"},
		{"/oauth/clients/oc-wallboard", 200, "id secret roleDivisions authorizedGrantType"},
		{"/oauth/clients/none", 404, ""},
		{"/oauth/authorizations", 200, "entities"},
		{"/oauth/scopes", 200, "entities"},
		{"/oauth/clients/oc-wallboard/usage/summary", 200, "executionId resultsUri"},
		{"/oauth/clients/none/usage/summary", 404, ""},
		{"/oauth/clients/oc-wallboard/usage/query/results/none", 404, ""},
		{"/tokens/me", 200, "organization homeOrganization OAuthClient"},
		{"/orgauthorization/trustees", 200, numbered},
		{"/orgauthorization/trustees/care", 200, "entities"},
		{"/orgauthorization/trustees/default", 404, ""},
		{"/orgauthorization/trustees/org-northwind", 200, "id organization enabled"},
		{"/orgauthorization/trustees/org-northwind/users", 200, numbered},
		{"/orgauthorization/trustees/org-northwind/users/tu-nora/roles", 200, "roles"},
		{"/orgauthorization/trustees/org-northwind/groups", 200, numbered},
		{"/orgauthorization/trustees/org-northwind/groups/none/roles", 404, ""},
		{"/orgauthorization/trustees/org-northwind/clonedusers", 200, "entities"},
		{"/orgauthorization/trustees/none/users", 404, ""},
		{"/orgauthorization/trustors", 200, numbered},
		{"/orgauthorization/trustors/none/users", 404, ""},
		{"/orgauthorization/trustors/none/groups", 404, ""},
		{"/orgauthorization/trustors/none/clonedusers", 404, ""},
		{"/routing/queues", 200, numbered},
		{"/routing/queues/divisionviews/all", 200, numbered},
		{"/routing/queues/q-a-sales/members", 200, "entities pageSize pageNumber -total -pageCount"},
		{"/routing/queues/q-a-sales/members?pageSize=101", 400, ""},
		{"/routing/queues/none/members", 404, ""},
		{"/routing/queues/q-a-sales", 200, "id division memberCount"},
		{"/routing/queues/none", 404, ""},
		{"/scim/v2/users", 200, "totalResults startIndex itemsPerPage Resources"},
		{"/flows", 200, numbered},
		{"/flows?type=inqueuecall&divisionId=div-bpo-a", 200, numbered},
		{"/routing/skillgroups", 200, "entities -total"},
		{"/audits/query/servicemapping", 200, "services"},
		{"/audits/query/realtime/servicemapping", 200, "services"},
		{"/audits/query/none", 404, ""},
		{"/audits/query/none/results", 404, ""},
		{"/nothing/there", 404, ""},
	} {
		asked[n.endpoint(test.path)] = true
		status, body, header := n.ask(http.MethodGet, test.path, nil)
		if status != test.status {
			t.Errorf("GET %s: %d %s; want %d", test.path, status, body, test.status)
			continue
		}
		if header.Get("ININ-Correlation-Id") == "" || header.Get("Content-Type") != "application/json" {
			t.Errorf("GET %s: headers %v", test.path, header)
		}
		var got map[string]json.RawMessage
		n.decode(body, &got)
		want := test.fields
		if status != 200 {
			want = "status code message messageWithParams messageParams contextId details errors"
		}
		for f := range strings.FieldsSeq(want) {
			name, not := strings.CutPrefix(f, "-")
			if (got[name] != nil) == not {
				t.Errorf("GET %s: field %s is there: %t: %s", test.path, name, !not, body)
			}
		}
	}
	for _, e := range endpoints() {
		if strings.HasPrefix(e.pattern, "GET") && !asked[e.pattern] && e.pattern != "GET /api/v2/authorization/divisions/limit" && e.pattern != "GET /api/v2/authorization/divisionspermitted/me" && !slices.ContainsFunc(objectKinds(), func(k objectKind) bool { return strings.HasSuffix(e.pattern, k.path) }) {
			t.Errorf("no test asks %s", e.pattern)
		}
	}
}

// endpoint returns the endpoint that answers a path.
func (n *naive) endpoint(path string) string {
	r := httptest.NewRequestWithContext(n.t.Context(), http.MethodGet, inAPI(path), nil)
	_, pattern := n.s.mux.Handler(r)
	return pattern
}

// TestPlainAnswers looks at the two answers that are no objects.
func TestPlainAnswers(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	status, body, _ := n.ask(http.MethodGet, "/authorization/divisions/limit", nil)
	if status != 200 || string(body) != "1000" {
		t.Errorf("limit: %d %s", status, body)
	}
	status, body, _ = n.ask(http.MethodGet, "/authorization/divisionspermitted/me?permission=routing:queue:view", nil)
	var list []json.RawMessage
	n.decode(body, &list)
	if status != 200 || len(list) != 8 {
		t.Errorf("divisionspermitted/me: %d %s; want 8 divisions", status, body)
	}
}

// TestReadOnly tries to write, in every way that the reference knows.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	for _, test := range []struct{ method, path string }{
		{"POST", "/authorization/roles"},
		{"PUT", "/authorization/roles/role-admin"},
		{"PATCH", "/users/u-ana"},
		{"DELETE", "/users/u-ana"},
		{"POST", "/oauth/clients/oc-wallboard/secret"},
		{"POST", "/authorization/subjects/u-ana/bulkadd"},
		{"DELETE", "/tokens/u-ana"},
		{"PUT", "/users/u-ana/roles"},
		{"POST", "/users/query"},
		{"POST", "/groups/g-qa/members"},
		{"PATCH", "/scim/v2/users/u-ana"},
	} {
		if status, body, _ := n.ask(test.method, test.path, strings.NewReader("{}")); status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d %s; want 405", test.method, test.path, status, body)
		}
		refused := n.s.Refused()
		if want := test.method + " " + inAPI(test.path); len(refused) == 0 || refused[len(refused)-1] != want {
			t.Errorf("refused %v; want %s last", refused, want)
		}
	}
	if status, _, _ := n.ask("GET", "/nothing", nil); status != 404 {
		t.Errorf("GET of nothing: %d; want 404", status)
	}
	if got := len(n.s.Refused()); got != 11 {
		t.Errorf("refused %d; want the 11 that would write", got)
	}
}

// TestCalls counts calls by endpoint.
func TestCalls(t *testing.T) {
	t.Parallel()
	n := told(t, Options{})
	n.get("/users")
	n.get("/users/u-ana")
	n.get("/users/u-bo")
	want := map[string]int{"POST /oauth/token": 1, "GET /api/v2/users": 1, "GET /api/v2/users/{userId}": 2}
	if got := n.s.Calls(); !maps.Equal(got, want) {
		t.Errorf("Calls() = %v; want %v", got, want)
	}
	if got := n.s.Total(); got != 4 {
		t.Errorf("Total() = %d; want 4", got)
	}
}
