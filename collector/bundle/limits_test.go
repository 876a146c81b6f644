package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// vast says of its files that they are larger than they are.
type vast struct{ fstest.MapFS }

type vastInfo struct{ fs.FileInfo }

func (vastInfo) Size() int64 { return maxSize + 1 }

func (v vast) Stat(name string) (fs.FileInfo, error) {
	info, err := v.MapFS.Stat(name)
	return vastInfo{info}, err
}

func TestFilesAreBounded(t *testing.T) {
	t.Parallel()
	fsys := vast{files(map[string]string{"users.json": "[]"})}
	err := New(fsys, "b", Options{}).Collect(t.Context(), &memory{})
	if !errors.Is(err, errTooLarge) {
		t.Errorf("Collect of a file of more than 8 GiB = %v; want %v", err, errTooLarge)
	}
	f, err := files(map[string]string{"x": "12345678"}).Open("x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(&bounded{f, 5}); !errors.Is(err, errTooLarge) {
		t.Errorf("reading beyond the bound = %v; want %v", err, errTooLarge)
	}
}

// broken fails in the middle of a file.
type brokenFS struct{ fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	f, err := b.MapFS.Open(name)
	if err != nil || name != "users.json" {
		return f, err
	}
	return slowFile{f, io.MultiReader(io.LimitReader(f, 10), iotest.ErrReader(errFull))}, nil
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	fsys := brokenFS{files(map[string]string{"organization.json": `{"id":"o"}`, "users.json": `[{"id":"user"}]`})}
	err := New(fsys, "b", Options{}).Collect(t.Context(), &memory{})
	const want = "reading bundle: b/users.json:1:11 (byte 10): entity 1: disk full"
	if !errors.Is(err, errFull) || err.Error() != want {
		t.Errorf("Collect = %v; want %s", err, want)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	t.Parallel()
	text := `[{"id":"` + strings.Repeat("ä", 1<<20) + `","division":7}]`
	fsys := files(map[string]string{"organization.json": `{"id":"o"}`, "users.json": text})
	err := New(fsys, "", Options{}).Collect(t.Context(), &memory{})
	if err == nil || len(err.Error()) > 400 {
		t.Errorf("error has %d bytes; want at most 400", len(fmt.Sprint(err)))
	}
}

// TestBigEntity: an entity larger than the window is read like any other.
func TestBigEntity(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("x\\n😀", 100_000)
	got := one(t, "users.json", `[{"id":"u1","name":"`+name+`"},{"id":"u2"}]`)
	if len(got.User) != 2 || got.User[0].Name != strings.Repeat("x\n😀", 100_000) {
		t.Error("a big entity was not read as it is")
	}
}

func TestManyFieldsAndKeys(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for i := range 100 {
		fmt.Fprintf(&b, `"f%d":%d,`, i, i)
	}
	if got := one(t, "users.json", `[{`+b.String()+`"id":"u"}]`); len(got.User) != 1 {
		t.Error("an entity of many fields was not read")
	}
	fsys := files(map[string]string{"organization.json": `{"id":"o"}`, "users.json": `[{` + b.String() + `"f99":0,"id":"u"}]`})
	err := New(fsys, "", Options{}).Collect(t.Context(), &memory{})
	if err == nil || !strings.Contains(err.Error(), `field "f99" is given twice`) {
		t.Errorf("Collect = %v; want an error about a field given twice", err)
	}
}

// TestLinesAreBounded: the bundle's content cannot make the ledger grow without end.
func TestLinesAreBounded(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	texts := map[string]string{"organization.json": `{"id":"o"}`}
	for i := range 500 {
		fmt.Fprintf(&b, `{"subjectId":"s","subjectType":"T%d","roleId":"r","divisionId":"d"}`, i)
		texts[fmt.Sprintf("other%d.txt", i)] = ""
	}
	texts["grants.json"] = b.String()
	got := read(t, texts)
	readings := got.readings(authz.ListGrants)
	if n := readings["further subject types are not known: the subject is a principal of its own"]; len(readings) != maxWords+1 || n != 480 {
		t.Errorf("%d readings, %d of further words; want %d and 480", len(readings), n, maxWords+1)
	}
	ignored := got.readings("")
	if ignored[ignoredReason] != maxIgnored || ignored["ignored: not files of a bundle (400 more)"] != 400 {
		t.Errorf("ignored files are told as %v", ignored)
	}
}

func TestListsThatAreNull(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ list, reason string }{
		{"oauth_usage", "the calls of a client were not read"},
		{"trustee_users", "the users of a trustee were not read"},
		{"trustee_groups", "the groups of a trustee were not read"},
		{"queue_members", "the members of a container were not read"},
		{"grants", "the subjects of a role were not read"},
	} {
		got := one(t, tt.list+".json", `{"a":null,"b":[]}`)
		c := got.line(t, authz.List(tt.list))
		if c.Status != authz.StatusPartial || c.Reason != tt.reason || len(got.readings(c.List)) != 1 {
			t.Errorf("line of %s = %+v; want partial, %s", tt.list, c, tt.reason)
		}
	}
}
