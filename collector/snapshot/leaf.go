package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An encoder writes the leaves of the digest (see the package comment): texts,
// each behind its length in four bytes.
type encoder struct {
	b   []byte
	err error
}

var (
	errNotUTF8 = errors.New("a text is not valid UTF-8")
	errYear    = errors.New("a time lies outside the years 0 to 9999")
)

// reset begins a leaf: the tag goes first.
func (e *encoder) reset() { e.b, e.err = append(e.b[:0], leafTag), nil }

// hash returns the hash of the leaf written since reset.
func (e *encoder) hash() Hash { return sha256.Sum256(e.b) }

func (e *encoder) text(s string) {
	if !utf8.ValidString(s) {
		e.err = errNotUTF8
	}
	e.b = appendText(e.b, s)
}

func appendText(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

func (e *encoder) texts(list ...string) {
	for _, s := range list {
		e.text(s)
	}
}

// list writes one text that consists of the encoded elements.
func (e *encoder) list(list []string) {
	e.nested(func() { e.texts(list...) })
}

// nested writes one text that consists of what write writes.
func (e *encoder) nested(write func()) {
	at := len(e.b)
	e.b = append(e.b, 0, 0, 0, 0)
	write()
	binary.BigEndian.PutUint32(e.b[at:], uint32(len(e.b)-at-4))
}

func (e *encoder) tri(t authz.Tri)                { e.text(t.String()) }
func (e *encoder) flag(b bool)                    { e.text(strconv.FormatBool(b)) }
func (e *encoder) number(n int64)                 { e.text(strconv.FormatInt(n, 10)) }
func (e *encoder) time(t time.Time)               { e.text(timeText(t)); e.checkYear(t) }
func (e *encoder) key(k authz.Key)                { e.texts(k.Kind.String(), k.Org, k.ID) }
func (e *encoder) named(k authz.Key, name string) { e.key(k); e.text(name) }

func (e *encoder) checkYear(t time.Time) {
	if y := t.UTC().Year(); y < 0 || y > 9999 {
		e.err = errYear
	}
}

// timeText returns a time as the file and the leaves write it; zero is empty.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// record writes the leaf of a normalized record, of any type that has a
// [table]; grants, member lists and usage have their own.
func (e *encoder) record(rec authz.Record) {
	switch v := rec.(type) {
	case authz.Organization:
		e.named(v.Key(), v.Name)
		e.texts(v.Platform, v.Region)
		e.tri(v.GrantDivisionAware)
		e.tri(v.Backfill)
	case authz.Division:
		e.named(v.Key(), v.Name)
		e.flag(v.Home)
	case authz.Permission:
		e.key(v.Key())
		e.texts(v.Domain, v.Entity, v.Action, v.Label)
		e.tri(v.DivisionAware)
		e.tri(v.AllowsConditions)
	case authz.Role:
		e.role(v)
	case authz.User:
		e.user(v)
	case authz.Group:
		e.group(v)
	case authz.Team:
		e.named(v.Key(), v.Name)
		e.text(v.Division)
	case authz.Client:
		e.client(v)
	case authz.Resource:
		e.resource(v)
	case authz.View:
		e.named(v.Key(), v.Name)
		e.list(v.Queues)
		e.list(v.Users)
	case authz.Trust:
		e.named(v.Key(), v.Name)
		e.tri(v.Enabled)
		e.time(v.Created)
		e.time(v.Expires)
		e.tri(v.FullAccess)
		e.tri(v.DefaultRole)
	case authz.AccessPolicy:
		e.named(v.Key(), v.Name)
		e.texts(v.Target, v.SubjectType, v.SubjectID, v.Effect)
		e.tri(v.Active)
		e.tri(v.Clients)
		e.text(v.Condition)
	case authz.Other:
		e.named(v.Key(), v.Name)
		e.text(string(v.List))
	}
}

func (e *encoder) role(v authz.Role) {
	e.named(v.Key(), v.Name)
	e.text(v.Description)
	e.flag(v.Default)
	e.flag(v.Base)
	e.text(v.BasedOn)
	e.list(v.Inherits)
	e.list(v.Legacy)
	e.flag(v.LinesMissing)
	e.nested(func() {
		for _, p := range v.Policies {
			e.policy(p)
		}
	})
}

func (e *encoder) policy(p authz.Policy) {
	e.nested(func() {
		e.texts(p.Domain, p.Entity, p.Action, p.Guide, p.Scope)
		e.list(p.ScopeGroups)
		e.list(p.ScopeTeams)
		e.list(p.ScopeViews)
		e.text(e.condition(p.Condition))
	})
}

// condition returns a condition as JSON; none is empty.
func (e *encoder) condition(c *authz.Condition) string {
	if c == nil {
		return ""
	}
	if !validCondition(*c) {
		e.err = errNotUTF8
	}
	s, err := jsonText(c)
	if err != nil {
		e.err = err
	}
	return s
}

// validCondition finds the texts that JSON would change silently.
func validCondition(c authz.Condition) bool {
	ok := utf8.ValidString(c.Variable) && utf8.ValidString(c.Operator) && utf8.ValidString(c.Conjunction)
	for _, o := range c.Operands {
		ok = ok && utf8.ValidString(o.Type) && utf8.ValidString(o.Value) &&
			utf8.ValidString(o.Queue) && utf8.ValidString(o.User) && utf8.ValidString(o.Team)
	}
	for _, t := range c.Terms {
		ok = ok && validCondition(t)
	}
	return ok
}

func (e *encoder) user(v authz.User) {
	e.named(v.Key(), v.Name)
	e.texts(v.Trustee, v.Email, v.Username, v.Division, v.State)
	e.time(v.LastToken)
	e.time(v.LastLogin)
	e.texts(v.Manager, v.Title, v.Department, v.EmployeeType)
	e.tri(v.BPO)
	e.text(v.Region)
	e.list(v.Licences)
	e.text(v.ClonedFrom)
}

func (e *encoder) group(v authz.Group) {
	e.named(v.Key(), v.Name)
	e.texts(v.Trustee, v.State, v.Type)
	e.tri(v.RolesEnabled)
	e.tri(v.IncludeOwners)
	e.list(v.Owners)
	e.tri(v.Dynamic)
}

func (e *encoder) client(v authz.Client) {
	e.named(v.Key(), v.Name)
	e.texts(v.GrantType, v.State)
	e.number(int64(v.TokenSeconds))
	e.list(v.Scopes)
	e.list(v.Redirects)
	e.time(v.Created)
	e.time(v.Modified)
	e.texts(v.CreatedBy, v.ModifiedBy)
}

func (e *encoder) resource(v authz.Resource) {
	e.named(v.Key(), v.Name)
	e.texts(v.Type, v.Division)
	e.nested(func() {
		for _, g := range v.MemberGroups {
			e.nested(func() { e.texts(g.ID, g.Type) })
		}
	})
}

func (e *encoder) usage(v authz.Usage) {
	e.texts("usage", v.Org, v.Client, v.Template, v.Method)
	e.time(v.Date)
	e.number(v.Requests)
}

// coverage writes a line of the ledger without its times, so that the same
// organization read twice has the same coverage digest.
func (e *encoder) coverage(c authz.Coverage) {
	e.texts("coverage", c.Org, string(c.List), c.Source, string(c.Status))
	e.number(c.Expected)
	e.number(c.Received)
	e.number(c.Pages)
	e.texts(c.Reason, c.MissingPermission)
}

// jsonText returns a value as JSON that keeps <, > and & as they are.
func jsonText(v any) (string, error) {
	var b bytesBuffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return string(b[:len(b)-1]), nil // without the newline
}

type bytesBuffer []byte

func (b *bytesBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
