package reference_test

import (
	"strconv"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// The organization of the tables of section 5:
//
//	ada, bob in a; cyd in b; leads holds ada and inner; inner (inactive) holds cyd
//	q1 in a lists group leads, q2 in b lists ada, q3 in a lists team red, q4 everywhere
//	red holds bob
const floor = `
division a
division b
user ada in a
user bob in a
user cyd in b
group leads ada inner owners=bob
group inner cyd state=inactive
group other
team red bob
queue q1 in a lists=GROUP:leads
queue q2 in b ada
queue q3 in a lists=TEAM:red
queue q4 lists=SKILLGROUP:leads
view v queues=q1 users=bob
view broken queues=gone
catalogue routing:queue:view aware
catalogue directory:user:view aware
catalogue routing:skill:view aware
client bot
grant ada r
grant bot r
`

// scoped returns the organization with the role's three lines.
func scoped(how string) string {
	return floor + "role r routing:queue:view " + how + "\nrole r directory:user:view " + how + "\nrole r routing:skill:view " + how + "\n"
}

// Section 5, scopes: each row of the table.
func TestScopes(t *testing.T) {
	t.Parallel()
	conditional := []string{"ada routing:queue:view a: conditional", "ada directory:user:view b: conditional"}
	run(t, []law{
		{name: "none", text: scoped(""), answers: []string{"ada routing:queue:view a: whole", "ada routing:queue:view *: whole"}},
		{name: "all", text: scoped("scope=All"), answers: []string{"ada routing:queue:view a: whole"}},
		{name: "organization", text: scoped("scope=organization"), answers: []string{"ada routing:queue:view a: whole"}},
		{name: "group named", text: scoped("scope=group groups=leads"), answers: []string{
			"ada routing:queue:view a: limited queue:q1", "ada routing:queue:view b: none",
			"ada directory:user:view a: limited user:ada user:bob", "ada directory:user:view b: limited user:cyd",
			"ada routing:skill:view a: limited queue:q1 user:ada user:bob",
			"ada directory:user:view *: limited user:ada user:bob user:cyd",
		}},
		{name: "group not named", text: scoped("scope=group") + "grant cyd r\n", answers: []string{
			"ada routing:queue:view a: limited queue:q1", "cyd routing:queue:view a: none", "client:bot routing:queue:view a: none",
		}},
		{name: "team named", text: scoped("scope=team teams=red"), answers: []string{
			"ada routing:queue:view a: limited queue:q3", "ada directory:user:view a: limited user:bob", "ada directory:user:view b: none",
		}},
		{name: "team not named", text: scoped("scope=team") + "grant bob r\n", answers: []string{
			"ada routing:queue:view a: none", "bob routing:queue:view a: limited queue:q3",
		}},
		{name: "view", text: scoped("scope=view views=v"), answers: []string{
			"ada routing:queue:view a: limited queue:q1", "ada directory:user:view a: limited user:bob", "ada routing:queue:view b: none",
		}},
		{name: "assigned", text: scoped("scope=assigned") + "grant cyd r\n", answers: []string{
			"ada routing:queue:view a: limited queue:q1", "ada routing:queue:view b: limited queue:q2", "ada directory:user:view a: limited user:ada",
			// cyd is in leads through a group that is not active: routing is not roles
			"cyd routing:queue:view a: limited queue:q1", "client:bot routing:queue:view a: none",
		}},
		{name: "assigned through a team", text: scoped("scope=assigned") + "grant bob r\n", answers: []string{"bob routing:queue:view a: limited queue:q1 queue:q3"}},
		{name: "self", text: scoped("scope=self"), answers: []string{
			"ada directory:user:view a: limited user:ada", "ada directory:user:view b: none", "ada routing:queue:view a: none", "client:bot directory:user:view a: none",
		}},
		{name: "unknown word", text: scoped("scope=galaxy"), answers: conditional},
		{name: "view not named", text: scoped("scope=view"), answers: conditional},
		{name: "absent group", text: scoped("scope=group groups=leads,gone"), answers: conditional},
		{name: "absent team", text: scoped("scope=team teams=gone"), answers: conditional},
		{name: "absent view", text: scoped("scope=view views=gone"), answers: conditional},
		{name: "absent in a view", text: scoped("scope=view views=broken"), answers: conditional},
		{name: "groups missing", text: scoped("scope=group groups=leads") + "missing groups", answers: conditional},
		{name: "members missing", text: scoped("scope=group groups=leads") + "missing group_members", answers: conditional},
		{name: "a group not read", text: scoped("scope=group groups=leads") + "group blind unread", answers: conditional},
		{name: "a queue not read", text: scoped("scope=team") + "queue blind unread", answers: conditional},
		{name: "queues missing", text: scoped("scope=assigned") + "missing queues", answers: conditional},
		{name: "teams missing", text: scoped("scope=assigned") + "missing teams", answers: conditional},
		{name: "teams missing, by groups", text: scoped("scope=group groups=leads") + "missing teams", answers: []string{"ada routing:queue:view a: limited queue:q1"}},
		{name: "views missing", text: scoped("scope=view views=v") + "missing views", answers: conditional},
		{name: "unknown awareness", text: floor + "role r routing:queue:edit scope=view views=v\nuser eve\ngrant eve r b", answers: []string{
			"eve routing:queue:edit a: limited queue:q1 ?", "eve routing:queue:edit b: none",
		}},
	})
}

// Section 5, conditions.
func TestConditions(t *testing.T) {
	t.Parallel()
	when := func(json string) string { return scoped("if=" + strconv.Quote(json)) }
	run(t, []law{
		{name: "queue", text: when(`{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}]}`), answers: []string{
			"ada routing:queue:view a: limited queue:q1",
			// nothing of it lies in b: it speaks of something else there
			"ada routing:queue:view b: conditional", "ada routing:queue:view *: limited queue:q1",
		}},
		{name: "a condition is not filtered by the permission", text: when(`{"operator":"IN","operands":[{"type":"USER","value":"bob"}]}`), answers: []string{"ada routing:queue:view a: limited user:bob"}},
		{name: "team", text: when(`{"operator":"IN","operands":[{"type":"TEAM","team":"red"}]}`), answers: []string{"ada routing:queue:view a: limited queue:q3 user:bob"}},
		{name: "other operator", text: when(`{"operator":"GT","operands":[{"type":"QUEUE","queue":"q1"}]}`), answers: []string{"ada routing:queue:view a: conditional"}},
		{name: "scalar", text: when(`{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"},{"type":"SCALAR","value":"7"}]}`), answers: []string{"ada routing:queue:view a: conditional"}},
		{name: "absent id", text: when(`{"operator":"EQ","operands":[{"type":"QUEUE","queue":"gone"}]}`), answers: []string{"ada routing:queue:view a: conditional"}},
		{name: "empty", text: when(`{}`), answers: []string{"ada routing:queue:view a: whole"}},
		{name: "and", text: when(`{"conjunction":"AND","terms":[{"operator":"IN","operands":[{"type":"QUEUE","queue":"q1"},{"type":"QUEUE","queue":"q3"}]},{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}]}]}`), answers: []string{"ada routing:queue:view a: limited queue:q1"}},
		{name: "and with an unknown", text: when(`{"conjunction":"AND","terms":[{"operator":"GT","operands":[{"type":"SCALAR"}]},{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}]}]}`), answers: []string{"ada routing:queue:view a: limited queue:q1 ?"}},
		{name: "or", text: when(`{"conjunction":"OR","terms":[{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q3"}]},{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}]}]}`), answers: []string{"ada routing:queue:view a: limited queue:q1 queue:q3"}},
		{name: "or with an unknown", text: when(`{"terms":[{"operator":"GT","operands":[{"type":"SCALAR"}]},{"operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}]}]}`), answers: []string{"ada routing:queue:view a: conditional"}},
		{name: "operands beside terms", text: when(`{"conjunction":"AND","operator":"EQ","operands":[{"type":"QUEUE","queue":"q1"}],"terms":[{"operator":"IN","operands":[{"type":"QUEUE","queue":"q1"},{"type":"QUEUE","queue":"q3"}]}]}`), answers: []string{"ada routing:queue:view a: limited queue:q1"}},
		{name: "with a scope", text: scoped("scope=group groups=leads if=" + strconv.Quote(`{"operator":"EQ","operands":[{"type":"USER","user":"ada"}]}`)), answers: []string{
			"ada directory:user:view a: limited user:ada", "ada directory:user:view b: limited user:cyd ?", "ada routing:queue:view a: limited queue:q1 ?",
		}},
	})
}

// Section 6.
func TestAccessPolicies(t *testing.T) {
	t.Parallel()
	enforced := reference.Options{EnforceDeny: true}
	const deny = "policy p routing:queue:view DENY "
	const q = " routing:queue:view a: "
	run(t, []law{
		{name: "all", text: scoped("") + deny + "ALL active", answers: []string{"ada" + q + "conditional", "client:bot" + q + "whole", "ada directory:user:view a: whole"}},
		{name: "allow", text: scoped("") + "policy p routing:*:view ALLOW ALL active", answers: []string{"ada" + q + "conditional"}},
		{name: "inactive", text: scoped("") + deny + "ALL inactive", answers: []string{"ada" + q + "whole"}},
		{name: "unknown activity", text: scoped("") + deny + "ALL", answers: []string{"ada" + q + "whole"}},
		{name: "limited", text: scoped("scope=view views=v") + deny + "ALL active", answers: []string{"ada" + q + "limited queue:q1 ?"}},
		{name: "user", text: scoped("") + deny + "USER:ada active", answers: []string{"ada" + q + "conditional"}},
		{name: "another user", text: scoped("") + deny + "USER:bob active", answers: []string{"ada" + q + "whole"}},
		{name: "group", text: scoped("") + deny + "GROUP:leads active", answers: []string{"ada" + q + "conditional"}},
		{name: "team", text: scoped("") + deny + "TEAM:red active\ngrant bob r", answers: []string{"ada" + q + "whole", "bob" + q + "conditional"}},
		{name: "clients", text: scoped("") + deny + "ALL active clients", answers: []string{"client:bot" + q + "conditional"}},
		{name: "client", text: scoped("") + deny + "CLIENT:bot active", answers: []string{"client:bot" + q + "conditional", "ada" + q + "whole"}},
		{name: "trustee's group", text: scoped("") + deny + "GROUP:tg active\ngroup tg trustee=T unread\ngrant tg r", answers: []string{"trustee_group:tg" + q + "conditional"}},
		{name: "enforced", text: scoped("") + deny + "ALL active", options: enforced, answers: []string{"ada" + q + "none", "client:bot" + q + "whole"}},
		{name: "enforced with a condition", text: scoped("") + deny + "ALL active if=x", options: enforced, answers: []string{"ada" + q + "conditional"}},
		{name: "enforced allow", text: scoped("") + "policy p routing:*:view ALLOW ALL active", options: enforced, answers: []string{"ada" + q + "conditional"}},
		{name: "enforced through an inactive group", text: scoped("") + deny + "GROUP:leads active\ngrant cyd r\ngrant bob r", options: enforced, answers: []string{"cyd" + q + "conditional", "bob" + q + "none"}},
	})
}
