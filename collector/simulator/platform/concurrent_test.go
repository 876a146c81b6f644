package platform

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// TestConcurrent asks from many sides while records change. What it says, the race
// detector says.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	org, err := Load(simulator.Told())
	if err != nil {
		t.Fatal(err)
	}
	s := New(org, Options{Rate: -1, Token: "t", Faults: faults(t, "change:/users:20%", "change:/groups:20%", "change:/oauth/clients:20%", "odd:/groups")})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 25 {
				for _, path := range []string{
					"/users?pageSize=5", "/groups", "/oauth/clients", "/groups/g-qa/members", "/authorization/roles/role-admin/subjectgrants",
					fmt.Sprintf("/authorization/divisionspermitted/paged/u-%s?permission=routing:queue:view", []string{"ana", "bo", "maria", "tess"}[(worker+i)%4]),
					"/authorization/divisions?objectCount=true", "/authorization/subjects/u-tess", "/scim/v2/users",
				} {
					r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, inAPI(path), nil)
					r.Header.Set("Authorization", "Bearer t")
					w := httptest.NewRecorder()
					s.ServeHTTP(w, r)
					if w.Code != http.StatusOK {
						t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
					}
				}
				s.Calls()
				s.Changed()
			}
		})
	}
	wg.Wait()
	if got, want := s.Total(), 8*25*9; got != want {
		t.Errorf("%d calls; want %d", got, want)
	}
	if len(s.Changed()) == 0 {
		t.Error("nothing changed")
	}
}
