package bundle

import "github.com/grantgraph/grantgraph/graph/authz"

// membersIn reads the members of containers of one kind.
func membersIn(kind authz.Kind) func(*file) error {
	return func(f *file) error {
		return f.byID(func(id string) error { return f.members(authz.Key{Org: f.org.org, Kind: kind, ID: id}) })
	}
}

// members passes the members of one container. Null is a list that was not read.
func (f *file) members(container authz.Key) error {
	c, err := f.s.peek()
	if err != nil {
		return err
	}
	if c == 'n' {
		f.unreadList("the members of a container")
		return f.s.skip(0)
	}
	if c != '[' && c != '{' {
		return f.wrong("a list of members")
	}
	if container.Kind == authz.KindTeam {
		f.mention("team_members.json has members", authz.ListTeams)
	}
	m := authz.MemberList{Container: container}
	before, short, fault := f.elements, f.pages.short, f.pages.fault
	f.pages.fault, f.pages.container = "", ""
	if err := f.listOnly(func(v value) error { return f.member(v, &m) }, "members"); err != nil {
		return err
	}
	f.pages.flush()
	m.Partial = f.pages.fault != "" || f.pages.short != short
	if fault != "" {
		f.pages.fault = fault
	}
	// A list counts as one record, whatever it holds.
	f.elements = before
	if f.pages.container == typeTrusteeGroup {
		m.Container.Kind = authz.KindTrusteeGroup
	}
	f.container(m.Container.Kind, container.ID, true)
	return f.put(m, nil)
}

// member reads one member: an id, or an object with one.
func (f *file) member(v value, m *authz.MemberList) error {
	k := authz.Key{Org: f.org.org, Kind: memberKind(m.Container.Kind)}
	id, err := v.ref()
	if err != nil {
		return err
	}
	if len(id) == 0 {
		return v.fail("a member has no id")
	}
	k.ID = f.intern(id)
	if v.b[0] == '{' {
		if err := f.memberKind(v, &k); err != nil {
			return err
		}
	}
	if k.Kind == authz.KindSubject && f.people[k.ID] == authz.KindUser {
		k.Kind = authz.KindUser // the only one that can be a member and has the id
	}
	m.Members = append(m.Members, k)
	return nil
}

// memberKind reads the type of a member, where one is given as grants give it.
func (f *file) memberKind(v value, k *authz.Key) error {
	return v.fields(func(key []byte, fv value) error {
		if string(key) != "subjectType" || fv.null() {
			return nil
		}
		kind, err := f.subjectKind(fv)
		if kind != 0 {
			k.Kind = kind
			f.mentionSubject("a list of members", kind)
		}
		return err
	})
}

// wrong is the error of a value of the wrong kind that is next to be read.
func (f *file) wrong(what string) error {
	v, err := f.s.raw()
	if err != nil {
		return err
	}
	return v.want(what)
}

func (f *file) trusteeUsers() error {
	return f.trustees((*file).userOf, "the users of a trustee")
}

func (f *file) trusteeGroups() error {
	return f.trustees((*file).groupOf, "the groups of a trustee")
}

// trustees reads entities by the id of their trustee organization.
func (f *file) trustees(one func(*file, value, string) error, what string) error {
	return f.byID(func(id string) error {
		f.mention(fileOf(f.list)+" names a trustee", authz.ListTrustees)
		c, err := f.s.peek()
		switch {
		case err != nil:
			return err
		case c == 'n':
			f.unreadList(what)
			return f.s.skip(0)
		case c != '[' && c != '{':
			return f.wrong("a list of entities")
		}
		n := 0
		return f.listOnly(func(v value) error {
			if n++; n%1024 == 0 {
				if err := f.tick(); err != nil {
					return err
				}
			}
			return one(f, v, id)
		}, what)
	})
}
