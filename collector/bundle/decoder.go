package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Decoder turns entities of the API that are handed over one by one into
// records. It reads them as a bundle's are read, so that the same entities are
// the same records over whatever road they came. The zero Decoder is not usable;
// see [NewDecoder].
type Decoder struct {
	org   *org
	files map[fileKey]*file
	got   captured
}

type fileKey struct {
	list   authz.List
	source string
}

// captured is a sink that holds the records of one entity.
type captured struct {
	records []authz.Record
	raw     json.RawMessage
}

// Put implements collector.Sink.
func (c *captured) Put(rec authz.Record, raw json.RawMessage) error {
	c.records = append(c.records, rec)
	if c.raw == nil {
		c.raw = raw
	}
	return nil
}

// Cover implements collector.Sink.
func (*captured) Cover(authz.Coverage) error { return nil }

// NewDecoder returns a decoder of one organization's entities. KindOf gives the
// kind of a subject whose type a grant does not tell, zero where it is not known;
// a nil kindOf knows none.
func NewDecoder(kindOf func(id string) authz.Kind) *Decoder {
	d := &Decoder{files: map[fileKey]*file{}}
	d.org = &org{
		src: &Source{}, sink: &d.got, kindOf: kindOf,
		mentions: map[authz.List]string{}, names: map[string]string{}, containers: map[authz.Kind]map[string]bool{},
	}
	d.org.about.ID, d.org.org = defaultOrg, defaultOrg
	return d
}

// Organization returns the organization as far as it was decoded, with the JSON
// that it came from. Its id is that of every record decoded from then on.
func (d *Decoder) Organization() (authz.Organization, json.RawMessage) { return d.org.about, d.org.raw }

// An Item is one entity of a list.
type Item struct {
	List authz.List
	// Source is what the entity came from, for errors and the ledger.
	Source string
	// Of is what the entity belongs to: the role of a subject with its
	// divisions, the client of a line of usage, the trustee organization of a
	// user or group. It is empty for a grant that names its role itself.
	Of   string
	JSON json.RawMessage
}

// Decode returns the records that an entity tells, and its JSON without secrets,
// which belongs to the first of them; both are valid until the next call. There are
// no records of the lists organization and settings: see [Decoder.Organization].
// Members are decoded by [Decoder.Member].
//
// An error says what is wrong with the entity, which then told nothing.
func (d *Decoder) Decode(e Item) ([]authz.Record, json.RawMessage, error) {
	read, ok := decoders[e.List]
	if !ok {
		return nil, nil, fmt.Errorf("decoding an entity of %s: no list of entities", e.List)
	}
	d.got.records, d.got.raw = d.got.records[:0], nil
	f, v, err := d.open(e)
	if err == nil {
		err = read(f, v, e.Of)
	}
	if err != nil {
		return nil, nil, d.failed(f, v, e.Source, err)
	}
	if e.List == authz.ListOrganization {
		d.org.org = d.org.about.ID
	}
	return d.got.records, d.got.raw, nil
}

// Member returns the member of a container that an entity names: a user, since
// the API knows no other members, unless the id is that of a group.
func (d *Decoder) Member(container authz.Key, e Item) (authz.Key, error) {
	f, v, err := d.open(e)
	if err != nil {
		return authz.Key{}, d.failed(f, v, e.Source, err)
	}
	m := authz.MemberList{Container: container}
	if err := f.member(v, &m); err != nil {
		return authz.Key{}, d.failed(f, v, e.Source, err)
	}
	k := m.Members[0]
	if k.Kind == authz.KindSubject && f.people[k.ID] == 0 {
		k.Kind = authz.KindUser
	}
	return k, nil
}

// Mentioned returns what speaks of a list that may be absent, empty if nothing
// decoded so far does.
func (d *Decoder) Mentioned(list authz.List) string { return d.org.mentions[list] }

// Readings returns a line of the ledger for each way in which a missing or odd
// value was read.
func (d *Decoder) Readings() []authz.Coverage {
	for i := range d.org.lines {
		d.org.lines[i].Org = d.org.org
	}
	lines := d.org.noted()
	slices.SortFunc(lines, compareLines)
	return lines
}

// WithoutSecrets returns the JSON of an entity without the fields that name
// secrets, at any depth. It is an error that b is not one JSON value.
func WithoutSecrets(b json.RawMessage) (json.RawMessage, error) {
	s := scannerOf(b)
	v, err := s.whole()
	if err != nil || !s.secret {
		return b, err
	}
	return withoutSecrets(v).b, nil
}

// open reads the bytes of an entity as one value of the file that it would be in.
func (d *Decoder) open(e Item) (*file, value, error) {
	k := fileKey{e.List, e.Source}
	f := d.files[k]
	if f == nil {
		f = &file{org: d.org, s: &scanner{}, list: e.List, path: e.Source}
		d.files[k] = f
	}
	f.index++
	*f.s = *scannerOf(e.JSON)
	v, err := f.s.whole()
	return f, v, err
}

// failed is the error of an entity.
func (d *Decoder) failed(f *file, v value, source string, err error) error {
	p := place(err)
	if p == nil {
		return fmt.Errorf("%s: %w", source, err)
	}
	p.file, p.entity = source, f.index
	if len(v.b) > 0 && p.id == "" {
		p.id = v.nameID()
	}
	return p
}

// scannerOf returns a scanner of bytes that are all there.
func scannerOf(b []byte) *scanner { return &scanner{buf: b, mark: 0, err: io.EOF} }

var errMore = errors.New("want one value, got more")

// whole passes the only value that the scanner has.
func (s *scanner) whole() (value, error) {
	v, err := s.raw()
	if err != nil {
		return value{}, err
	}
	if end, err := s.end(); err != nil || !end {
		return value{}, errMore
	}
	return v, nil
}

// decoders tell how an entity of each list is read; of is what it belongs to.
var decoders = map[authz.List]func(f *file, v value, of string) error{
	authz.ListOrganization:      alone((*file).organizationOf),
	authz.ListSettings:          alone((*file).settingsOf),
	authz.ListDivisions:         alone((*file).division),
	authz.ListPermissions:       alone((*file).permissions),
	authz.ListRoles:             alone((*file).role),
	authz.ListUsers:             alone((*file).user),
	authz.ListGroups:            alone((*file).group),
	authz.ListTeams:             alone((*file).team),
	authz.ListGrants:            (*file).grantOf,
	authz.ListClients:           alone((*file).client),
	authz.ListClientUsage:       (*file).usage,
	authz.ListQueues:            alone((*file).queue),
	authz.ListFlows:             alone((*file).flow),
	authz.ListObjects:           alone((*file).resource),
	authz.ListTrustees:          alone((*file).trust),
	authz.ListTrusteeUsers:      (*file).userOf,
	authz.ListTrusteeGroups:     (*file).groupOf,
	authz.ListTrustors:          alone((*file).other),
	authz.ListAuthorizedApps:    alone((*file).other),
	authz.ListAccessPolicies:    alone((*file).accessPolicy),
	authz.ListIdentityProviders: alone((*file).other),
	authz.ListIntegrations:      alone((*file).other),
	authz.ListAudits:            alone((*file).other),
	authz.ListProducts:          alone((*file).other),
}

// alone reads an entity that belongs to nothing.
func alone(read func(*file, value) error) func(*file, value, string) error {
	return func(f *file, v value, _ string) error { return read(f, v) }
}

// grantOf reads a grant, or the grants of a subject of a role.
func (f *file) grantOf(v value, role string) error {
	if role == "" {
		return f.grant(v)
	}
	return f.subjectGrants(role, v)
}
