package xlsx

import (
	"fmt"
	"strings"

	"github.com/grantgraph/grantgraph/report"
)

// seeByClass says who can see what by classes of equal access: a row for the
// divisions of a tenant that the members of a class see alike. With the members of
// the classes it says as much as a row for each principal and division.
func (b *book) seeByClass() list {
	return list{
		name: "Who can see by class", what: "A row for each class of equal principals and the divisions that it sees alike",
		columns: []column{
			{"Class", 8, false},
			{"Principals", 11, false},
			{"Principal", 30, false},
			{"Kind", 14, false},
			{"Tenant", 18, false},
			{"External", 10, false},
			{"Division's tenant", 18, false},
			{"Divisions", 44, true},
			{"Number of divisions", 11, false},
			{"From outside", 10, false},
			{"Reach", 12, false},
			{"Permissions", 12, false},
			{"Role", 26, false},
			{"Assigned in", 20, false},
			{"Further roles and divisions", 12, false},
			{"Principal id", 38, false},
		},
		rows: rowsOfSeq(b.d.SeeAlike, func(r row, s *report.SeeAlike) row {
			p := &b.d.Principals[s.Principal]
			name, id := nameOf(p), &p.ID
			if s.Principals > 1 {
				text := fmt.Sprintf("%s and %d more", *name, s.Principals-1)
				name, id = &text, new(string)
			}
			names := make([]string, len(s.Divisions))
			for i := range s.Divisions {
				names[i] = s.Divisions[i].Name
			}
			return append(r,
				class(s.Class), s.Principals, name, p.Kind, &p.Tenant, p.External, &s.TargetTenant, strings.Join(names, "; "), len(names),
				s.Outside, s.Reach, known(s.Permissions), &s.Via.Role, &s.Via.Division, s.Via.Others, id)
		}),
	}
}

// classMembers says who is of which class.
func (b *book) classMembers() list {
	return list{
		name: "Class members", what: "Who is of which class of equal access",
		columns: []column{
			{"Class", 8, false}, {"Principal", 30, false}, {"Kind", 14, false}, {"E-mail", 30, false}, {"Tenant", 18, false}, {"Principal id", 38, false},
		},
		rows: func(yield func(row) bool) {
			var r row
			for i := range b.d.Classes {
				for _, m := range b.d.Classes[i].Members {
					p := &b.d.Principals[m]
					if r = append(r[:0], i+1, nameOf(p), p.Kind, &p.Email, &p.Tenant, &p.ID); !yield(r) {
						return
					}
				}
			}
		},
	}
}
