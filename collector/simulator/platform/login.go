package platform

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// day is how long a token lives if nobody says otherwise.
const day = 24 * time.Hour

// login is the login host's POST /oauth/token.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ININ-Correlation-Id", s.count("POST /oauth/token"))
	w.Header().Set("Content-Type", "application/json")
	c := &call{s: s, org: s.org, r: r, effects: s.effects("POST /oauth/token", r.URL.Path)}
	if err := c.before(); err != nil {
		s.fail(w, c, err, w.Header().Get("ININ-Correlation-Id"))
		return
	}
	s.records.RLock()
	defer s.records.RUnlock()
	status, code, why := s.checkLogin(r)
	if code != "" {
		s.send(w, c, status, loginError(code, why))
		return
	}
	id, _, _ := r.BasicAuth()
	b, err := json.Marshal(s.issue(id))
	if err != nil {
		s.fail(w, c, err, w.Header().Get("ININ-Correlation-Id"))
		return
	}
	s.send(w, c, http.StatusOK, b)
}

// checkLogin returns the OAuth error of a request for a token, if it has one.
func (s *Server) checkLogin(r *http.Request) (status int, code, why string) {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/x-www-form-urlencoded" {
		return http.StatusBadRequest, "invalid_request", "the content type is not application/x-www-form-urlencoded"
	}
	if err := r.ParseForm(); err != nil {
		return http.StatusBadRequest, "invalid_request", "the form cannot be read"
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		return http.StatusUnauthorized, "invalid_client", "client authentication is missing"
	}
	if grant := r.PostForm.Get("grant_type"); grant != "client_credentials" {
		return http.StatusBadRequest, "unsupported_grant_type", "grant type not supported: " + grant
	}
	if id == s.o.ClientID && secret == s.o.ClientSecret {
		return 0, "", ""
	}
	client := s.org.lists[authz.ListClients].find(id)
	if id == s.o.ClientID || client == nil || secret != s.Secret(id) || client.state != "active" {
		return http.StatusUnauthorized, "invalid_client", "client authentication failed"
	}
	if kind := textOf(client.raw, "authorizedGrantType"); kind != "" && kind != "CLIENT-CREDENTIALS" {
		return http.StatusBadRequest, "unauthorized_client", "the client may not use this grant type"
	}
	return 0, "", ""
}

// issue makes a token for a client that has shown who it is.
func (s *Server) issue(id string) map[string]any {
	who := s.auditor()
	if id != s.o.ClientID {
		who = &caller{id: id, subject: authz.Key{Org: s.org.id, Kind: authz.KindClient, ID: id}}
	}
	lifetime := s.lifetime(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nth++
	name := Canary + "-token-" + text(s.hash("token", s.nth), 40)
	s.tokens[name] = &token{who: who, expires: s.o.Now().Add(lifetime)}
	// The platform tells a second less than the client says.
	return map[string]any{"access_token": name, "token_type": "bearer", "expires_in": max(int(lifetime/time.Second)-1, 0)}
}

func (s *Server) lifetime(id string) time.Duration {
	if s.o.TokenLifetime != 0 {
		return s.o.TokenLifetime
	}
	if client := s.org.lists[authz.ListClients].find(id); client != nil {
		for _, f := range fields(client.raw) {
			if f.key != "accessTokenValiditySeconds" {
				continue
			}
			if n, err := strconv.Atoi(string(f.value)); err == nil && n > 0 {
				return time.Duration(n) * time.Second
			}
		}
	}
	return day
}

// textOf returns a field of an object that is a string.
func textOf(raw []byte, key string) string {
	var text string
	for _, f := range fields(raw) {
		if f.key == key && len(f.value) > 0 && f.value[0] == '"' {
			if err := json.Unmarshal(f.value, &text); err != nil {
				return ""
			}
		}
	}
	return text
}
