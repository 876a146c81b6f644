package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// snapshotName returns ORGANIZATION-YYYYMMDDTHHMMZ.db: it reads the source as far
// as its first organization.
func snapshotName(ctx context.Context, src collector.Source, taken time.Time) (string, error) {
	var peek organizationSink
	if err := src.Collect(ctx, &peek); err != nil && !errors.Is(err, errSeen) {
		return "", err
	}
	return safeName(display(peek.org.Name, peek.org.ID)) + taken.UTC().Format("-20060102T1504Z") + ".db", nil
}

// errSeen ends a reading that has seen enough.
var errSeen = errors.New("seen enough")

// An organizationSink waits for the first organization.
type organizationSink struct{ org authz.Organization }

// Put implements collector.Sink.
func (s *organizationSink) Put(rec authz.Record, _ json.RawMessage) error {
	org, ok := rec.(authz.Organization)
	if !ok {
		return nil
	}
	s.org = org
	return errSeen
}

// Cover implements collector.Sink.
func (*organizationSink) Cover(authz.Coverage) error { return nil }

// maxFileName keeps names of files short enough for any disk.
const maxFileName = 60

// safeName returns a name of a file that is like an organization's name: letters
// and digits of it, with hyphens between.
func safeName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case b.Len() >= maxFileName:
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "organization"
}

// digestOf returns the hexadecimal SHA-256 of what r holds, empty on an error.
func digestOf(r io.Reader) string {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}
