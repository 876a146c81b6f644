package graph

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz/authztest"
)

// sectionsOf writes sections as an image, in which every sum is right.
func sectionsOf(t *testing.T, data [sections][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeSections(&b, "key", data); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An image whose sums are right, and whose numbers are not, is refused as well: no
// string is read that there is none of.
func TestImageOfMadeNumbers(t *testing.T) {
	nums := func(list ...uint32) []byte { return slices.Clone(bytesOf(list)) }
	for _, c := range []struct {
		about      string
		ends, head []byte
		strings    string
		refused    bool
	}{
		{about: "nothing", refused: true},
		{about: "no organization", head: nums(0, 0, 0)},
		{about: "one organization", ends: nums(1), strings: "o", head: nums(1, 0, 0, 0)},
		{about: "an organization of which there is no string", head: nums(1, 0, 0, 0), refused: true},
		{about: "an organization of the string after the last", ends: nums(1), strings: "o", head: nums(1, 1, 0, 0), refused: true},
		{about: "a string that is longer than the text", ends: nums(2), strings: "o", head: nums(1, 0, 0, 0), refused: true},
		{about: "a string that ends before the one before", ends: nums(1, 0), strings: "o", head: nums(1, 0, 0, 0), refused: true},
		{about: "a number too many", head: nums(0, 0, 0, 0), refused: true},
	} {
		var data [sections][]byte
		data[secStringEnds], data[secStrings], data[secHead] = c.ends, []byte(c.strings), c.head
		im, err := openImage(sectionsOf(t, data))
		if errors.Is(err, ErrImage) != c.refused || (err != nil) != c.refused {
			t.Errorf("%s: %v; want it to be refused: %v", c.about, err, c.refused)
		}
		if err == nil {
			im.Close()
		}
	}
}

// A user's licences are one text, which holds as many as are told.
func TestImageOfMadeLicences(t *testing.T) {
	list := joinList([]string{"a", "bb"})
	table := textTable{text: list, ends: []uint32{0, uint32(len(list))}} // none, and two
	for _, c := range []struct {
		count, text uint32
		fits        bool
	}{{0, 0, true}, {2, 1, true}, {1, 1, false}, {3, 1, false}, {1, 0, false}, {0, 1, false}, {2, 2, false}, {0, 2, false}} {
		row := make([]uint32, userRow)
		row[userRow-2], row[userRow-1] = c.count, c.text
		if got := (&userTable{strings: table}).fits(row); got != c.fits {
			t.Errorf("%d licences in text %d fit: %v; want %v", c.count, c.text, got, c.fits)
		}
	}
}

// What is small, and what flags say of it, is in an image: each once so and once
// otherwise.
func TestImageHoldsFlags(t *testing.T) {
	r := authztest.Parse(t, strings.Join([]string{
		"division a home", "division b", "user ada in a", "user off state=inactive", "client web type=CODE",
		"group on ada", "group out state=inactive", "group odd roles=false", "group dark unread",
		"role r routing:queue:view", `role c routing:queue:view if="{\"operator\":\"EQ\",\"operands\":[{\"type\":\"USER\",\"user\":\"ada\"}]}"`,
		"role lost unread", "grant on r a", "grant ada c", "grant user:gone r a at=2026-03-31T00:00:00Z", "grant ada r nowhere", "grant ada away a",
		"missing teams", "grant team:t r a", "grant subject:who lost",
	}, "\n"))
	r.Role[0].Default, r.Role[1].Base, r.Role[0].LinesMissing = true, true, true
	want, err := Build(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	im, err := openImage(imageOf(t, want, r))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Build(r, Options{Image: im})
	if err != nil {
		t.Fatal(err)
	}
	if diff := sameGraph(want, got); diff != "" {
		t.Errorf("from the records (-), from the image (+):\n%s", diff)
	}
}
