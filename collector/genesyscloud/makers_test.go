package genesyscloud

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/collector/simulator/platform"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// What is audited of four grants: one is made by a user and named in property
// changes, one by a client and named in the context; of the third two events
// disagree; the fourth was made at another time than the event says. An event that
// takes away, one that failed and one that names two roles say nothing.
const audits = `[
  {"id": "e1", "eventDate": "2026-02-02T09:00:02Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entityType": "AuthUser", "entity": {"id": "u-ana"}, "status": "SUCCESS", "user": {"id": "u-olga"},
   "propertyChanges": [{"property": "role", "oldValues": [], "newValues": ["role-bpo-supervisor"]}, {"property": "division", "newValues": ["div-bpo-a"]}]},
  {"id": "e2", "eventDate": "2026-05-04T08:00:00Z", "serviceName": "PeoplePermissions", "action": "MemberAdd", "entityType": "Role", "entity": {"id": "role-bpo-view-supervisor"}, "status": "SUCCESS", "client": {"id": "oc-reporting-bridge"},
   "context": {"division": "div-bpo-a"}, "entityChanges": [{"entityId": "u-aldo", "entityType": "AuthUser"}]},
  {"id": "e3", "eventDate": "2026-05-04T08:01:00Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entity": {"id": "u-aldo"}, "user": {"id": "u-olga"}, "context": {"a": "role-bpo-flow-viewer", "b": "div-home"}},
  {"id": "e4", "eventDate": "2026-05-04T08:01:01Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entity": {"id": "u-aldo"}, "user": {"id": "u-sam"}, "context": {"a": "role-bpo-flow-viewer", "b": "div-home"}},
  {"id": "e5", "eventDate": "2026-02-20T10:00:00Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entity": {"id": "u-maria"}, "user": {"id": "u-olga"}, "context": {"a": "role-bpo-roster", "b": "div-bpo-a"}},
  {"id": "e6", "eventDate": "2026-02-02T09:00:01Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entity": {"id": "u-ana"}, "status": "FAILURE", "user": {"id": "u-sam"}, "context": {"a": "role-bpo-supervisor", "b": "div-bpo-a"}},
  {"id": "e7", "eventDate": "2026-02-02T09:00:01Z", "serviceName": "PeoplePermissions", "action": "MemberRemove", "entity": {"id": "u-ana"}, "user": {"id": "u-sam"}, "context": {"a": "role-bpo-supervisor", "b": "div-bpo-a"}},
  {"id": "e8", "eventDate": "2026-02-02T09:00:01Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entity": {"id": "u-ana"}, "user": {"id": "u-sam"}, "context": {"a": "role-bpo-supervisor", "b": "div-bpo-a", "c": "role-bpo-roster"}},
  {"id": "e9", "eventDate": "2026-02-02T09:05:00Z", "serviceName": "PeoplePermissions", "action": "AuthorizationChanged", "entity": {"id": "u-maria"}, "user": {"id": "u-olga"}, "context": {"a": "role-bpo-supervisor", "b": "*"}}
]`

func TestWhoMadeGrants(t *testing.T) {
	t.Parallel()
	// Without dates for grants in all divisions, the only event of e9's grant is taken.
	for _, dated := range []bool{true, false} {
		site := serve(t, load(t, replaced(t, simulator.Told(), "audits.json", audits)), platform.Options{AllDivisionGrants: dated})
		live := site.source(t, filepath.Join(t.TempDir(), "log"))
		live.o.AuditFor = 400 * 24 * time.Hour
		var m memory
		if err := live.Collect(t.Context(), &m); err != nil {
			t.Fatal(err)
		}
		want := map[grantIDs]string{
			{"u-ana", "role-bpo-supervisor", "div-bpo-a"}:          "u-olga",
			{"u-aldo", "role-bpo-view-supervisor", "div-bpo-a"}:    "oc-reporting-bridge",
			{"u-aldo", "role-bpo-flow-viewer", "div-home"}:         "",
			{"u-maria", "role-bpo-roster", "div-bpo-a"}:            "",
			{"u-maria", "role-bpo-supervisor", authz.AllDivisions}: "u-olga",
		}
		seen := 0
		for _, g := range m.Grant {
			by, asked := want[grantIDs{g.Subject.ID, g.Role, g.Division}]
			if asked {
				seen++
			}
			if g.MadeBy != by {
				t.Errorf("dated %v: %s was made by %q; want %q", dated, g.Key().ID, g.MadeBy, by)
			}
		}
		if seen != len(want) {
			t.Errorf("%d grants of %d are there", seen, len(want))
		}
	}
}
