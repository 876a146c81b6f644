package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/grantgraph/grantgraph/collector/simulator/platform"
)

// freeAddress returns an address of this machine at which nothing listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// fetch FILE PATH [STATUS] writes what the platform at $ADDRESS answers to the
// auditor into a file. It waits for the platform to be there.
func cmdFetch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: fetch FILE PATH [STATUS]")
	}
	base := "http://" + ts.Getenv("ADDRESS")
	login, err := http.NewRequest(http.MethodPost, base+"/oauth/token", strings.NewReader("grant_type=client_credentials"))
	ts.Check(err)
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	login.SetBasicAuth(platform.AuditorID, platform.AuditorSecret)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	ts.Check(json.Unmarshal(fetched(ts, login, "200 OK"), &token))
	ask, err := http.NewRequest(http.MethodGet, base+args[1], nil)
	ts.Check(err)
	ask.Header.Set("Authorization", "Bearer "+token.AccessToken)
	want := "200 OK"
	if len(args) == 3 {
		want = args[2]
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), fetched(ts, ask, want), 0o600))
}

// fetched returns the body of an answer with this status.
func fetched(ts *testscript.TestScript, r *http.Request, status string) []byte {
	for range 200 {
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		ts.Check(err)
		ts.Check(resp.Body.Close())
		if !strings.HasPrefix(resp.Status, status) {
			ts.Fatalf("%s %s: %s: %s", r.Method, r.URL, resp.Status, body)
		}
		return body
	}
	ts.Fatalf("%s does not answer", r.URL)
	return nil
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		address string
		good    bool
	}{
		{"127.0.0.1:8080", true},
		{"localhost:0", true},
		{"[::1]:80", true},
		{"127.9.9.9:1", true},
		{":8080", false},
		{"0.0.0.0:8080", false},
		{"192.168.1.2:80", false},
		{"example.org:80", false},
		{"8080", false},
		{"", false},
	} {
		if err := loopback(test.address); (err == nil) != test.good {
			t.Errorf("loopback(%q) = %v; want good %t", test.address, err, test.good)
		}
	}
}
