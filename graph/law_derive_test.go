package graph_test

import "testing"

// Section 4, inheritance and the union.
func TestLawOfDerivations(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "a role gives what it inherits",
			org:  lawRole + "user ada\nrole s inherits u\nrole u inherits r\ngrant ada s a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by s@a > u > r"},
		},
		{
			name: "a role does not give what inherits it",
			org:  lawRole + "user ada\nrole base x:y:z\nrole r inherits base\ngrant ada base a",
			says: []string{"ada routing:queue:view a = none"},
		},
		{
			name: "inheritance goes by id, else by every role of exactly that name",
			org:  lawRole + "user ada\nuser bo\nrole r name=View\nrole s inherits View\nrole t inherits view\nrole other name=View x:y:z\ngrant ada s a\ngrant bo t a",
			says: []string{"ada routing:queue:view a = whole", "ada x:y:z a = whole", "bo routing:queue:view a = none"},
		},
		{
			name: "an id comes before a name",
			org:  lawRole + "user ada\nrole View x:y:z\nrole r name=View\nrole s inherits View\ngrant ada s a",
			says: []string{"ada routing:queue:view a = none", "ada x:y:z a = whole"},
		},
		{
			name: "a loop of roles ends",
			org:  lawRole + "user ada\nrole s inherits t\nrole t inherits s r\ngrant ada s a",
			says: []string{"ada routing:queue:view a by s@a > t > r"},
		},
		{
			name: "a wider grant beside a narrower one wins",
			org:  lawRole + "user ada\nrole n routing:queue:view scope=galaxy\ngrant ada n a\ngrant ada r a",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view a by r@a, n@a"},
		},
		{
			name: "a further group takes nothing away",
			org:  lawRole + "user ada\ngroup g ada roles=false\nrole n routing:queue:view scope=self\ngrant ada r a\ngrant g n a",
			says: []string{"ada routing:queue:view a = whole"},
		},
		{
			name: "there is one reason for each subject, grant and policy",
			org:  lawRole + "user ada\ngroup g ada\nrole r routing:*:*\ngrant ada r a\ngrant ada r\ngrant g r a",
			says: []string{"ada routing:queue:view a by r@a, r@a, r@*, r@*, g > r@a, g > r@a", "ada routing:queue:view b by r@*, r@*"},
		},
		{
			name: "a grant in a division reaches no other",
			org:  lawRole + "user ada\ngrant ada r b",
			says: []string{"ada routing:queue:view a = none", "ada routing:queue:view b = whole", "ada routing:queue:view * = none"},
		},
		{
			name: "grants in each division there is are not a grant in all that will be",
			org:  lawRole + "user ada\ngrant ada r a\ngrant ada r b",
			says: []string{"ada routing:queue:view a = whole", "ada routing:queue:view b = whole", "ada routing:queue:view * = none"},
		},
	})
}

// Section 4, OAuth clients.
func TestLawOfClients(t *testing.T) {
	t.Parallel()
	laws := []law{
		{
			name: "a client with credentials of its own is a principal, whatever its scopes",
			org:  lawRole + "client c type=CLIENT-CREDENTIALS scopes=users:readonly\nclient d type=client_credentials\ngrant c r a\ngrant d r a",
			says: []string{"c routing:queue:view a = whole", "d routing:queue:view a = whole", "acting = oauth_client:c oauth_client:d"},
		},
		{
			name: "a client of an unknown grant type is a principal of its own",
			org:  lawRole + "client c type=DEVICE\ngrant c r a",
			says: []string{"c routing:queue:view a = whole"},
		},
		{
			name: "a delegated client in a group has nothing either",
			org:  lawRole + "client c type=CODE\ngroup g c\ngrant g r a",
			says: []string{"c routing:queue:view a = none", "acting ="},
		},
	}
	for _, grantType := range []string{"CODE", "TOKEN", "SAML2-BEARER", "PASSWORD", "code"} {
		laws = append(laws, law{
			name: "a client of grant type " + grantType + " acts as whoever signs in, whatever is granted",
			org:  lawRole + "client c type=" + grantType + "\ngrant c r a",
			says: []string{"c routing:queue:view a = none", "acting =", "dormant =", "delegated = oauth_client:c"},
		})
	}
	uphold(t, laws)
}

// Section 4, trustee organizations.
func TestLawOfTrustees(t *testing.T) {
	t.Parallel()
	const at = "at 2026-02-01T00:00:00Z\n"
	uphold(t, []law{
		{
			name: "a trustee's user with a grant here is a principal here",
			org:  lawRole + "user eve trustee=T\ngrant eve r a",
			says: []string{"trustee_user:eve routing:queue:view a = whole"},
		},
		{
			name: "so is one whom one of our groups holds",
			org:  lawRole + "user eve trustee=T\ngroup g eve\ngrant g r a",
			says: []string{"eve routing:queue:view a by g > r@a"},
		},
		{
			name: "one that holds nothing here is not",
			org:  lawRole + "user eve trustee=T\ngroup tg trustee=T unread",
			says: []string{"acting =", "dormant ="},
		},
		{
			name: "a trust counts until it has expired",
			org:  at + lawRole + "trust T expires=2026-01-31T23:59:59Z\ntrust U expires=2026-02-01T00:00:00Z\nuser eve trustee=T\nuser fay trustee=U\ngrant eve r a\ngrant fay r a",
			says: []string{"eve routing:queue:view a = none", "fay routing:queue:view a = whole"},
		},
		{
			name: "a trust without a record lets people in",
			org:  lawRole + "user eve trustee=T\ngrant eve r a\nmissing trustees",
			says: []string{"eve routing:queue:view a = whole"},
		},
		{
			name: "a trustee's group is itself the principal",
			org:  lawRole + "group tg trustee=T unread\ngrant tg r a",
			says: []string{"acting = trustee_group:tg", "undetermined routing:queue:view a ="},
		},
		{
			// eve and bo are in tg at home; tg holds the grant here
			name: "its members are principals as well where their organization is in the snapshot",
			org:  "org o\n" + lawRole + "group tg trustee=T unread\ngrant tg r a\norg T\nuser eve\nuser out state=inactive\nuser bo\ngroup inner bo\ngroup tg eve out inner",
			says: []string{
				"trustee_group:tg routing:queue:view a = whole", "trustee_user:eve routing:queue:view a = whole",
				"trustee_user:bo routing:queue:view a = whole", "trustee_user:out routing:queue:view a = none",
				"trustee_user:eve routing:queue:view a by tg > r@a", "trustee_user:bo routing:queue:view a by inner > tg > r@a",
			},
		},
		{
			name: "an inactive group at home hands on nothing",
			org:  "org o\n" + lawRole + "group tg trustee=T unread\ngrant tg r a\norg T\nuser bo\ngroup inner bo state=inactive\ngroup tg inner",
			says: []string{"trustee_user:bo routing:queue:view a = none"},
		},
		{
			name: "a disabled trust stops the members of its groups",
			org:  "org o\n" + lawRole + "trust T disabled\ngroup tg trustee=T unread\ngrant tg r a\norg T\nuser eve\ngroup tg eve",
			says: []string{"trustee_group:tg routing:queue:view a = none", "trustee_user:eve routing:queue:view a = none"},
		},
		{
			name: "a trust alone grants nothing",
			org:  lawRole + "trust T enabled",
			says: []string{"acting =", "trustee_organization:T routing:queue:view a = none"},
		},
		{
			name: "one with full access makes the trustee organization a principal",
			org:  lawRole + "trust T full",
			says: []string{
				"T routing:queue:view a = conditional", "T admin * = conditional", "T routing:queue:view a because trust",
				"T routing:queue:view a by trust T", "acting = trustee_organization:T",
			},
		},
		{
			name: "one that uses the default role does too, while it is enabled and not expired",
			org:  at + lawRole + "trust T default\ntrust U default disabled\ntrust V default expires=2026-01-01T00:00:00Z",
			says: []string{
				"T routing:queue:view b = conditional", "U routing:queue:view b = none", "V routing:queue:view b = none",
				"dormant = trustee_organization:U trustee_organization:V",
			},
		},
	})
}
