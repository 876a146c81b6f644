package bundle

import (
	"bytes"

	"github.com/grantgraph/grantgraph/collector/scrub"
)

// isSecret reports whether a key names a secret, however it is written.
func isSecret(key value) bool {
	name := key.b[1 : len(key.b)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name = key.bytes()
	}
	return scrub.Name(name)
}

// withoutSecrets returns a copy of the value without what carries secrets, at
// any depth.
func withoutSecrets(v value) value {
	return value{scrub.JSON(v.b), v.at}
}
