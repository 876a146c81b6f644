package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An orgWriter writes the files of one organization.
type orgWriter struct {
	id, dir       string
	files         map[authz.List]*listFile
	complete, gap map[authz.List]bool
	about         *authz.Organization
	clients       []authz.Client
	grants        map[string][]authz.Grant // of clients, told by clients
	domains       groups[authz.Permission]
	held          map[authz.List]*groups[[]byte]
	containers    map[string]bool // by file and id: an id twice in one file cannot be read
	e             encoder
}

func newOrgWriter(id, dir string) *orgWriter {
	return &orgWriter{
		id: id, dir: dir, files: map[authz.List]*listFile{},
		complete: map[authz.List]bool{}, gap: map[authz.List]bool{},
		containers: map[string]bool{},
		grants:     map[string][]authz.Grant{}, held: map[authz.List]*groups[[]byte]{},
	}
}

// groups are lists by key, in the order in which the keys came.
type groups[T any] struct {
	keys  []string
	items map[string][]T
}

func (g *groups[T]) add(key string, item T) {
	if g.items == nil {
		g.items = map[string][]T{}
	}
	if _, ok := g.items[key]; !ok {
		g.keys = append(g.keys, key)
	}
	g.items[key] = append(g.items[key], item)
}

// put writes a record, or holds it for Close.
func (o *orgWriter) put(rec authz.Record, raw json.RawMessage) error {
	switch r := rec.(type) {
	case authz.Organization:
		if o.about != nil {
			return fmt.Errorf("the organization was given twice")
		}
		o.about = &r
		return nil
	case authz.Client:
		o.clients = append(o.clients, r)
		return nil
	case authz.Permission:
		o.domains.add(r.Domain, r)
		return nil
	case authz.Grant:
		if ofClient(r) {
			o.grants[r.Subject.ID] = append(o.grants[r.Subject.ID], r)
			return nil
		}
	case authz.Usage:
		return o.hold(authz.ListClientUsage, r.Client, rec)
	case authz.User:
		if r.Trustee != "" {
			return o.hold(authz.ListTrusteeUsers, r.Trustee, rec)
		}
	case authz.Group:
		if r.Trustee != "" {
			return o.hold(authz.ListTrusteeGroups, r.Trustee, rec)
		}
	case authz.MemberList:
		return o.memberList(r)
	case authz.Other:
		return o.other(r, raw)
	}
	list, err := listOfRecord(rec)
	if err != nil {
		return err
	}
	return o.stream(list, rec)
}

// ofClient reports whether a grant is fully told by its client's role-divisions.
func ofClient(g authz.Grant) bool {
	return g.Source == sourceClient && g.Subject.Kind == authz.KindClient && g.Subject.Org == g.Org &&
		g.MadeAt.IsZero() && g.MadeBy == ""
}

// listOfRecord tells the file in which a record is an entity of its own.
func listOfRecord(rec authz.Record) (authz.List, error) {
	switch r := rec.(type) {
	case authz.Division:
		return authz.ListDivisions, nil
	case authz.Role:
		return authz.ListRoles, nil
	case authz.User:
		return authz.ListUsers, nil
	case authz.Group:
		return authz.ListGroups, nil
	case authz.Team:
		return authz.ListTeams, nil
	case authz.Grant:
		return authz.ListGrants, nil
	case authz.View:
		return authz.ListViews, nil
	case authz.Trust:
		return authz.ListTrustees, nil
	case authz.AccessPolicy:
		return authz.ListAccessPolicies, nil
	case authz.Resource:
		return listOfResource(r.Kind)
	default:
		return "", fmt.Errorf("unknown type %T", rec)
	}
}

func listOfResource(kind authz.Kind) (authz.List, error) {
	switch kind {
	case authz.KindQueue:
		return authz.ListQueues, nil
	case authz.KindFlow:
		return authz.ListFlows, nil
	case authz.KindResource:
		return authz.ListObjects, nil
	default:
		return "", fmt.Errorf("a resource cannot be a %s", kind)
	}
}

// encode returns the entity of a record; it is valid until the next call.
func (o *orgWriter) encode(rec authz.Record) ([]byte, error) {
	o.e.b, o.e.err = o.e.b[:0], nil
	o.e.entity(rec)
	return o.e.b, o.e.err
}

func (o *orgWriter) stream(list authz.List, rec authz.Record) error {
	b, err := o.encode(rec)
	if err != nil {
		return err
	}
	f, err := o.file(list, '[')
	if err != nil {
		return err
	}
	return f.entity(b)
}

// hold keeps the entity of a record under an id until Close.
func (o *orgWriter) hold(list authz.List, id string, rec authz.Record) error {
	if id == "" {
		return fmt.Errorf("the record of list %s names no owner", list)
	}
	b, err := o.encode(rec)
	if err != nil {
		return err
	}
	o.group(list).add(id, bytes.Clone(b))
	return nil
}

func (o *orgWriter) group(list authz.List) *groups[[]byte] {
	if o.held[list] == nil {
		o.held[list] = &groups[[]byte]{}
	}
	return o.held[list]
}

func (o *orgWriter) memberList(m authz.MemberList) error {
	list := authz.ListGroupMembers
	switch m.Container.Kind {
	case authz.KindGroup, authz.KindTrusteeGroup:
	case authz.KindTeam:
		list = authz.ListTeamMembers
	case authz.KindQueue:
		list = authz.ListQueueMembers
	default:
		return fmt.Errorf("a %s has no members", m.Container.Kind)
	}
	if m.Container.ID == "" {
		return fmt.Errorf("the container has no id")
	}
	key := string(list) + "/" + m.Container.ID
	if o.containers[key] {
		return fmt.Errorf("the members of the container were given twice")
	}
	o.containers[key] = true
	b, err := o.encode(m)
	if err != nil {
		return err
	}
	f, err := o.file(list, '{')
	if err != nil {
		return err
	}
	return f.value(m.Container.ID, b)
}

// other writes a record that is nothing but its JSON.
func (o *orgWriter) other(r authz.Other, raw json.RawMessage) error {
	if _, ok := readers[r.List]; !ok {
		return fmt.Errorf("list %s is none of a bundle", quote(string(r.List)))
	}
	b, err := o.encode(r)
	if err != nil {
		return err
	}
	if own, ok := sameOther(r, raw); ok {
		b = own
	}
	f, err := o.file(r.List, '[')
	if err != nil {
		return err
	}
	return f.entity(b)
}

// sameOther returns raw without secrets if it is the JSON of the record.
func sameOther(r authz.Other, raw json.RawMessage) ([]byte, bool) {
	s := newScanner(bytes.NewReader(raw))
	v, err := s.raw()
	if err != nil || v.b[0] != '{' {
		return nil, false
	}
	v = withoutSecrets(value{bytes.Clone(v.b), 0})
	if end, err := s.end(); err != nil || !end {
		return nil, false
	}
	id, name, err := identityOf(r.List, v)
	return v.b, err == nil && id == r.ID && name == r.Name
}

// file returns the file of a list, made if it is not there.
func (o *orgWriter) file(list authz.List, form byte) (*listFile, error) {
	if f := o.files[list]; f != nil {
		return f, nil
	}
	f, err := newListFile(filepath.Join(o.dir, fileOf(list)), form)
	if err == nil {
		o.files[list] = f
	}
	return f, err
}
