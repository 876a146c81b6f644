// Package change is the vocabulary of changes to an organization: what cut
// proposes, what whatif tries out, and what would complete a nearest miss.
//
// A [Change] names records by key. [Overlay] shows a snapshot as it would be
// after some changes, without copying it, so that a graph can be built of it.
// The package finds no names and judges nothing.
package change

import (
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Kind says what a change does.
type Kind string

// The kinds of change.
const (
	// RevokeGrant and Grant take and give a role in a division.
	RevokeGrant Kind = "revoke-grant"
	Grant       Kind = "grant"
	// RemoveMember takes a member out of a group, as an owner too, and LeaveTeam
	// out of a team; AddMember and JoinTeam put one in.
	RemoveMember Kind = "remove-member"
	AddMember    Kind = "add-member"
	LeaveTeam    Kind = "leave-team"
	JoinTeam     Kind = "join-team"
	// DisableClient to EnableTrust switch a record off and on.
	DisableClient Kind = "disable-client"
	DisableUser   Kind = "disable-user"
	DisableGroup  Kind = "disable-group"
	DisableTrust  Kind = "disable-trust"
	EnableClient  Kind = "enable-client"
	EnableUser    Kind = "enable-user"
	EnableGroup   Kind = "enable-group"
	EnableTrust   Kind = "enable-trust"
	// DisableAccessPolicy makes an access policy inactive.
	DisableAccessPolicy Kind = "disable-access-policy"
	// DropPolicy takes a line out of a role, AddPolicy adds one that nothing
	// narrows, and WidenPolicy takes away what narrows the lines that give a
	// permission.
	DropPolicy  Kind = "drop-policy"
	AddPolicy   Kind = "add-policy"
	WidenPolicy Kind = "widen-policy"
	// DropInheritance ends that a role inherits from another.
	DropInheritance Kind = "drop-inheritance"
	// MoveResource puts a queue, flow or other object into a division, MoveUser a user.
	MoveResource Kind = "move-resource"
	MoveUser     Kind = "move-user"
)

// Kinds returns every kind, in the order of the documentation.
func Kinds() []Kind {
	return []Kind{
		RevokeGrant, Grant, RemoveMember, AddMember, LeaveTeam, JoinTeam, DisableClient, DisableUser, DisableGroup, DisableTrust,
		EnableClient, EnableUser, EnableGroup, EnableTrust, DisableAccessPolicy, DropPolicy, AddPolicy, WidenPolicy, DropInheritance, MoveResource, MoveUser,
	}
}

// A Change is one change to one organization. Which fields it has is a matter of
// its kind.
type Change struct {
	Kind Kind
	// Record is what is changed: the subject of a grant, a group or team, a
	// client, user or trust, a role, a queue or other object.
	Record authz.Key
	// Role is the id of a grant's role, or of the role that is no longer inherited.
	Role string
	// Division is that of a grant, or the one that something is moved to: an id,
	// or [authz.AllDivisions]. Of a revocation it may be empty: in whatever
	// division.
	Division string
	// Member is who joins or leaves.
	Member authz.Key
	// Permission is that of a policy.
	Permission authz.Pattern
}

// ID names the record that a change is about, as outputs do: a grant by
// SUBJECT/ROLE/DIVISION, a membership by CONTAINER/MEMBER, a line by
// ROLE/PERMISSION, an inheritance by ROLE/ROLE.
func (c Change) ID() string {
	switch c.Kind {
	case RevokeGrant, Grant:
		division := c.Division
		if division == "" {
			division = "any"
		}
		return c.Record.ID + "/" + c.Role + "/" + division
	case RemoveMember, AddMember, LeaveTeam, JoinTeam:
		return c.Record.ID + "/" + c.Member.ID
	case DropPolicy, AddPolicy, WidenPolicy:
		return c.Record.ID + "/" + c.Permission.String()
	case DropInheritance:
		return c.Record.ID + "/" + c.Role
	default:
		return c.Record.ID
	}
}

// String returns a change as "kind id".
func (c Change) String() string { return fmt.Sprintf("%s %s", c.Kind, c.ID()) }
