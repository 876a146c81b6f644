package bundle

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// finish writes what was held and ends the files.
func (o *orgWriter) finish() error {
	for _, step := range []func() error{
		o.writeAbout, o.writePermissions, o.writeClients, o.writeHeld, o.writeEmpty,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	for _, list := range authz.Lists() {
		f := o.files[list]
		if f == nil {
			continue
		}
		if err := f.close(o.gap[list]); err != nil {
			return err
		}
	}
	return nil
}

func (o *orgWriter) writeAbout() error {
	about := authz.Organization{ID: o.id}
	if o.about != nil {
		about = *o.about
	}
	e := &encoder{}
	e.entity(about)
	if err := o.single(authz.ListOrganization, e); err != nil {
		return err
	}
	if about.GrantDivisionAware == authz.Unknown && about.Backfill == authz.Unknown && !o.complete[authz.ListSettings] {
		return nil
	}
	e = &encoder{}
	e.open('{')
	e.settings(about)
	e.close('}')
	return o.single(authz.ListSettings, e)
}

// single writes a file that is one object.
func (o *orgWriter) single(list authz.List, e *encoder) error {
	if e.err != nil {
		return e.err
	}
	f, err := o.file(list, 0)
	if err != nil {
		return err
	}
	return f.whole(e.b)
}

// writePermissions writes the catalogue by domain, and in it by entity.
func (o *orgWriter) writePermissions() error {
	for _, domain := range o.domains.keys {
		var entities groups[authz.Permission]
		for _, p := range o.domains.items[domain] {
			entities.add(p.Entity, p)
		}
		e := &encoder{}
		e.open('{')
		e.must("domain", domain)
		e.key("permissionMap")
		e.open('{')
		for _, entity := range entities.keys {
			list := entities.items[entity]
			e.mustList(entity, len(list), func(i int) { e.entity(list[i]) })
		}
		e.close('}')
		e.close('}')
		if err := o.add(authz.ListPermissions, e); err != nil {
			return err
		}
	}
	return nil
}

// writeClients writes clients with their role-divisions. Those of a client that
// was not given are grants like others.
func (o *orgWriter) writeClients() error {
	for _, c := range o.clients {
		e := &encoder{}
		e.open('{')
		e.client(c, o.grants[c.ID])
		e.close('}')
		delete(o.grants, c.ID)
		if err := o.add(authz.ListClients, e); err != nil {
			return err
		}
	}
	ids := make([]string, 0, len(o.grants))
	for id := range o.grants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		for _, g := range o.grants[id] {
			if err := o.stream(authz.ListGrants, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *orgWriter) add(list authz.List, e *encoder) error {
	if e.err != nil {
		return fmt.Errorf("list %s: %w", list, e.err)
	}
	f, err := o.file(list, '[')
	if err != nil {
		return err
	}
	return f.entity(e.b)
}

// writeHeld writes the lists by id.
func (o *orgWriter) writeHeld() error {
	for _, list := range authz.Lists() {
		g := o.held[list]
		if g == nil {
			continue
		}
		f, err := o.file(list, '{')
		if err != nil {
			return err
		}
		for _, id := range g.keys {
			if err := f.value(id, listing(g.items[id], o.gap[list])); err != nil {
				return err
			}
		}
	}
	return nil
}

// listing is a list of entities under an id.
func listing(items [][]byte, partial bool) []byte {
	b := append([]byte("["), bytes.Join(items, []byte(","))...)
	b = append(b, ']')
	if partial {
		b = append(append([]byte(`{"entities":`), b...), `,"partial":true}`...)
	}
	return b
}

// writeEmpty makes the files of lists that are complete and empty.
func (o *orgWriter) writeEmpty() error {
	for _, list := range authz.Lists()[2:] {
		if !o.complete[list] || o.gap[list] {
			continue
		}
		form := byte('[')
		if byIDList(list) {
			form = '{'
		}
		if _, err := o.file(list, form); err != nil {
			return err
		}
	}
	return nil
}

// byIDList reports whether a list's file is an object of lists by id.
func byIDList(list authz.List) bool {
	switch list {
	case authz.ListGroupMembers, authz.ListTeamMembers, authz.ListQueueMembers, authz.ListClientUsage,
		authz.ListTrusteeUsers, authz.ListTrusteeGroups:
		return true
	default:
		return false
	}
}

// move puts the files into their folder; the one by which a folder is known to
// be an organization comes last.
func (o *orgWriter) move(dir string) error {
	for _, list := range slices.Backward(authz.Lists()) {
		if o.files[list] == nil {
			continue
		}
		name := fileOf(list)
		if err := os.Rename(filepath.Join(o.dir, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func (o *orgWriter) abandon() {
	for _, f := range o.files {
		f.abandon()
	}
}
