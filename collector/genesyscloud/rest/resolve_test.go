package rest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

const profilesFile = `
# what the platform's own tool writes
[DEFAULT]
environment = "mypurecloud.de"
client_credentials = "id-default"
client_secret = "canary-default"
grant_type = "1"
logging_enabled = false

[Acme]
environment = "me_central_1"
client_credentials = "id-acme"
client_secret = " canary-acme "
proxy_host = "proxy.acme.example"
proxy_port = 3128
proxy_username = "pu"
proxy_password = "canary-proxy"

[token]
access_token = "canary-token"
client_credentials = "id-token"

[browser]
grant_type = "3"
oauth_token_data = "{\"access_token\":\"canary-browser\"}"

[half]
client_credentials = "id-half"

[empty]
environment = "usw2.pure.cloud"
`

// home makes a home folder with these profiles.
func home(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".gc"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".gc", "config.toml"), []byte(text))
	return dir
}

func TestResolve(t *testing.T) {
	t.Parallel()
	dir := home(t, profilesFile)
	client := []string{envID, "id-env", envSecret, "canary-env"}
	tests := []struct {
		name string
		s    Settings
		want string // id, API, login, source of the credentials and the region
	}{
		{
			"environment",
			Settings{Env: env(append(client, envRegion, "eu-west-2")...)},
			"id-env https://api.euw2.pure.cloud https://login.euw2.pure.cloud GENESYSCLOUD_OAUTHCLIENT_ID GENESYSCLOUD_REGION",
		},
		{
			"environment goes before DEFAULT",
			Settings{Home: dir, Env: env(client...)},
			"id-env https://api.mypurecloud.com https://login.mypurecloud.com GENESYSCLOUD_OAUTHCLIENT_ID the default",
		},
		{
			"DEFAULT",
			Settings{Home: dir},
			"id-default https://api.mypurecloud.de https://login.mypurecloud.de client_credentials in profile DEFAULT of FILE environment in profile DEFAULT of FILE",
		},
		{
			"profile goes before environment",
			Settings{Home: dir, Profile: "acme", Env: env(append(client, envRegion, "eu-west-2")...)},
			"id-acme https://api.mec1.pure.cloud https://login.mec1.pure.cloud client_credentials in profile Acme of FILE environment in profile Acme of FILE",
		},
		{
			"region flag",
			Settings{Home: dir, Region: "https://api.usw2.pure.cloud/"},
			"id-default https://api.usw2.pure.cloud https://login.usw2.pure.cloud client_credentials in profile DEFAULT of FILE --region",
		},
		{
			"profile without region",
			Settings{Home: dir, Profile: "token", Env: env(envRegion, "ap_northeast_3")},
			" https://api.apne3.pure.cloud https://login.apne3.pure.cloud access_token in profile token of FILE GENESYSCLOUD_REGION",
		},
		{
			"token alone",
			Settings{Env: env(envToken, "canary-t")},
			" https://api.mypurecloud.com https://login.mypurecloud.com GENESYSCLOUD_ACCESS_TOKEN the default",
		},
		{
			"loopback",
			Settings{Env: env(client...), API: "http://127.0.0.1:8080/"},
			"id-env http://127.0.0.1:8080 http://127.0.0.1:8080 GENESYSCLOUD_OAUTHCLIENT_ID --api-url",
		},
		{
			"gateway",
			Settings{Env: env(client...), API: "https://gw.example.com/genesys/", Login: "https://gw.example.com/login"},
			"id-env https://gw.example.com/genesys https://gw.example.com/login GENESYSCLOUD_OAUTHCLIENT_ID --api-url",
		},
		{
			"gateway and region",
			Settings{Env: env(client...), API: "https://gw.example.com", Region: "eu-west-1"},
			"id-env https://gw.example.com https://login.mypurecloud.ie GENESYSCLOUD_OAUTHCLIENT_ID --api-url",
		},
	}
	for _, tt := range tests {
		a, err := Resolve(tt.s)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := strings.Join([]string{a.Credentials.ClientID, a.API.String(), a.Login.String(), a.From["credentials"], a.From["region"]}, " ")
		got = strings.ReplaceAll(got, filepath.Join(dir, ".gc", "config.toml"), "FILE")
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		if text := fmt.Sprintf("%v %+v %#v", a, a, a); strings.Contains(text, "canary") {
			t.Errorf("%s: a secret prints: %s", tt.name, text)
		}
		if a.Source().API != strings.TrimPrefix(strings.TrimPrefix(a.API.String(), "https://"), "http://") || a.Source().ClientID != a.Credentials.ClientID {
			t.Errorf("%s: source %v", tt.name, a.Source())
		}
	}
	acme, err := Resolve(Settings{Home: dir, Profile: "ACME"})
	if err != nil || acme.Credentials.ClientSecret.reveal() != "canary-acme" || acme.Proxy.URL.String() != "http://proxy.acme.example:3128" ||
		acme.Proxy.User != "pu" || acme.Proxy.Password.reveal() != "canary-proxy" {
		t.Errorf("Acme = %+v, %v", acme, err)
	}
}

func TestResolveErrors(t *testing.T) {
	t.Parallel()
	dir := home(t, profilesFile)
	lone := home(t, "[acme]\nclient_credentials = \"x\"\nclient_secret = \"y\"\n")
	bad := home(t, "[DEFAULT]\nclient_secret = canary\n")
	tests := []struct {
		name string
		s    Settings
		want string
	}{
		{"nothing", Settings{}, "no credentials: set GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and GENESYSCLOUD_REGION, or make a profile with the platform's own tool (gc profiles new)"},
		{"no DEFAULT", Settings{Home: lone}, "or name a profile: there are acme"},
		{"unknown profile", Settings{Home: dir, Profile: "acne"}, `profile "acne" is not there: there are Acme, DEFAULT, browser, empty, half, token`},
		{"no file", Settings{Home: t.TempDir(), Profile: "acme"}, `profile "acme" is not there: there are none in `},
		{"half env", Settings{Env: env(envID, "x")}, "there is a client id (GENESYSCLOUD_OAUTHCLIENT_ID) but no secret: set GENESYSCLOUD_OAUTHCLIENT_SECRET"},
		{"other half", Settings{Env: env(envSecret, "x")}, "there is a client secret (GENESYSCLOUD_OAUTHCLIENT_SECRET) but no id: set GENESYSCLOUD_OAUTHCLIENT_ID"},
		{"half profile", Settings{Home: dir, Profile: "half", Env: env(envSecret, "canary")}, "(client_credentials in profile half of "},
		{"browser", Settings{Home: dir, Profile: "browser"}, "signs a person in through a browser: an audit needs a client of grant type client credentials"},
		{"empty", Settings{Home: dir, Profile: "empty"}, "has no credentials: it needs client_credentials (the client's id) and client_secret, or access_token"},
		{"not TOML", Settings{Home: bad}, "config.toml:2:17: not valid TOML"},
		{"token", Settings{Env: env(envToken, "canary\nx")}, "it has characters that no token has: copy it again"},
		{"region", Settings{Env: env(envToken, "t", envRegion, "eu-central")}, `region "eu-central" is not known: want a domain such as mypurecloud.de, or one of ap-northeast-1, `},
		{"region's place", Settings{Env: env(envToken, "t", envRegion, "eu-central")}, `(from GENESYSCLOUD_REGION)`},
		{"domain", Settings{Env: env(envToken, "t"), Region: "my pure.cloud"}, `is not a domain`},
		{"http", Settings{Env: env(envToken, "t"), API: "http://api.mypurecloud.de"}, "plain http would send the secret in the open: use https"},
		{"http login", Settings{Env: env(envToken, "t"), API: "http://localhost:1", Login: "http://login.mypurecloud.de"}, "login URL"},
		{"user", Settings{Env: env(envToken, "t"), API: "https://u:p@api.mypurecloud.de"}, "it has a user in it"},
		{"query", Settings{Env: env(envToken, "t"), API: "https://api.mypurecloud.de?x"}, "it has a query in it"},
		{"scheme", Settings{Env: env(envToken, "t"), API: "ftp://api.mypurecloud.de"}, `scheme "ftp": want https`},
		{"no URL", Settings{Env: env(envToken, "t"), API: "api.mypurecloud.de"}, "not a URL: want one such as https://api.mypurecloud.de"},
		{"gateway", Settings{Env: env(envToken, "t"), API: "https://gw.example.com"}, "it does not say where to sign in: give the login URL or the region too"},
		{"region URL", Settings{Env: env(envToken, "t"), Region: "https://gw.example.com/x"}, "is not a base URL of the platform"},
		{"proxy", Settings{Env: env(envToken, "t", envProxy+"HOST", "p.example", envProxy+"PROTOCOL", "socks")}, `proxy (GENESYSCLOUD_PROXY_HOST): protocol "socks": want http or https`},
		{"proxy URL", Settings{Env: env(envToken, "t", envProxy+"HOST", "http://u:canary@p")}, `want a host name alone`},
	}
	for _, tt := range tests {
		a, err := Resolve(tt.s)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, %v; want %q in it", tt.name, a, err, tt.want)
		}
	}
}

func TestResolveWarns(t *testing.T) {
	t.Parallel()
	dir := home(t, profilesFile)
	file := filepath.Join(dir, ".gc", "config.toml")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		s    Settings
		want string
	}{
		{"file open to others", Settings{Home: dir}, "chmod 600 " + file},
		{"environment unused", Settings{Home: dir, Profile: "acme", Env: env(envID, "x")}, "are not used: profile Acme is named"},
		{"unknown domain", Settings{Env: env(envToken, "t", envRegion, "mypurecloud.con")}, "mypurecloud.con is not a domain of the platform"},
		{"token first", Settings{Env: env(envToken, "t", envID, "x", envSecret, "y")}, "an access token goes first, and cannot be renewed"},
	}
	for _, tt := range tests {
		if runtime.GOOS == "windows" && tt.name == "file open to others" {
			continue
		}
		a, err := Resolve(tt.s)
		if err != nil || !strings.Contains(strings.Join(a.Warnings, "\n"), tt.want) {
			t.Errorf("%s: %q, %v; want %q in it", tt.name, a.Warnings, err, tt.want)
		}
	}
	quiet, err := Resolve(Settings{Home: home(t, profilesFile), Region: "mypurecloud.com.au"})
	if err != nil || quiet.Warnings != nil {
		t.Errorf("warnings without cause: %q, %v", quiet.Warnings, err)
	}
}

// TestProfilesInFolder has a config.toml in the working folder: of the tool, and
// of some other program.
func TestProfilesInFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.toml"), []byte("[here]\naccess_token = \"t\"\n"))
	names, err := Profiles(Settings{Home: home(t, profilesFile), Dir: dir})
	if err != nil || !slices.Contains(names, "here") || !slices.Contains(names, "Acme") {
		t.Errorf("Profiles = %q, %v", names, err)
	}
	write(t, filepath.Join(dir, "config.toml"), []byte("title: a site\n"))
	if a, err := Resolve(Settings{Home: home(t, profilesFile), Dir: dir}); err != nil || a.Name != "DEFAULT" {
		t.Errorf("Resolve beside another program's file = %v, %v", a.Name, err)
	}
	if _, err := Resolve(Settings{Dir: dir, Profile: "here"}); err == nil || !strings.Contains(err.Error(), "config.toml:1:") {
		t.Errorf("Resolve of a profile that must be in it: %v", err)
	}
}

// TestRegions has every AWS region as people write it.
func TestRegions(t *testing.T) {
	t.Parallel()
	for name, domain := range domains {
		for _, text := range []string{name, strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), domain, "api." + domain, "https://api." + domain, "https://apps." + domain + "/", " " + name + " "} {
			b, err := parseRegion(text)
			if err != nil || b.api.String() != "https://api."+domain || b.login.String() != "https://login."+domain || !b.known {
				t.Errorf("parseRegion(%q) = %v, %v, %v, %v", text, b.api, b.login, b.known, err)
			}
		}
	}
	if got := len(Regions()); got != len(domains)-2 || !slices.IsSorted(Regions()) {
		t.Errorf("Regions() = %q", Regions())
	}
	if n := len(slices.Compact(slices.Sorted(maps.Values(domains)))); n != len(domains) {
		t.Errorf("%d domains for %d regions", n, len(domains))
	}
}

func FuzzProfiles(f *testing.F) {
	f.Add([]byte(profilesFile))
	f.Add([]byte("[DEFAULT]\nclient_secret = canary-1\n"))
	f.Add([]byte("a = 1\n[[x]]\nb = 2\n[DEFAULT.client_secret]\nc = 07:32:00\n"))
	f.Add([]byte("\xff\xfe[\x00D\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseProfiles("f", b)
		if err != nil && len(err.Error()) > 150 {
			t.Errorf("the error has more than a place: %v", err)
		}
		for _, p := range list {
			all := &profiles{list: list}
			if _, ok := all.find(strings.ToUpper(p.name)); !ok && strings.EqualFold(p.name, strings.ToUpper(p.name)) {
				t.Errorf("profile %q is not found", p.name)
			}
			r := resolver{Settings: Settings{Profile: p.name}, all: all, account: Account{From: map[string]string{}}}
			for _, step := range []func() error{r.place, r.credentials, r.region, r.proxy} {
				if step() != nil {
					break
				}
			}
		}
	})
}

// FuzzRegion never makes a URL that the secret must not go to.
func FuzzRegion(f *testing.F) {
	for _, s := range []string{"eu-central-1", "mypurecloud.de", "https://api.x.y/z", "http://[::1]:1", "http://127.0.0.1@evil", "a..b", "http:///x", "https://api.x:99999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := parseRegion(s)
		if err != nil {
			return
		}
		if b.api.Host == "" || b.api.User != nil || b.api.Scheme != "https" && !isLoopback(b.api.Hostname()) || b.login.Scheme != b.api.Scheme {
			t.Errorf("parseRegion(%q) = %v, %v", s, b.api, b.login)
		}
	})
}

// FuzzRefusal reads any body.
func FuzzRefusal(f *testing.F) {
	f.Add(403, []byte(`{"code":"missing.permissions","message":"You are missing the following permission(s): a:b:c, admin"}`))
	f.Add(400, []byte(`{"errors":[{"errors":[{"code":"x"}]}],"limit":{"value":1e999}}`))
	f.Add(500, []byte("\xff\x00<html>"))
	c, err := New(Options{Account: Account{API: basesOf("x.y").api, Login: basesOf("x.y").login, Credentials: Credentials{AccessToken: NewSecret("canary-token-z")}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, b []byte) {
		for _, text := range []string{
			c.refusal(&question{method: "GET", path: "/x"}, status, nil, b).Error(), c.signInRefused(status, b).Error(),
		} {
			if strings.Contains(text, "canary-token-z") || strings.ContainsAny(text, "\x00\x1b\n") {
				t.Errorf("%q", text)
			}
		}
	})
}
