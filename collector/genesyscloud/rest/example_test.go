package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/grantgraph/grantgraph/collector/genesyscloud/rest"
)

// serve is a platform with three users of a tenant, two to a page, where the
// settings are not for us.
func serve(rw http.ResponseWriter, r *http.Request) {
	switch r.URL.Path + "?" + r.URL.RawQuery {
	case "/oauth/token?":
		fmt.Fprint(rw, `{"access_token":"t","expires_in":86399}`)
	case "/api/v2/organizations/me?":
		fmt.Fprint(rw, `{"id":"o1","name":"Acme"}`)
	case "/api/v2/users?pageNumber=1&pageSize=2&state=inactive":
		fmt.Fprint(rw, `{"entities":[{"id":"u1"},{"id":"u2"}],"total":3,"pageCount":2,"pageNumber":1,"pageSize":2}`)
	case "/api/v2/users?pageNumber=2&pageSize=2&state=inactive":
		fmt.Fprint(rw, `{"entities":[{"id":"u3"}],"total":3,"pageCount":2,"pageNumber":2,"pageSize":2}`)
	default:
		rw.WriteHeader(http.StatusForbidden)
		fmt.Fprint(rw, `{"code":"missing.permissions","message":"You are missing the following permission(s): authorization:settings:view"}`)
	}
}

// Example is a run, and the same run again: the second asks only for what was
// refused.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(serve))
	defer server.Close()
	dir, err := os.MkdirTemp("", "rest")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for range 2 {
		if err := run(context.Background(), filepath.Join(dir, "acme.db.part"), server.URL); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// {"id":"o1","name":"Acme"}
	// page 1 of 3 users: [{"id":"u1"} {"id":"u2"}]
	// page 2 of 3 users: [{"id":"u3"}]
	// a gap for want of [authorization:settings:view]
	// asked 5
	// {"id":"o1","name":"Acme"}
	// page 1 of 3 users: [{"id":"u1"} {"id":"u2"}]
	// page 2 of 3 users: [{"id":"u3"}]
	// a gap for want of [authorization:settings:view]
	// asked 2
}

func run(ctx context.Context, file, api string) error {
	account, err := rest.Resolve(rest.Settings{API: api, Env: func(name string) (string, bool) {
		value, ok := map[string]string{"GENESYSCLOUD_OAUTHCLIENT_ID": "c1", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "s"}[name]
		return value, ok
	}})
	if err != nil {
		return err
	}
	log, err := rest.OpenLog(file, rest.LogOptions{Source: account.Source()})
	if err != nil {
		return err
	}
	defer log.Close()
	asked := 0
	client, err := rest.New(rest.Options{Account: account, Log: log, Observe: func(e rest.Event) {
		if e.Kind == rest.Asked {
			asked++
		}
	}})
	if err != nil {
		return err
	}

	me, err := client.Do(ctx, rest.Get("/api/v2/organizations/me"))
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", me.Body)
	if err := log.Bind("o1"); err != nil {
		return err
	}
	for page, err := range client.Numbered(ctx, rest.Get("/api/v2/users", "state", "inactive"), 2) {
		if err != nil {
			return err
		}
		fmt.Printf("page %d of %d users: %s\n", page.Number, page.Total, page.Entities)
	}
	_, err = client.Do(ctx, rest.Get("/api/v2/authorization/settings"))
	if refused, ok := errors.AsType[*rest.APIError](err); ok && refused.Status == http.StatusForbidden {
		fmt.Println("a gap for want of", refused.Missing)
	} else if err != nil {
		return err
	}
	fmt.Println("asked", asked)
	return log.Close()
}
