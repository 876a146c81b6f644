// Package scrub takes secrets out of JSON. What it looks for is in one place
// here, so that no source keeps what another drops.
package scrub

import (
	"bytes"
	"strings"
)

// names are the fields whose values are never kept: lower case, without
// separators.
var names = map[string]bool{
	"secret": true, "clientsecret": true, "directoryclientsecret": true, "sharedsecret": true, "secretkey": true,
	"token": true, "accesstoken": true, "refreshtoken": true, "idtoken": true, "bearertoken": true, "oauthtokendata": true,
	"password": true, "passphrase": true, "privatekey": true, "apikey": true,
}

// longestName bounds a name as it is written, separators included.
const longestName = len("directory_client_secret") + 12

// Name reports whether a field of this name carries a secret, however the name
// is written: clientSecret, client_secret, Client-Secret.
func Name[T string | []byte](name T) bool {
	if len(name) < len("token") || len(name) > longestName || !first[name[0]] {
		return false
	}
	var folded [longestName]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_' || c == '-' || c == ' ' || c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		folded[n] = c
		n++
	}
	return names[string(folded[:n])]
}

// first tells the bytes that a secret's name can begin with.
var first = func() (t [256]bool) {
	for name := range names {
		t[name[0]], t[name[0]-'a'+'A'] = true, true
	}
	for _, c := range []byte("_-. ") {
		t[c] = true
	}
	return t
}()

// Labels are the fields in which a record says what its values are of, and
// values those that hold them: audits tell changes so, and credentials their
// fields.
var (
	labels = []string{"property", "propertyName", "name", "key", "field"}
	values = []string{"value", "values", "oldValue", "oldValues", "newValue", "newValues"}
)

// isOneOf reports whether a name is in a list, in any case.
func isOneOf(list []string, name []byte) bool {
	for _, s := range list {
		if len(s) == len(name) && s[0]|0x20 == name[0]|0x20 && strings.EqualFold(s, string(name)) {
			return true
		}
	}
	return false
}

// Stands is the text that takes the place of a text that is a secret by its
// looks.
const Stands = "[secret]"

// looksSecret reports whether a text is a credential, whatever its field is
// called: a bearer or basic header, a signed token, a private key.
func looksSecret(text []byte) bool {
	if len(text) < 24 {
		return false
	}
	switch text[0] {
	case 'B', 'b':
		kind, rest, ok := bytes.Cut(text, []byte{' '})
		return ok && (strings.EqualFold(string(kind), "bearer") || strings.EqualFold(string(kind), "basic")) &&
			len(rest) >= 16 && bytes.IndexByte(rest, ' ') < 0
	case 'e':
		return bytes.HasPrefix(text, []byte("eyJ")) && bytes.Count(text, []byte{'.'}) == 2 && bytes.IndexByte(text, ' ') < 0
	case '-':
		return bytes.HasPrefix(text, []byte("-----BEGIN")) && bytes.Contains(text[:min(len(text), 60)], []byte("PRIVATE KEY"))
	}
	return false
}
