package rules_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/rules"
)

func TestAttributes(t *testing.T) {
	t.Parallel()
	list := map[string]config.Expression{
		"bpo":         {Text: `user.employerInfo.employeeType == "BPO"`},
		"night":       {Text: `has(user.title) && user.title.contains("Night")`},
		"cost_centre": {Text: `user.department`},
		"home":        {Text: `user.division.name == "Home"`},
	}
	a, err := rules.CompileAttributes(list)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		user authz.User
		want map[string]string
	}{
		{authz.User{ID: "u"}, map[string]string{"night": "false"}}, // of the rest nobody can tell
		{
			authz.User{ID: "u", EmployeeType: "BPO", Title: "Night Lead", Department: "Sales", Division: "d"},
			map[string]string{"bpo": "true", "night": "true", "cost_centre": "Sales", "home": "true"},
		},
		{authz.User{ID: "u", EmployeeType: "staff"}, map[string]string{"bpo": "false", "night": "false"}},
	}
	for _, tt := range tests {
		got, err := a.Of(&tt.user, "Home")
		if err != nil || !maps.Equal(got, tt.want) {
			t.Errorf("Of(%+v) = %v, %v; want %v", tt.user, got, err, tt.want)
		}
	}
}

func TestAttributesWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"user.(":                          "is no expression",
		"nobody.name":                     "is no expression",
		"1 + 1":                           "gives int",
		"user.name == 'a' ? 'b' : 1 == 1": "is no expression",
	} {
		_, err := rules.CompileAttributes(map[string]config.Expression{"x": {Text: text, Pos: config.Pos{File: "grantgraph.yaml", Line: 3, Column: 9}}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "grantgraph.yaml:3:9") {
			t.Errorf("%s: %v; want %q with its place", text, err, want)
		}
	}
	a, err := rules.CompileAttributes(map[string]config.Expression{"x": {Text: "user.licences"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Of(&authz.User{ID: "u", Licences: []string{"a"}}, ""); err == nil {
		t.Error("a list is taken for a text")
	}
}

// TestAttributeFlag shows that the attribute bpo stands for the flag that the
// platform lacks: TI-021 compares it with the tenant.
func TestAttributeFlag(t *testing.T) {
	t.Parallel()
	base := bases(t)["clean"]
	base.Config = append(append([]byte{}, base.Config...), "\nattributes: {bpo: 'user.email.endsWith(\"bpo-a.example\") && !user.email.startsWith(\"ana@\")'}\n"...)
	src := `pack: ours
version: 1
rules:
  - id: OU-001
    title: t
    severity: high
    fact: principal
    select: {live: true, kind: user}
    when: "principal.bpo_expected != '' && principal.bpo != principal.bpo_expected && principal.tenant == 'BPO_A'"
    key: [tenant]
    message: m
    why: w
    fix: f
    tests:
      - {base: clean, change: [{user: {id: u-new, name: New, email: ana@bpo-a.example, division: BPO_A}}], finds: ["user:u-new"]}
      - {base: clean, change: [{user: {id: u-new, name: New, email: new@bpo-a.example, division: BPO_A}}], finds: []}
`
	set, err := rules.Load([]rules.Source{{Name: "ours.yaml", Data: []byte(src)}}, rules.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	results, err := rules.Test(t.Context(), set, map[string]rules.Base{"clean": base})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("names %v; want %v: %s", r.Got, r.Want, r.Detail)
		}
	}
}
