package bundle

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

func (f *file) user(v value) error { return f.userOf(v, "") }

// userOf reads a user, of a trustee organization if one is named.
func (f *file) userOf(v value, trustee string) error {
	u := authz.User{Org: f.org.org, Trustee: trustee}
	var clonedFrom, trustor string
	err := v.decode(&u.ID, func(key string, fv value) error {
		switch key {
		case "clonedFrom":
			return fv.refTo(&clonedFrom)
		case "trustor":
			return fv.refTo(&trustor)
		}
		return f.userField(key, fv, &u)
	})
	if err != nil {
		return err
	}
	if u.ClonedFrom = clonedFrom; clonedFrom == "" {
		u.ClonedFrom = trustor
	}
	if trustee == "" {
		f.person(u.ID, authz.KindUser)
	}
	return f.put(u, f.keep(v))
}

// person notes what can be a member. An id of two kinds is of none.
func (o *org) person(id string, kind authz.Kind) {
	if o.people == nil {
		o.people = map[string]authz.Kind{}
	}
	if was, ok := o.people[id]; ok && was != kind {
		kind = authz.KindSubject
	}
	o.people[id] = kind
}

func (f *file) userField(key string, v value, u *authz.User) error {
	switch key {
	case "id":
		return v.text(&u.ID)
	case "name":
		return personName(v, &u.Name)
	case "email":
		return v.text(&u.Email)
	case "username":
		return v.text(&u.Username)
	case "state":
		return v.text(&u.State)
	case "division":
		return f.refTo(v, &u.Division)
	case "title":
		return v.text(&u.Title)
	case "department":
		return v.text(&u.Department)
	case "manager":
		return v.refTo(&u.Manager)
	case "dateLastLogin":
		return v.date(&u.LastLogin)
	case "lastTokenIssued":
		return issued(v, u)
	case "employerInfo":
		return employer(v, u)
	case "bpoUser":
		return v.tri(&u.BPO)
	case "region":
		return v.text(&u.Region)
	case "licenses":
		return v.oneOrMore(&u.Licences)
	}
	return nil
}

// refTo is value.refTo for ids that many entities share.
func (f *file) refTo(v value, to *string) error {
	id, err := v.ref()
	if len(id) > 0 {
		*to = f.intern(id)
	}
	return err
}

// personName reads a name as the API gives it, or in two parts as guides do.
func personName(v value, to *string) error {
	if v.b[0] != '{' {
		return v.text(to)
	}
	var first, last string
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "firstName":
			return fv.text(&first)
		case "lastName":
			return fv.text(&last)
		}
		return nil
	})
	*to = strings.TrimSpace(first + " " + last)
	return err
}

func issued(v value, u *authz.User) error {
	if v.null() {
		return nil
	}
	return v.fields(func(key []byte, fv value) error {
		if string(key) != "dateIssued" {
			return nil
		}
		return fv.date(&u.LastToken)
	})
}

func employer(v value, u *authz.User) error {
	if v.null() {
		return nil
	}
	return v.fields(func(key []byte, fv value) error {
		if string(key) != "employeeType" {
			return nil
		}
		return fv.text(&u.EmployeeType)
	})
}

func (f *file) group(v value) error { return f.groupOf(v, "") }

// groupOf reads a group, of a trustee organization if one is named.
func (f *file) groupOf(v value, trustee string) error {
	g := authz.Group{Org: f.org.org, Trustee: trustee}
	err := v.decode(&g.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&g.ID)
		case "name":
			return fv.text(&g.Name)
		case "state":
			return fv.text(&g.State)
		case "type":
			return fv.text(&g.Type)
		case "rolesEnabled":
			return fv.tri(&g.RolesEnabled)
		case "includeOwners":
			return fv.tri(&g.IncludeOwners)
		case "owners":
			return fv.refs(&g.Owners)
		case "dynamic":
			return fv.tri(&g.Dynamic)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if trustee == "" {
		f.container(authz.KindGroup, g.ID, false)
		f.person(g.ID, authz.KindGroup)
	}
	return f.put(g, f.keep(v))
}

func (f *file) team(v value) error {
	t := authz.Team{Org: f.org.org}
	err := v.decode(&t.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&t.ID)
		case "name":
			return fv.text(&t.Name)
		case "division":
			return f.refTo(fv, &t.Division)
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.container(authz.KindTeam, t.ID, false)
	f.mention("teams.json has teams", authz.ListTeamMembers)
	return f.put(t, f.keep(v))
}
