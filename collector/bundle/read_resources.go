package bundle

import "github.com/grantgraph/grantgraph/graph/authz"

func (f *file) queue(v value) error    { return f.thing(v, authz.KindQueue) }
func (f *file) flow(v value) error     { return f.thing(v, authz.KindFlow) }
func (f *file) resource(v value) error { return f.thing(v, authz.KindResource) }

// thing reads an object that lies in a division.
func (f *file) thing(v value, kind authz.Kind) error {
	r := authz.Resource{Org: f.org.org, Kind: kind}
	err := v.decode(&r.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&r.ID)
		case "name":
			return fv.text(&r.Name)
		case "type":
			return fv.text(&r.Type)
		case "division":
			return f.refTo(fv, &r.Division)
		case "memberGroups":
			return fv.each(func(e value) error {
				g, err := f.memberGroup(e)
				r.MemberGroups = append(r.MemberGroups, g)
				return err
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if kind == authz.KindQueue {
		f.container(kind, r.ID, false)
	}
	return f.put(r, f.keep(v))
}

func (f *file) memberGroup(v value) (g authz.MemberGroup, err error) {
	if v.b[0] == '"' {
		g.ID = string(v.bytes())
		return g, v.needID(g.ID)
	}
	err = v.decode(&g.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&g.ID)
		case "type":
			return fv.text(&g.Type)
		}
		return nil
	})
	if g.Type == "TEAM" {
		f.mention("a queue lists a team", authz.ListTeams, authz.ListTeamMembers)
	}
	return g, err
}

func (f *file) view(v value) error {
	w := authz.View{Org: f.org.org}
	err := v.decode(&w.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&w.ID)
		case "name":
			return fv.text(&w.Name)
		case "queues":
			return fv.refs(&w.Queues)
		case "users":
			return fv.refs(&w.Users)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.put(w, f.keep(v))
}
