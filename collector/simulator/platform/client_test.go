package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/collector/simulator"
)

// A naive client asks a server and gives up at the first error.
type naive struct {
	t     testing.TB
	s     *Server
	token string
}

// told returns a server of the organization in which things went wrong, and a
// client that is the auditor.
func told(t testing.TB, o Options) *naive {
	t.Helper()
	org, err := Load(simulator.Told())
	if err != nil {
		t.Fatal(err)
	}
	return newNaive(t, org, o)
}

func newNaive(t testing.TB, org *Organization, o Options) *naive {
	t.Helper()
	n := &naive{t: t, s: New(org, o)}
	n.token = n.login(n.s.o.ClientID, n.s.o.ClientSecret)
	return n
}

// login asks for a token.
func (n *naive) login(id, secret string) string {
	n.t.Helper()
	status, body, _ := n.do(tokenRequest(n.t, id, secret, "client_credentials"))
	if status != http.StatusOK {
		n.t.Fatalf("login of %s: %d %s", id, status, body)
	}
	var got struct {
		AccessToken string `json:"access_token"`
	}
	n.decode(body, &got)
	return got.AccessToken
}

func tokenRequest(t testing.TB, id, secret, grant string) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/oauth/token", strings.NewReader(url.Values{"grant_type": {grant}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(id, secret)
	return r
}

// do sends a request; a connection that is reset has status 0.
func (n *naive) do(r *http.Request) (status int, body []byte, header http.Header) {
	w := httptest.NewRecorder()
	defer func() {
		if v := recover(); v != nil {
			if err, ok := v.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			status = 0
		}
	}()
	n.s.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes(), w.Header()
}

// ask sends a request to the API.
func (n *naive) ask(method, path string, body io.Reader) (int, []byte, http.Header) {
	r := httptest.NewRequestWithContext(n.t.Context(), method, inAPI(path), body)
	r.Header.Set("Authorization", "Bearer "+n.token)
	return n.do(r)
}

// inAPI returns a path that may leave out /api/v2 whole.
func inAPI(path string) string {
	if strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/scim/") {
		return path
	}
	return "/api/v2" + path
}

// get returns what is at a path.
func (n *naive) get(path string) map[string]json.RawMessage {
	n.t.Helper()
	status, body, _ := n.ask(http.MethodGet, path, nil)
	if status != http.StatusOK {
		n.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	var v map[string]json.RawMessage
	n.decode(body, &v)
	return v
}

func (n *naive) decode(body []byte, to any) {
	n.t.Helper()
	if err := json.Unmarshal(body, to); err != nil {
		n.t.Fatalf("%v: %s", err, body)
	}
}

// entities returns the entities of a listing, and the address of the next page.
func (n *naive) entities(path string) (list []json.RawMessage, next string) {
	n.t.Helper()
	v := n.get(path)
	n.decode(v["entities"], &list)
	if v["nextUri"] != nil {
		n.decode(v["nextUri"], &next)
	}
	return list, next
}

// walk follows nextUri to the end: numbered pages, cursors and users/query alike.
func (n *naive) walk(path string) []json.RawMessage {
	n.t.Helper()
	all := []json.RawMessage{}
	for range 10_000 {
		list, next := n.entities(path)
		all = append(all, list...)
		if next == "" {
			return all
		}
		path = next
	}
	n.t.Fatalf("GET %s has no end", path)
	return nil
}

// count walks a list by page number until a page is short.
func (n *naive) count(path string, size int) []json.RawMessage {
	n.t.Helper()
	all := []json.RawMessage{}
	for page := 1; ; page++ {
		list, _ := n.entities(fmt.Sprintf("%s?pageSize=%d&pageNumber=%d", path, size, page))
		all = append(all, list...)
		if len(list) < size {
			return all
		}
	}
}

func (n *naive) id(raw json.RawMessage) string {
	n.t.Helper()
	var v struct{ ID string }
	n.decode(raw, &v)
	return v.ID
}
