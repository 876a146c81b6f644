package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/collector/bundle"
	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// An Organization is what the platform serves: entities as JSON, and the records
// from which it decides who may do what.
type Organization struct {
	id, name string
	about    []byte // the entity of the organization
	settings authz.Organization
	// lists are the entities in the order in which they came.
	lists map[authz.List]*list
	// trusted are the users and groups of trustees by organization.
	trusted map[authz.List]map[string][]*entity
	usage   map[string][]authz.Usage
	members memberships
	grants  *grantTable
	// facts are the records that decide about access; its grants and members
	// stay empty, since grants and members have them.
	facts authz.Records
	aware map[authz.Pattern]authz.Tri
	// queues are the positions of queues in facts.Resource.
	queues map[string]int
	// guides is set if a role speaks in names that only guides know, or inherits.
	guides bool
}

// A list is a list of entities.
type list struct {
	items []*entity
	at    map[string]int // by id
}

// find returns an entity of a list, nil if there is none.
func (l *list) find(id string) *entity {
	if l == nil {
		return nil
	}
	i, ok := l.at[id]
	if !ok {
		return nil
	}
	return l.items[i]
}

// all returns the entities of a list.
func (o *Organization) all(name authz.List) []*entity {
	if l := o.lists[name]; l != nil {
		return l.items
	}
	return nil
}

// Load reads the bundle of one organization, for instance [simulator.Told].
func Load(fsys fs.FS) (*Organization, error) {
	return Read(context.Background(), bundle.New(fsys, "", bundle.Options{}))
}

// Read reads the one organization that a source tells. Its records must come
// with their JSON.
func Read(ctx context.Context, src collector.Source) (*Organization, error) {
	b := newBuilder()
	if err := src.Collect(ctx, b); err != nil {
		return nil, fmt.Errorf("loading organization: %w", err)
	}
	return b.finish()
}

// Generate makes an organization that exists nowhere. The same options make the
// same organization. Size L takes about 400 MB.
func Generate(ctx context.Context, o simulator.Options) (*Organization, error) {
	b := newBuilder()
	if _, err := simulator.Generate(ctx, o, b, entityOf); err != nil {
		return nil, err
	}
	return b.finish()
}

// entityOf is [bundle.Entity] without the records that nobody serves by entity.
func entityOf(rec authz.Record) (json.RawMessage, error) {
	switch rec.(type) {
	case authz.Grant, authz.MemberList, authz.Permission, authz.Usage:
		return nil, nil
	default:
		return bundle.Entity(rec)
	}
}

// ID returns the organization's id.
func (o *Organization) ID() string { return o.id }

// Name returns the organization's name.
func (o *Organization) Name() string { return o.name }

var errSeveral = errors.New("the bundle holds several organizations: want one")
