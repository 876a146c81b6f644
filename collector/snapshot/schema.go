package snapshot

import (
	_ "embed"
	"net/url"
	"path/filepath"
	"strings"
)

// A snapshot's first page says whose file it is (application_id, "ggsn" in
// ASCII) and in which version of the format (user_version).
const (
	applicationID = 0x6767736e
	formatVersion = 1
)

//go:embed schema.sql
var schemaText string

// Schema returns the schema of a snapshot file as commented SQL, for people and
// programs that read the file without grantgraph.
func Schema() string { return schemaText }

// schemaStatements returns the statements of the schema without the comments
// between them: each is, byte for byte, what SQLite keeps of it in a file.
func schemaStatements() []string {
	var out []string
	for part := range strings.SplitSeq(schemaText, ";\n") {
		if at := strings.Index("\n"+part, "\nCREATE "); at >= 0 {
			out = append(out, part[at:])
		}
	}
	return out
}

// isIndex reports whether a statement of the schema makes an index. Indexes are
// made last, because that is faster than keeping them up to date.
func isIndex(statement string) bool {
	return strings.HasPrefix(statement, "CREATE UNIQUE INDEX ") || strings.HasPrefix(statement, "CREATE INDEX ")
}

// dsn returns the data source name of a file with the given parameters. The
// path is escaped, since SQLite would take a question mark in it for the end.
func dsn(path string, parameters url.Values) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs = filepath.ToSlash(abs)
	if !strings.HasPrefix(abs, "/") { // a drive letter
		abs = "/" + abs
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: parameters.Encode()}
	return u.String(), nil
}
