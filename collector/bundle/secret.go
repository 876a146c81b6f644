package bundle

// secretNames are the fields whose values are never kept, folded as isSecret
// folds: lower case, without separators.
var secretNames = map[string]bool{
	"secret": true, "clientsecret": true, "accesstoken": true, "refreshtoken": true, "idtoken": true,
	"password": true, "passphrase": true, "privatekey": true, "apikey": true, "bearertoken": true,
}

const longestSecretName = len("refresh_token") + 12

// isSecret reports whether a key names a secret, however it is written.
func isSecret(key value) bool {
	if n := len(key.b) - 2; n < len("secret") {
		return false
	}
	name := key.b[1 : len(key.b)-1]
	if hasEscape(name) {
		name = key.bytes()
	}
	if len(name) > longestSecretName || !maySecret[name[0]] {
		return false
	}
	var folded [longestSecretName]byte
	n := 0
	for _, c := range name {
		switch {
		case c == '_' || c == '-' || c == ' ' || c == '.':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		folded[n] = c
		n++
	}
	return secretNames[string(folded[:n])]
}

// maySecret tells the bytes that a secret's name can begin with.
var maySecret = func() (t [256]bool) {
	for _, c := range []byte("_-. scarptibSCARPTIB") {
		t[c] = true
	}
	return t
}()

func hasEscape(b []byte) bool {
	for _, c := range b {
		if c == '\\' {
			return true
		}
	}
	return false
}

// withoutSecrets returns a copy of the value without the fields that name
// secrets, at any depth. All else stays byte for byte.
func withoutSecrets(v value) value {
	return value{appendOpen(make([]byte, 0, len(v.b)), v.b), v.at}
}

func appendOpen(to, b []byte) []byte {
	switch b[0] {
	case '{':
		return appendOpenObject(to, b)
	case '[':
		return appendOpenArray(to, b)
	default:
		return append(to, b...)
	}
}

func appendOpenArray(to, b []byte) []byte {
	to = append(to, '[')
	done := 1
	for i := space(b, 1); b[i] != ']'; i = space(b, i) {
		n := width(b[i:])
		to = append(to, b[done:i]...)
		to = appendOpen(to, b[i:i+n])
		i += n
		done = i
	}
	return append(to, b[done:]...)
}

func appendOpenObject(to, b []byte) []byte {
	to = append(to, '{')
	first := true
	for i := space(b, 1); b[i] != '}'; i = space(b, i) {
		key := b[i : i+width(b[i:])]
		i = space(b, i+len(key))
		val := b[i : i+width(b[i:])]
		i += len(val)
		if isSecret(value{b: key}) {
			continue
		}
		if !first {
			to = append(to, ',')
		}
		first = false
		to = append(append(to, key...), ':')
		to = appendOpen(to, val)
	}
	return append(to, '}')
}
