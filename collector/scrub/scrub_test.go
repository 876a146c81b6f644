package scrub

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
	tests := []struct{ in, want string }{
		{`{"id":1.50,"name":"secret"}`, `{"id":1.50,"name":"secret"}`},
		{`{"id":1.50,"secret":"x","n":12345678901234567890}`, `{"id":1.50,"n":12345678901234567890}`},
		{`{"Client_Secret" : {"a":[1]},"b":[{"PASSWORD":1},{"accessToken":"x","c":"<"}]}`, `{"b":[{},{"c":"<"}]}`},
		{`{"\u0073ecret":"x","a":null}`, `{"a":null}`},
		{` { "a" : [ 1 , { } , "x y" ] } `, `{"a":[1,{},"x y"]}`},
		{`{"accessTokenValiditySeconds": 5, "lastTokenIssued": {}, "authorization": {}}`, `{"accessTokenValiditySeconds":5,"lastTokenIssued":{},"authorization":{}}`},
		{`["secret","password"]`, `["secret","password"]`},
		{`{"a":"\"secret\":1"}`, `{"a":"\"secret\":1"}`},
		{`{"property":"clientSecret","oldValues":["a"],"newValues":["b"]}`, `{"property":"clientSecret"}`},
		{`{"newValues":["b"],"x":1,"oldValues":["a"],"property":"Client-Secret"}`, `{"x":1,"property":"Client-Secret"}`},
		{`{"value":"b","name":"password"}`, `{"name":"password"}`},
		{`{"value":"b","name":"passwordless"}`, `{"value":"b","name":"passwordless"}`},
		{`{"note":"Bearer abcdefghijklmnopqrstuvwxyz","jwt":["` + jwt + `"]}`, `{"note":"[secret]","jwt":["[secret]"]}`},
		{`{"name":"Bearer of the very long bad news","e":"eyJ no token at all, only text"}`, `{"name":"Bearer of the very long bad news","e":"eyJ no token at all, only text"}`},
		{`"x"`, `"x"`},
		{`-1e5`, `-1e5`},
		{`[]`, `[]`},
	}
	for _, tt := range tests {
		if got := JSON([]byte(tt.in)); string(got) != tt.want {
			t.Errorf("JSON(%s) = %s; want %s", tt.in, got, tt.want)
		}
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for name := range names {
		for _, written := range []string{name, strings.ToUpper(name), "_" + name, name[:3] + "-" + name[3:], name[:2] + "." + name[2:]} {
			if !Name(written) {
				t.Errorf("Name(%q) = false", written)
			}
		}
	}
	for _, name := range []string{"", "secrets", "tokenIssued", "accessTokenValiditySeconds", "id", "authorization", strings.Repeat("_", 100) + "secret"} {
		if Name(name) {
			t.Errorf("Name(%q) = true", name)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"secret":1,"a":[{"password":2,"b":"\u00e9\\"}]}`))
	f.Add([]byte(`[[[1E700]], {"value":1,"value":2,"name":"token"}, "Bearer 0123456789abcdefghij"]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		before := bytes.Clone(b)
		got := JSON(b)
		if !bytes.Equal(b, before) {
			t.Fatalf("JSON changed its input %q to %q", before, b)
		}
		var v any
		dec := json.NewDecoder(bytes.NewReader(got))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s became %s: %v", b, got, err)
		}
		if name := secretIn(v); name != "" {
			t.Errorf("%s became %s, which has %q", b, got, name)
		}
		if again := JSON(got); !bytes.Equal(again, got) {
			t.Errorf("%s became %s, and then %s", b, got, again)
		}
	})
}

func secretIn(v any) string {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if Name(name) {
				return name
			}
			if found := secretIn(value); found != "" {
				return found
			}
		}
	case []any:
		for _, value := range v {
			if found := secretIn(value); found != "" {
				return found
			}
		}
	}
	return ""
}

func BenchmarkJSON(b *testing.B) {
	one := `{"id":"8f4c1f0e-90a5-4a4c-8f6f-2d4f0d1c2b3a","name":"Agent Smith","email":"a@example.com","secret":"x","division":{"id":"d","name":"n"},"version":12},`
	in := []byte(`{"entities":[` + strings.Repeat(one, 500) + `{}],"total":501}`)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		JSON(in)
	}
}

// In the catalogue of permissions the names of entities are keys, and one of them
// is token: what can be done with tokens is no secret.
func TestCatalogueIsKept(t *testing.T) {
	t.Parallel()
	const in = `{"domain":"oauth","permissionMap":{"token":[{"action":"delete","token":"x"}],"client":[]},"token":"y"}`
	const want = `{"domain":"oauth","permissionMap":{"token":[{"action":"delete"}],"client":[]}}`
	if got := string(JSON([]byte(in))); got != want {
		t.Errorf("JSON(%s) = %s; want %s", in, got, want)
	}
}
