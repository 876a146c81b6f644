package simulator

import (
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// groups tells the groups, then their members.
func (w *world) groups(e *emitter) error {
	owners, members := w.ownerGroup()
	if err := e.put(authz.ListGroups, owners); err != nil {
		return err
	}
	for i, g := range w.crowds.groups {
		if err := e.put(authz.ListGroups, groupRecord(w.crew, g, w.ids.groups[i], i)); err != nil {
			return err
		}
	}
	if err := putAll(e, authz.ListGroups, w.planted.groups); err != nil {
		return err
	}
	if err := e.put(authz.ListGroupMembers, members); err != nil {
		return err
	}
	if err := w.members(e, authz.ListGroupMembers, authz.KindGroup, w.ids.groups, w.crowds.groups); err != nil {
		return err
	}
	return putAll(e, authz.ListGroupMembers, w.planted.members)
}

// ownerGroup returns the group of the administrators. It holds no role: the
// configuration names it where it approves them.
func (w *world) ownerGroup() (authz.Group, authz.MemberList) {
	in := w.lay.internal()
	g := authz.Group{
		Org: w.lay.org, ID: w.ids.groups[len(w.ids.groups)-1], Name: ownerGroupName, State: "active", Type: "official",
		RolesEnabled: authz.True, IncludeOwners: authz.False, Owners: []string{w.crew.ids[in.first]},
	}
	keys := block{n: admins(len(w.crew.ids))}.keys(w.crew, in)
	return g, authz.MemberList{Container: g.Key(), Members: keys}
}

// members tells the members of crowds.
func (w *world) members(e *emitter, list authz.List, kind authz.Kind, ids []string, crowds []crowd) error {
	for i, g := range crowds {
		m := authz.MemberList{
			Container: authz.Key{Org: w.lay.org, Kind: kind, ID: ids[i]},
			Members:   g.members.keys(w.crew, &w.lay.units[g.unit]),
		}
		if err := e.put(list, m); err != nil {
			return err
		}
	}
	return nil
}

// teams tells the teams and their members.
func (w *world) teams(e *emitter) error {
	for i, t := range w.crowds.teams {
		u := &w.lay.units[t.unit]
		team := authz.Team{Org: w.lay.org, ID: w.ids.teams[i], Name: fmt.Sprintf("Team %s %04d", u.Name, i), Division: w.division(u.divisions[i%len(u.divisions)])}
		if err := e.put(authz.ListTeams, team); err != nil {
			return err
		}
	}
	return w.members(e, authz.ListTeamMembers, authz.KindTeam, w.ids.teams, w.crowds.teams)
}
