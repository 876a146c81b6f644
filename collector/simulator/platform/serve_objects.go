package platform

import "github.com/grantgraph/grantgraph/graph/authz"

// An objectKind is a type of object with a division that has a plain list.
type objectKind struct{ kind, path, permission string }

// objectKinds are the types of objects that are listed by number, with the words
// that the call which moves objects has for them.
func objectKinds() []objectKind {
	return []objectKind{
		{"CAMPAIGN", "outbound/campaigns", "outbound:campaign:view"},
		{"CONTACTLIST", "outbound/contactlists", "outbound:contactList:view"},
		{"DNCLIST", "outbound/dnclists", "outbound:dncList:view"},
		{"MESSAGINGCAMPAIGN", "outbound/messagingcampaigns", "outbound:messagingCampaign:view"},
		{"FLOWMILESTONE", "flows/milestones", "architect:flowMilestone:view"},
		{"FLOWOUTCOME", "flows/outcomes", "architect:flowOutcome:view"},
		{"DATATABLES", "flows/datatables", "architect:datatable:view"},
		{"CALLROUTE", "architect/ivrs", "routing:callRoute:view"},
		{"EMERGENCYGROUPS", "architect/emergencygroups", "routing:emergencyGroup:view"},
		{"ROUTINGSCHEDULES", "architect/schedules", "routing:schedule:view"},
		{"ROUTINGSCHEDULEGROUPS", "architect/schedulegroups", "routing:scheduleGroup:view"},
		{"EXTENSIONPOOL", "telephony/providers/edges/extensionpools", "telephony:extensionPool:view"},
		{"LIBRARY", "responsemanagement/libraries", "responses:library:view"},
		{"WRAPUPCODE", "routing/wrapupcodes", "routing:wrapupCode:view"},
	}
}

func objectEndpoints() []endpoint {
	var out []endpoint
	for _, k := range objectKinds() {
		serve := func(c *call) (any, error) {
			sees := c.s.permittedIn(c.who, k.permission)
			return c.byNumber(c.inDivisions(c.named(c.listed(authz.ListObjects, k.kind, func(e *entity) bool {
				return e.kind == k.kind && sees.sees(e)
			}))))
		}
		out = append(out, get(k.path, serve, k.permission).of(authz.ListObjects))
	}
	return out
}
