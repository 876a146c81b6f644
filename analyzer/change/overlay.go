package change

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// Overlay returns a source as it would be after some changes, which take effect
// in their order. Records are read from src again and changed on the way; src
// must stay open as long as the overlay is read. Resolve reads the permission
// that a line of a guide's form names; nil is [authz.ParsePattern].
func Overlay(src graph.Source, list []Change, resolve func(name string) (authz.Pattern, error)) graph.Source {
	if resolve == nil {
		resolve = authz.ParsePattern
	}
	return &overlay{Source: src, list: list, resolve: resolve}
}

// An overlay is a source with changes.
type overlay struct {
	graph.Source
	list    []Change
	resolve func(name string) (authz.Pattern, error)

	keys []authz.Key
	refs map[authz.Key]authz.Ref // of what changes speak of
}

// Keys returns the keys of the source, and behind them those that changes add.
func (o *overlay) Keys() ([]authz.Key, error) {
	keys, err := o.Source.Keys()
	if err != nil {
		return nil, err
	}
	o.keys, o.refs = slices.Clone(keys), map[authz.Key]authz.Ref{}
	wanted := map[authz.Key]bool{}
	for _, c := range o.list {
		for _, k := range c.keys() {
			wanted[k] = true
		}
	}
	for i, k := range o.keys {
		if wanted[k] {
			o.refs[k] = authz.Ref(i)
		}
	}
	for _, c := range o.list {
		for _, k := range c.keys() {
			if _, ok := o.refs[k]; !ok {
				o.refs[k] = authz.Ref(len(o.keys))
				o.keys = append(o.keys, k)
			}
		}
	}
	return o.keys, nil
}

// keys returns what a change adds rows of.
func (c Change) keys() []authz.Key {
	switch c.Kind {
	case Grant:
		return []authz.Key{c.Record, c.role(), c.division()}
	case AddMember, JoinTeam:
		return []authz.Key{c.Record, c.Member}
	default:
		return nil
	}
}

func (c Change) role() authz.Key {
	return authz.Key{Org: c.Record.Org, Kind: authz.KindRole, ID: c.Role}
}

func (c Change) division() authz.Key {
	return authz.Key{Org: c.Record.Org, Kind: authz.KindDivision, ID: c.Division}
}

// named reports whether a key of a row means a record: an id without a type
// means every record that has it, and a group or team that was not read is of
// unknown kind.
func named(k, record authz.Key) bool {
	if k.Org != record.Org || k.ID != record.ID {
		return false
	}
	unread := record.Kind == authz.KindUnknown && (k.Kind == authz.KindGroup || k.Kind == authz.KindTeam)
	return k.Kind == record.Kind || k.Kind == authz.KindSubject || unread
}

// Grants yields the grants that are left, then those that are added.
func (o *overlay) Grants() iter.Seq2[authz.GrantRow, error] {
	return func(yield func(authz.GrantRow, error) bool) {
		revoked := o.only(RevokeGrant)
		for row, err := range o.Source.Grants() {
			if err == nil && len(revoked) > 0 && slices.ContainsFunc(revoked, func(c Change) bool { return o.revokes(c, row) }) {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
		for i, c := range o.list {
			if c.Kind != Grant || o.undone(i, RevokeGrant, func(later Change) bool {
				return later.Record == c.Record && later.Role == c.Role && (later.Division == "" || later.Division == c.Division)
			}) {
				continue
			}
			row := authz.GrantRow{Subject: o.refs[c.Record], Role: o.refs[c.role()], Division: o.refs[c.division()]}
			if at := o.Info().TakenAt; !at.IsZero() {
				row.MadeAt = at.UnixMilli()
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (o *overlay) revokes(c Change, row authz.GrantRow) bool {
	role, div := o.keys[row.Role], o.keys[row.Division].ID
	return role.ID == c.Role && role.Org == c.Record.Org && named(o.keys[row.Subject], c.Record) &&
		(c.Division == "" || div == c.Division || (c.Division == authz.AllDivisions && everywhere(div)))
}

// everywhere reports whether a division's id stands for every division.
func everywhere(id string) bool {
	id = strings.TrimSpace(id)
	return id == "" || id == authz.AllDivisions || strings.EqualFold(id, "all")
}

// only returns the changes of a kind.
func (o *overlay) only(kinds ...Kind) []Change {
	var out []Change
	for _, c := range o.list {
		if slices.Contains(kinds, c.Kind) {
			out = append(out, c)
		}
	}
	return out
}

// undone reports whether a later change of a kind takes back what change i adds.
func (o *overlay) undone(i int, kind Kind, same func(Change) bool) bool {
	return slices.ContainsFunc(o.list[i+1:], func(c Change) bool { return c.Kind == kind && same(c) })
}

// Members yields the members that are left, then those that are added.
func (o *overlay) Members() iter.Seq2[authz.MemberRow, error] {
	return func(yield func(authz.MemberRow, error) bool) {
		gone := o.only(RemoveMember, LeaveTeam)
		for row, err := range o.Source.Members() {
			if err == nil && len(gone) > 0 && slices.ContainsFunc(gone, func(c Change) bool {
				return o.keys[row.Container] == c.Record && named(o.keys[row.Member], c.Member)
			}) {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
		for i, c := range o.list {
			back := RemoveMember
			switch c.Kind {
			case AddMember:
			case JoinTeam:
				back = LeaveTeam
			default:
				continue
			}
			if o.undone(i, back, func(later Change) bool { return later.Record == c.Record && later.Member == c.Member }) {
				continue
			}
			if !yield(authz.MemberRow{Container: o.refs[c.Record], Member: o.refs[c.Member]}, nil) {
				return
			}
		}
	}
}

// edited yields records with the changes that concern each.
func edited[T authz.Record](o *overlay, seq iter.Seq2[T, error], edit func(*T, Change)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range seq {
			if err == nil {
				for _, c := range o.list {
					if c.Record == v.Key() {
						edit(&v, c)
					}
				}
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

const (
	stateActive   = "active"
	stateInactive = "inactive"
)

// Users yields the users: moved, switched off and on.
func (o *overlay) Users() iter.Seq2[authz.User, error] {
	return edited(o, o.Source.Users(), func(u *authz.User, c Change) {
		switch c.Kind {
		case MoveUser:
			u.Division = c.Division
		case DisableUser:
			u.State = stateInactive
		case EnableUser:
			u.State = stateActive
		default:
		}
	})
}

// Clients yields the OAuth clients: switched off and on.
func (o *overlay) Clients() iter.Seq2[authz.Client, error] {
	return edited(o, o.Source.Clients(), func(v *authz.Client, c Change) {
		switch c.Kind {
		case DisableClient:
			v.State = stateInactive
		case EnableClient:
			v.State = stateActive
		default:
		}
	})
}

// Groups yields the groups: switched off and on, and without the owners that
// are members no longer.
func (o *overlay) Groups() iter.Seq2[authz.Group, error] {
	return edited(o, o.Source.Groups(), func(v *authz.Group, c Change) {
		switch c.Kind {
		case DisableGroup:
			v.State = stateInactive
		case EnableGroup:
			v.State = stateActive
		case RemoveMember:
			v.Owners = slices.DeleteFunc(slices.Clone(v.Owners), func(id string) bool { return id == c.Member.ID })
		default:
		}
	})
}

// Resources yields queues, flows and other objects: moved.
func (o *overlay) Resources() iter.Seq2[authz.Resource, error] {
	return edited(o, o.Source.Resources(), func(v *authz.Resource, c Change) {
		if c.Kind == MoveResource {
			v.Division = c.Division
		}
	})
}

// Trusts yields the trusts: switched off and on. One that the snapshot does not
// know can be switched off.
func (o *overlay) Trusts() iter.Seq2[authz.Trust, error] {
	return func(yield func(authz.Trust, error) bool) {
		seen := map[authz.Key]bool{}
		for v, err := range edited(o, o.Source.Trusts(), switchTrust) {
			if err == nil {
				seen[v.Key()] = true
			}
			if !yield(v, err) {
				return
			}
		}
		for _, c := range o.only(DisableTrust) {
			if !seen[c.Record] {
				seen[c.Record] = true
				if !yield(authz.Trust{Org: c.Record.Org, ID: c.Record.ID, Enabled: authz.False}, nil) {
					return
				}
			}
		}
	}
}

func switchTrust(v *authz.Trust, c Change) {
	switch c.Kind {
	case DisableTrust:
		v.Enabled = authz.False
	case EnableTrust:
		v.Enabled, v.Expires = authz.True, time.Time{}
	default:
	}
}

// AccessPolicies yields the access policies: switched off.
func (o *overlay) AccessPolicies() iter.Seq2[authz.AccessPolicy, error] {
	return edited(o, o.Source.AccessPolicies(), func(v *authz.AccessPolicy, c Change) {
		if c.Kind == DisableAccessPolicy {
			v.Active = authz.False
		}
	})
}

// Roles yields the roles: with other lines, and inheriting from fewer.
func (o *overlay) Roles() iter.Seq2[authz.Role, error] {
	names := map[string]string{} // id → name, of roles that are no longer inherited
	drops := o.only(DropInheritance)
	if len(drops) > 0 {
		for r, err := range o.Source.Roles() {
			if err == nil {
				names[r.Org+"\x00"+r.ID] = r.Name
			}
		}
	}
	return edited(o, o.Source.Roles(), func(r *authz.Role, c Change) {
		switch c.Kind {
		case DropPolicy:
			o.dropPolicy(r, c.Permission)
		case AddPolicy:
			addPolicy(r, c.Permission)
		case WidenPolicy:
			o.widenPolicy(r, c.Permission)
		case DropInheritance:
			name := names[r.Org+"\x00"+c.Role]
			r.Inherits = slices.DeleteFunc(slices.Clone(r.Inherits), func(v string) bool { return v == c.Role || (name != "" && v == name) })
		default:
		}
	})
}

// stated returns the permission that a line states.
func (o *overlay) stated(p authz.Policy) authz.Pattern {
	if p.Guide != "" {
		if got, err := o.resolve(p.Guide); err == nil {
			return got
		}
		return authz.Pattern{}
	}
	return authz.NewPattern(p.Domain, p.Entity, p.Action)
}

func (o *overlay) dropPolicy(r *authz.Role, p authz.Pattern) {
	r.Policies = slices.DeleteFunc(slices.Clone(r.Policies), func(v authz.Policy) bool { return o.stated(v) == p })
	r.Legacy = slices.DeleteFunc(slices.Clone(r.Legacy), func(v string) bool { return authz.Legacy(v) == p })
}

func addPolicy(r *authz.Role, p authz.Pattern) {
	if p.IsLegacy() {
		r.Legacy = append(slices.Clip(r.Legacy), p.Domain)
		return
	}
	r.Policies = append(slices.Clip(r.Policies), authz.Policy{Domain: p.Domain, Entity: p.Entity, Action: p.Action})
}

func (o *overlay) widenPolicy(r *authz.Role, p authz.Pattern) {
	r.Policies = slices.Clone(r.Policies)
	for i := range r.Policies {
		if v := &r.Policies[i]; o.stated(*v).Covers(p) {
			v.Scope, v.ScopeGroups, v.ScopeTeams, v.ScopeViews, v.Condition = "", nil, nil, nil, nil
		}
	}
}
