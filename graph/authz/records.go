package authz

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Records is a snapshot in memory: what tests, rule cases and small programs
// build graphs from, and the plainest thing to read. The zero value is empty
// and ready to use.
type Records struct {
	About          Info
	Organization   []Organization
	Division       []Division
	Permission     []Permission
	Role           []Role
	User           []User
	Group          []Group
	Team           []Team
	Member         []MemberList
	Client         []Client
	Usage          []Usage
	Grant          []Grant
	Resource       []Resource
	View           []View
	Trust          []Trust
	AccessPolicy   []AccessPolicy
	Other          []Other
	CoverageLedger []Coverage
	// JSON is what records of the type [Other] came from, by key.
	JSON map[Key]json.RawMessage

	refs map[Key]Ref
	keys []Key
}

// Put appends a record. It never merges: a record told twice is there twice.
func (r *Records) Put(rec Record) error {
	switch v := rec.(type) {
	case Organization:
		r.Organization = append(r.Organization, v)
	case Division:
		r.Division = append(r.Division, v)
	case Permission:
		r.Permission = append(r.Permission, v)
	case Role:
		r.Role = append(r.Role, v)
	case User:
		r.User = append(r.User, v)
	case Group:
		r.Group = append(r.Group, v)
	case Team:
		r.Team = append(r.Team, v)
	case MemberList:
		r.Member = append(r.Member, v)
	case Client:
		r.Client = append(r.Client, v)
	case Usage:
		r.Usage = append(r.Usage, v)
	case Grant:
		r.Grant = append(r.Grant, v)
	case Resource:
		r.Resource = append(r.Resource, v)
	case View:
		r.View = append(r.View, v)
	case Trust:
		r.Trust = append(r.Trust, v)
	case AccessPolicy:
		r.AccessPolicy = append(r.AccessPolicy, v)
	case Other:
		r.Other = append(r.Other, v)
	default:
		return fmt.Errorf("records: unknown type %T", rec)
	}
	return nil
}

// Keep is Put for a record with the JSON it came from, which is kept where the
// record itself says too little.
func (r *Records) Keep(rec Record, raw json.RawMessage) error {
	if v, ok := rec.(Other); ok && len(raw) > 0 {
		if r.JSON == nil {
			r.JSON = map[Key]json.RawMessage{}
		}
		r.JSON[v.Key()] = raw
	}
	return r.Put(rec)
}

// Clone returns a copy that can be changed without changing r: the lists are
// copied, the records in them are shared and must be replaced, not written to.
func (r *Records) Clone() *Records {
	return &Records{
		About: r.About, Organization: slices.Clone(r.Organization), Division: slices.Clone(r.Division),
		Permission: slices.Clone(r.Permission), Role: slices.Clone(r.Role), User: slices.Clone(r.User),
		Group: slices.Clone(r.Group), Team: slices.Clone(r.Team), Member: slices.Clone(r.Member),
		Client: slices.Clone(r.Client), Usage: slices.Clone(r.Usage), Grant: slices.Clone(r.Grant),
		Resource: slices.Clone(r.Resource), View: slices.Clone(r.View), Trust: slices.Clone(r.Trust),
		AccessPolicy: slices.Clone(r.AccessPolicy), Other: slices.Clone(r.Other),
		CoverageLedger: slices.Clone(r.CoverageLedger), JSON: maps.Clone(r.JSON),
	}
}

// Info returns what the snapshot says of itself.
func (r *Records) Info() Info { return r.About }

// Keys returns every key that a record has or that a grant or membership
// mentions, by [Ref]; the one at 0 is empty. The numbers hold for the records as
// they are at this call.
func (r *Records) Keys() ([]Key, error) {
	r.refs, r.keys = map[Key]Ref{}, make([]Key, 1)
	for _, m := range r.Member {
		r.ref(m.Container)
		for _, k := range m.Members {
			r.ref(k)
		}
	}
	for _, g := range r.Grant {
		r.ref(g.Subject)
		r.ref(Key{g.Org, KindRole, g.Role})
		r.ref(Key{g.Org, KindDivision, g.Division})
	}
	return r.keys, nil
}

func (r *Records) ref(k Key) {
	if _, ok := r.refs[k]; !ok {
		r.refs[k], r.keys = Ref(len(r.keys)), append(r.keys, k)
	}
}

// Grants yields the grants by number; [Records.Keys] must have been called.
func (r *Records) Grants() iter.Seq2[GrantRow, error] {
	return func(yield func(GrantRow, error) bool) {
		for _, g := range r.Grant {
			row := GrantRow{
				Subject: r.refs[g.Subject], Role: r.refs[Key{g.Org, KindRole, g.Role}],
				Division: r.refs[Key{g.Org, KindDivision, g.Division}],
			}
			if !g.MadeAt.IsZero() {
				row.MadeAt = g.MadeAt.UnixMilli()
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// MemberLists yields the lists of members that were read, without the members.
func (r *Records) MemberLists() iter.Seq2[MemberList, error] {
	return func(yield func(MemberList, error) bool) {
		for _, m := range r.Member {
			if !yield(MemberList{Container: m.Container, Partial: m.Partial}, nil) {
				return
			}
		}
	}
}

// Members yields the members by number; [Records.Keys] must have been called.
func (r *Records) Members() iter.Seq2[MemberRow, error] {
	return func(yield func(MemberRow, error) bool) {
		for _, m := range r.Member {
			c := r.refs[m.Container]
			for _, k := range m.Members {
				if !yield(MemberRow{c, r.refs[k]}, nil) {
					return
				}
			}
		}
	}
}

// Organizations yields the organizations.
func (r *Records) Organizations() iter.Seq2[Organization, error] { return each(r.Organization) }

// Divisions yields the divisions.
func (r *Records) Divisions() iter.Seq2[Division, error] { return each(r.Division) }

// Permissions yields the catalogue.
func (r *Records) Permissions() iter.Seq2[Permission, error] { return each(r.Permission) }

// Roles yields the roles.
func (r *Records) Roles() iter.Seq2[Role, error] { return each(r.Role) }

// Users yields the users, those of trustees too.
func (r *Records) Users() iter.Seq2[User, error] { return each(r.User) }

// Groups yields the groups, those of trustees too.
func (r *Records) Groups() iter.Seq2[Group, error] { return each(r.Group) }

// Teams yields the teams.
func (r *Records) Teams() iter.Seq2[Team, error] { return each(r.Team) }

// Clients yields the OAuth clients.
func (r *Records) Clients() iter.Seq2[Client, error] { return each(r.Client) }

// Usages yields what OAuth clients called.
func (r *Records) Usages() iter.Seq2[Usage, error] { return each(r.Usage) }

// Resources yields queues, flows and other objects with a division.
func (r *Records) Resources() iter.Seq2[Resource, error] { return each(r.Resource) }

// Views yields the views.
func (r *Records) Views() iter.Seq2[View, error] { return each(r.View) }

// Trusts yields the trusts.
func (r *Records) Trusts() iter.Seq2[Trust, error] { return each(r.Trust) }

// AccessPolicies yields the access policies.
func (r *Records) AccessPolicies() iter.Seq2[AccessPolicy, error] { return each(r.AccessPolicy) }

// OtherRecords yields the records that the model does not interpret, with their JSON.
func (r *Records) OtherRecords() iter.Seq2[OtherRecord, error] {
	return func(yield func(OtherRecord, error) bool) {
		for _, v := range r.Other {
			if !yield(OtherRecord{v, r.JSON[v.Key()]}, nil) {
				return
			}
		}
	}
}

// Coverage yields the ledger.
func (r *Records) Coverage() iter.Seq2[Coverage, error] { return each(r.CoverageLedger) }

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}
