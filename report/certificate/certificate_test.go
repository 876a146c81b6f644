package certificate

import (
	"bytes"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/internal/sample"
)

func forms(t *testing.T, c *Certificate) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The certificate of one tenant has no word of the others: not their names,
// people, divisions, groups or roles.
func TestTellsNothingOfOthers(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(d, "BPO_B")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Outside) == 0 || c.Standing != report.StandingReached {
		t.Fatalf("nobody reaches BPO_B in the sample: %+v", c)
	}
	secret := map[string]bool{"QA": true, "ciso@corp.example": true}
	for i := range d.Principals {
		if p := &d.Principals[i]; p.Tenant != "BPO_B" {
			secret[p.Name], secret[p.Email], secret[p.ID] = true, true, len(p.ID) > 3
		}
	}
	for _, tn := range d.Matrix.Tenants {
		if tn.Name != "BPO_B" {
			secret[tn.Name], secret[tn.Owner] = true, true
			for _, div := range tn.Divisions {
				secret[div.Name] = true
			}
		}
	}
	for i := range d.Roles {
		secret[d.Roles[i].Name] = true
	}
	text := forms(t, c)
	delete(secret, "")
	for _, ordinary := range []string{"Agent", "QA", "Internal", "Home", "Supervisor"} {
		if secret[ordinary] && strings.Contains(strings.ReplaceAll(text, ordinary+" ", ""), `"`+ordinary+`"`) {
			t.Errorf("it says %q", ordinary)
		}
		delete(secret, ordinary)
	}
	for s, is := range secret {
		if is && len(s) > 3 && strings.Contains(text, s) {
			t.Errorf("it says %q", s)
		}
	}
}

// The numbers are those of the report.
func TestNumbersAreTheReports(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Verdicts {
		v := &d.Verdicts[i]
		c, err := New(d, v.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		outside, allowed, wide := 0, 0, 0
		for _, p := range c.Outside {
			outside, allowed, wide = outside+p.Principals, allowed+p.Allowed, wide+p.OrganizationWide
		}
		if outside != v.Outside || allowed != v.Allowed || wide != v.OrganizationWide {
			t.Errorf("%s: %d outside, %d allowed, %d organization-wide; the report says %d, %d, %d",
				v.Tenant, outside, allowed, wide, v.Outside, v.Allowed, v.OrganizationWide)
		}
		findings := 0
		for _, f := range c.Findings {
			findings += f.Findings
		}
		if findings != v.Findings {
			t.Errorf("%s: %d findings; the report says %d", v.Tenant, findings, v.Findings)
		}
	}
}

// With something unknown the page never says that the tenant is isolated.
func TestNeverIsolatedWithGaps(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Verdicts {
		c, err := New(d, d.Verdicts[i].Tenant)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Unknown) > 0 && (c.Standing == report.StandingIsolated || strings.Contains(forms(t, c), "is isolated:")) {
			t.Errorf("%s: isolated with unknowns %v", c.Tenant, c.Unknown)
		}
	}
}

func TestUnknownTenant(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(d, "BPO_Z"); err == nil || !strings.Contains(err.Error(), `"BPO_Z"`) {
		t.Errorf("New of an unknown tenant: %v", err)
	}
}

// Hostile names stay text.
func TestHostileNames(t *testing.T) {
	d, err := sample.Document()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(d, "<b>Evil & Co</b>/?#")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "<b>Evil") || strings.Contains(b.String(), "<script") {
		t.Error("a name became markup")
	}
}
