package platform

import (
	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/graph/authz/reference"
)

// divisions are those in which somebody has a permission.
type divisions struct {
	all bool
	in  map[string]bool
}

func (d divisions) none() bool { return !d.all && len(d.in) == 0 }

// permittedIn returns where a caller has a permission.
func (s *Server) permittedIn(who *caller, permission string) divisions {
	p, err := authz.ParsePattern(permission)
	if err != nil {
		return divisions{}
	}
	if who.auditor {
		return s.auditorIn(p)
	}
	return s.subjectIn(who.subject, p)
}

// auditorIn returns where the auditor has a permission.
func (s *Server) auditorIn(p authz.Pattern) divisions {
	holds := s.o.Permissions == nil
	for _, name := range s.o.Permissions {
		q, err := authz.ParsePattern(name)
		holds = holds || (err == nil && q.Covers(p))
	}
	switch {
	case !holds:
		return divisions{}
	case s.o.Divisions == nil || s.awareOf(p) != authz.True:
		return divisions{all: true}
	default:
		return divisions{in: set(s.o.Divisions...)}
	}
}

// awareOf reports whether divisions limit a permission.
func (s *Server) awareOf(p authz.Pattern) authz.Tri {
	if flag := s.org.aware[p]; flag != authz.Unknown {
		return flag
	}
	return s.o.Aware(p)
}

// An oracle is the law, applied to one subject.
type oracle struct {
	model     *reference.Model
	who       authz.Key
	divisions []string // in which the subject has grants
}

// subjectIn returns where a subject has a permission: the platform's own answer.
func (s *Server) subjectIn(subject authz.Key, p authz.Pattern) divisions {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := subject.String() + " " + p.String()
	if d, ok := s.permitted[key]; ok {
		return d
	}
	if len(s.permitted) > maxKept {
		s.permitted = map[string]divisions{}
	}
	d := s.oracle(subject).ask(p)
	s.permitted[key] = d
	return d
}

// maxKept bounds what is kept of answers and oracles.
const maxKept = 4096

func (s *Server) oracle(subject authz.Key) *oracle {
	if o, ok := s.models[subject]; ok {
		return o
	}
	if len(s.models) > maxKept/16 {
		s.models = map[authz.Key]*oracle{}
	}
	o := s.org.oracle(subject, reference.Options{Aware: s.awareOf, Resolve: s.o.Resolve})
	s.models[subject] = o
	return o
}

// ask returns where the subject has a permission. A permission that reaches a
// division other than that of a grant reaches them all.
func (o *oracle) ask(p authz.Pattern) divisions {
	if o.model.Reach(o.who, p, authz.AllDivisions).Level != reference.None {
		return divisions{all: true}
	}
	in := map[string]bool{}
	for _, d := range o.divisions {
		if o.model.Reach(o.who, p, d).Level != reference.None {
			in[d] = true
		}
	}
	return divisions{in: in}
}

// oracle applies the law to one subject: to the records that can matter for it,
// since the law as it is written takes no regard of speed. A group is asked
// about through a member that is in no other.
func (o *Organization) oracle(subject authz.Key, opts reference.Options) *oracle {
	c := &slice{o: o, r: &authz.Records{
		Organization: o.facts.Organization, Division: o.facts.Division, Permission: o.facts.Permission,
		Trust: o.facts.Trust,
	}, seen: map[authz.Key]bool{}, roles: map[string]bool{}}
	if !o.guides {
		// Names are read by the catalogue, so that it is not needed where there are
		// none to read: Aware knows what it says of divisions. That there is one
		// matters.
		c.r.Permission = c.r.Permission[:min(1, len(c.r.Permission))]
	}
	who := subject
	if subject.Kind == authz.KindGroup || subject.Kind == authz.KindTeam {
		who = authz.Key{Org: o.id, Kind: authz.KindUser, ID: subject.ID + " member"}
		c.r.User = append(c.r.User, authz.User{Org: o.id, ID: who.ID})
		c.container(subject, who.ID)
	}
	c.subject(subject)
	c.copyRoles()
	for _, list := range authz.Lists() {
		c.r.CoverageLedger = append(c.r.CoverageLedger, authz.Coverage{Org: o.id, List: list, Status: authz.StatusComplete})
	}
	return &oracle{model: reference.New(c.r, opts), who: who, divisions: c.divisions()}
}
