package graph_test

import "testing"

// Section 9: what makes principals equal, and what sets them apart.
func TestLawOfEqualPrincipals(t *testing.T) {
	t.Parallel()
	uphold(t, []law{
		{
			name: "the way in which a role is held does not count",
			org:  lawRole + "user ada\nuser bo\nuser cy\ngroup g bo\nteam t cy\ngrant ada r a\ngrant g r a\ngrant t r a",
			says: []string{"classes = ada+bo+cy"},
		},
		{
			name: "kind, liveness, division and doubt count",
			org:  lawRole + "user ada\nuser bo\nuser out state=inactive\nuser far\nuser odd\nclient c\ngroup g odd roles=false\ngrant ada r a\ngrant bo r a\ngrant out r a\ngrant far r b\ngrant c r a\ngrant g r a",
			says: []string{"classes = ada+bo c far odd out"},
		},
		{
			name: "memberships count only where a role's scope looks at them",
			org:  lawRole + "user ada\nuser bo\nuser cy\nuser di\ngroup g ada cy\nrole s routing:queue:view scope=group\ngrant ada r\ngrant bo r\ngrant cy s\ngrant di s",
			says: []string{"classes = ada+bo cy di"},
		},
		{
			name: "a scope that names its groups looks at nobody's memberships",
			org:  lawRole + "user ada\nuser bo\ngroup g ada\nrole s routing:queue:view scope=group groups=g\ngrant ada s\ngrant bo s",
			says: []string{"classes = ada+bo"},
		},
		{
			name: "teams and queues count where a scope looks at them",
			org: lawRole + "user ada\nuser bo\nuser cy\nuser di\nteam t ada\nqueue q in a cy\nrole s routing:queue:view scope=team\nrole u routing:queue:view scope=assigned\n" +
				"grant ada s\ngrant bo s\ngrant cy u\ngrant di u",
			says: []string{"classes = ada bo cy di"},
		},
		{
			name: "self is a symbol",
			org:  lawRole + "user ada in a\nuser bo in a\nrole s directory:user:view scope=self\ngrant ada s\ngrant bo s",
			says: []string{"classes = ada+bo", "ada directory:user:view a = limited user:ada", "bo directory:user:view a = limited user:bo"},
		},
		{
			name: "the division of oneself counts where a scope leaves oneself",
			org:  lawRole + "user ada in a\nuser bo in b\nuser cy in a\nuser di in b\nrole s directory:user:view scope=self\ngrant ada s\ngrant bo s\ngrant cy r\ngrant di r",
			says: []string{"classes = ada bo cy+di"},
		},
		{
			name: "organizations are apart",
			org:  lawRole + "user ada\nuser bo\ngrant ada r a\ngrant bo r a\norg p\ndivision a\nuser pat\nrole r routing:queue:view\ngrant pat r a",
			says: []string{"classes = ada+bo pat"},
		},
		{
			name: "roles of equal lines are still two roles",
			org:  lawRole + "role s routing:queue:view\nuser ada\nuser bo\ngrant ada r a\ngrant bo s a",
			says: []string{"classes = ada bo"},
		},
		{
			name: "an active access policy sets those apart of whom it speaks",
			org:  lawRole + "user ada\nuser bo\nuser cy\ngroup g cy state=inactive\ngrant ada r\ngrant bo r\ngrant cy r\npolicy p routing:queue:view deny group:g active",
			says: []string{"classes = ada+bo cy"},
		},
		{
			name: "an inactive one does not",
			org:  lawRole + "user ada\nuser bo\ngrant ada r\ngrant bo r\npolicy p routing:queue:view deny user:bo inactive",
			says: []string{"classes = ada+bo"},
		},
	})
}
