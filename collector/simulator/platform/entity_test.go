package platform

import (
	"encoding/json"
	"slices"
	"testing"
)

// FuzzFields takes objects apart and puts them together again.
func FuzzFields(f *testing.F) {
	for _, s := range []string{`{}`, ` { "a" : 1 , "b":[1,{"x":"}]\""}],"c":null } `, `{"\"":"\\","é":-1.5e3,"t":true,"o":{"p":{}},"e":[]}`, `{"<&>":"<&>\u2028"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var want map[string]json.RawMessage
		if json.Unmarshal([]byte(s), &want) != nil || want == nil {
			return
		}
		got := object(fields([]byte(s)))
		var back map[string]json.RawMessage
		if err := json.Unmarshal(got, &back); err != nil || len(back) != len(want) {
			t.Fatalf("%q became %q: %v", s, got, err)
		}
		for k, v := range want {
			if !sameJSON(v, back[k]) {
				t.Errorf("%q became %q: field %q", s, got, k)
			}
		}
	})
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	p, err := json.Marshal(x)
	q, err2 := json.Marshal(y)
	return err == nil && err2 == nil && string(p) == string(q)
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "plain", `quote " and \`, "<roles> & \"grants\"", "=1+1", "line\nbreak", "\u202eright", "\x00\x7f", string([]byte{0xff}), "日本"} {
		var back string
		if err := json.Unmarshal(quote(s), &back); err != nil || (back != s && s != string([]byte{0xff})) {
			t.Errorf("quote(%q) = %s: %q, %v", s, quote(s), back, err)
		}
	}
	if got := string(quote("a&b<c>")); got != `"a&b<c>"` {
		t.Errorf("quote = %s; want it as it is", got)
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ raw, want string }{
		{`{"id":"1","name":"a"}`, `{"id":"1","name":7}`},
		{`{"id":"1"}`, `{"id":"1","name":7}`},
		{`{}`, `{"name":7}`},
	} {
		if got := string(with([]byte(test.raw), "name", []byte("7"))); got != test.want {
			t.Errorf("with(%s) = %s; want %s", test.raw, got, test.want)
		}
	}
	base, extra := split([]byte(`{"id":"1","biography":"x","team":{"id":"t"}}`), onDemand(), set("team"))
	if string(base) != `{"id":"1"}` || !slices.EqualFunc(extra, []string{"biography"}, func(f field, k string) bool { return f.key == k }) {
		t.Errorf("split: %s, %v", base, extra)
	}
}
