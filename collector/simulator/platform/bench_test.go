package platform

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// BenchmarkServe measures one page of the lists that are long. What the
// organization takes in memory is reported beside it.
func BenchmarkServe(b *testing.B) {
	for _, size := range []simulator.Size{simulator.SizeS, simulator.SizeL} {
		b.Run("size="+string(size), func(b *testing.B) {
			before := heap()
			org, err := Generate(b.Context(), simulator.Options{Size: size, Seed: 1})
			if err != nil {
				b.Fatal(err)
			}
			taken := float64(heap()-before) / (1 << 20)
			s := New(org, Options{Rate: -1, Token: "t"})
			role, division := org.facts.Role[len(org.facts.Role)/2].ID, org.facts.Division[0].ID
			for i := range org.facts.Role {
				if org.grants.subjectsOf(org.facts.Role[i].ID) > org.grants.subjectsOf(role) {
					role = org.facts.Role[i].ID
				}
			}
			group := largest(org)
			for _, path := range []string{
				"/users?state=any&pageSize=500&pageNumber=%d&expand=lasttokenissued",
				"/authorization/roles/" + role + "/subjectgrants?pageSize=100&pageNumber=%d",
				"/authorization/divisions/" + division + "/grants?pageSize=500&pageNumber=%d",
				"/groups/" + group + "/members?pageSize=100&pageNumber=%d",
			} {
				b.Run(path[:min(len(path), 22)], func(b *testing.B) {
					n := 0
					for b.Loop() {
						n++
						ask(b, s, fmt.Sprintf(path, n%10+1))
					}
					b.ReportMetric(taken, "MB-organization")
				})
			}
			b.Run("permitted", func(b *testing.B) {
				users := org.all(authz.ListUsers)
				n := 0
				for b.Loop() {
					n++
					ask(b, s, "/authorization/divisionspermitted/paged/"+users[n*37%len(users)].id+"?permission=routing:queue:view")
				}
			})
		})
	}
}

func largest(org *Organization) string {
	best := org.all(authz.ListGroups)[0].id
	key := func(id string) authz.Key { return authz.Key{Org: org.id, Kind: authz.KindGroup, ID: id} }
	for _, g := range org.all(authz.ListGroups) {
		if len(org.members.direct[key(g.id)]) > len(org.members.direct[key(best)]) {
			best = g.id
		}
	}
	return best
}

func ask(b *testing.B, s *Server, path string) {
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/v2"+path, nil)
	r.Header.Set("Authorization", "Bearer t")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
