package snapshot

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

var _ collector.Sink = (*Writer)(nil)

// told turns what a Reader yields back into records.
func told(t testing.TB, r *Reader) *authz.Records {
	t.Helper()
	out := &authz.Records{About: r.Info()}
	out.Organization = all(t, r.Organizations())
	out.Division = all(t, r.Divisions())
	out.Permission = all(t, r.Permissions())
	out.Role = all(t, r.Roles())
	out.User = all(t, r.Users())
	out.Group = all(t, r.Groups())
	out.Team = all(t, r.Teams())
	out.Client = all(t, r.Clients())
	out.Usage = all(t, r.Usages())
	out.Resource = all(t, r.Resources())
	out.View = all(t, r.Views())
	out.Trust = all(t, r.Trusts())
	out.AccessPolicy = all(t, r.AccessPolicies())
	out.Other = all(t, r.Others())
	out.CoverageLedger = all(t, r.Coverage())
	keys, err := r.Keys()
	if err != nil {
		t.Fatal(err)
	}
	members := map[authz.Key][]authz.Key{}
	for _, m := range all(t, r.Members()) {
		members[keys[m.Container]] = append(members[keys[m.Container]], keys[m.Member])
	}
	for _, l := range all(t, r.MemberLists()) {
		l.Members = members[l.Container]
		out.Member = append(out.Member, l)
	}
	for _, d := range all(t, r.GrantSources()) {
		for _, s := range d.Sources {
			g := authz.Grant{
				Org: keys[d.Role].Org, Subject: keys[d.Subject], Role: keys[d.Role].ID, Division: keys[d.Division].ID,
				MadeBy: d.MadeBy, Source: s,
			}
			if d.MadeAt != 0 {
				g.MadeAt = time.UnixMilli(d.MadeAt).UTC()
			}
			out.Grant = append(out.Grant, g)
		}
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	path, info := write(t, CreateOptions{Tool: "grantgraph test", Source: "fixture"}, fixture(), ledger())
	r := open(t, path)
	want := &authz.Records{CoverageLedger: ledger()}
	for _, rec := range fixture() {
		if err := want.Put(rec); err != nil {
			t.Fatal(err)
		}
	}
	want.About = authz.Info{
		ID: info.Seal[:12], TakenAt: clock(), Digest: info.Digest, Seal: info.Seal, Source: "fixture", Tool: "grantgraph test",
		Organizations: []string{org},
	}
	got := told(t, r)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(authz.Records{}), cmpopts.SortSlices(func(a, b authz.Record) bool { return a.Key().Compare(b.Key()) < 0 })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(info, r.Info()); diff != "" {
		t.Errorf("Seal and Info differ (-seal +info)\n%s", diff)
	}
	rep, err := Verify(t.Context(), path)
	if err != nil || !rep.Intact {
		t.Errorf("Verify = %+v, %v", rep, err)
	}
}

func TestOnlyOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "s.db")
	writeTo(t, path, CreateOptions{}, fixture(), ledger())
	told(t, open(t, path))
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Name() != "s.db" {
		t.Errorf("files = %v, want s.db alone", files)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

// What the model does not interpret comes with the JSON that it came from.
func TestOtherRecords(t *testing.T) {
	t.Parallel()
	path, _ := write(t, CreateOptions{Now: clock}, fixture(), ledger())
	r := open(t, path)
	n := 0
	for _, o := range all(t, r.OtherRecords()) {
		want, err := r.Raw(o.Key())
		if err != nil {
			t.Fatal(err)
		}
		if string(o.JSON) != string(want) {
			t.Errorf("%v: %q; want %q", o.Key(), o.JSON, want)
		}
		if len(o.JSON) > 0 {
			n++
		}
	}
	if n == 0 {
		t.Error("no record has JSON")
	}
}
