package rest

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// The variables of the environment that CX as Code and the platform's
// command-line tool read.
const (
	envID     = "GENESYSCLOUD_OAUTHCLIENT_ID"
	envSecret = "GENESYSCLOUD_OAUTHCLIENT_SECRET"
	envToken  = "GENESYSCLOUD_ACCESS_TOKEN"
	envRegion = "GENESYSCLOUD_REGION"
	envProxy  = "GENESYSCLOUD_PROXY_"
)

// Resolve finds out whom to ask and as whom. Credentials come whole from one
// place: the profile that is named, or else the environment, or else the
// profile DEFAULT. The region is the one that stands beside them if none is
// given.
func Resolve(s Settings) (Account, error) {
	all, err := readProfiles(s)
	if err != nil {
		return Account{}, err
	}
	r := resolver{Settings: s, all: all}
	r.account.From = map[string]string{}
	for _, step := range []func() error{r.place, r.credentials, r.region, r.proxy} {
		if err := step(); err != nil {
			return Account{}, err
		}
	}
	return r.account, nil
}

// A resolver looks for the values of one account.
type resolver struct {
	Settings
	all     *profiles
	chosen  *profile // nil if the environment is meant
	account Account
}

func (r *resolver) env(name string) string {
	if r.Env == nil {
		return ""
	}
	value, _ := r.Env(name)
	return strings.TrimSpace(value)
}

// place chooses the profile or the environment.
func (r *resolver) place() error {
	inEnv := r.env(envID) != "" || r.env(envSecret) != "" || r.env(envToken) != ""
	name := r.Profile
	switch {
	case name == "" && inEnv:
		return nil
	case name == "":
		name = defaultProfile
	}
	found, ok := r.all.find(name)
	switch {
	case ok:
		r.chosen = found
		r.account.Name = found.name
		r.account.Warnings = append(r.account.Warnings, r.all.warnings...)
		if inEnv {
			r.warn("the credentials in the environment (GENESYSCLOUD_…) are not used: profile %s is named", found.name)
		}
		return nil
	case r.Profile != "":
		return fmt.Errorf("profile %q is not there: %s", r.Profile, r.thereIs())
	case len(r.all.list) > 0:
		return fmt.Errorf("no credentials: set %s and %s, or name a profile: %s", envID, envSecret, r.thereIs())
	default:
		return fmt.Errorf("no credentials: set %s, %s and %s, or make a profile with the platform's own tool (gc profiles new)",
			envID, envSecret, envRegion)
	}
}

func (r *resolver) warn(format string, args ...any) {
	r.account.Warnings = append(r.account.Warnings, fmt.Sprintf(format, args...))
}

// thereIs lists the profiles, or where they were looked for.
func (r *resolver) thereIs() string {
	if names := r.all.names(); len(names) > 0 {
		return "there are " + strings.Join(names, ", ")
	}
	if len(r.all.files) == 0 {
		return "no file of profiles was looked for"
	}
	return "there are none in " + strings.Join(r.all.files, " nor ")
}

// get returns a value of the chosen place, and where it stands.
func (r *resolver) get(variable, key string) (value, where string) {
	if r.chosen == nil {
		return r.env(variable), variable
	}
	return r.chosen.values[key], r.chosen.where(key)
}

func (r *resolver) credentials() error {
	id, whereID := r.get(envID, "client_credentials")
	secret, whereSecret := r.get(envSecret, "client_secret")
	token, whereToken := r.get(envToken, "access_token")
	a := &r.account
	a.Credentials.ClientID = id
	switch {
	case token != "":
		if strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
			return fmt.Errorf("access token (%s): it has characters that no token has: copy it again", whereToken)
		}
		// Who made the token is not known: the id beside it may be another's.
		a.Credentials = Credentials{AccessToken: NewSecret(token)}
		a.From["credentials"] = whereToken
		if id != "" && secret != "" {
			r.warn("%s is used and %s is not: an access token goes first, and cannot be renewed", whereToken, whereID)
		}
	case id != "" && secret != "":
		a.Credentials.ClientSecret = NewSecret(secret)
		a.From["credentials"] = whereID
	case id != "":
		return fmt.Errorf("credentials: there is a client id (%s) but no secret: set %s", whereID, whereSecret)
	case secret != "":
		return fmt.Errorf("credentials: there is a client secret (%s) but no id: set %s", whereSecret, whereID)
	default:
		return r.noCredentials()
	}
	return nil
}

// noCredentials is said of a profile that has none.
func (r *resolver) noCredentials() error {
	switch grant := r.chosen.values["grant_type"]; {
	case grant == "2" || grant == "3" || r.chosen.values["oauth_token_data"] != "":
		return fmt.Errorf("profile %s of %s signs a person in through a browser: an audit needs a client of grant type client credentials",
			r.chosen.name, r.chosen.file)
	default:
		return fmt.Errorf("profile %s of %s has no credentials: it needs client_credentials (the client's id) and client_secret, or access_token",
			r.chosen.name, r.chosen.file)
	}
}

func (r *resolver) region() error {
	text, where := r.Region, "--region"
	if text == "" {
		text, where = r.get(envRegion, "environment")
	}
	if text == "" && r.chosen != nil {
		text, where = r.env(envRegion), envRegion
	}
	stated := text != ""
	if !stated {
		text, where = defaultRegion, "the default"
	}
	found, err := parseRegion(text)
	if err != nil {
		return fmt.Errorf("%w (from %s)", err, where)
	}
	r.account.From["region"] = where
	return r.urls(found, stated)
}

// urls sets the base URLs: those of the region, or those that were given.
func (r *resolver) urls(found bases, stated bool) error {
	a := &r.account
	a.API, a.Login = found.api, found.login
	var err error
	if r.API != "" {
		if a.API, err = parseBase(r.API); err != nil {
			return fmt.Errorf("API URL %q: %w", r.API, err)
		}
		a.From["region"] = "--api-url"
	}
	if r.Login != "" {
		if a.Login, err = parseBase(r.Login); err != nil {
			return fmt.Errorf("login URL %q: %w", r.Login, err)
		}
	} else if r.API != "" {
		login, ok := loginOf(a.API)
		switch {
		case ok:
			a.Login = login
		case !stated:
			return fmt.Errorf("API URL %q: it does not say where to sign in: give the login URL or the region too", r.API)
		}
	}
	for _, u := range []*url.URL{a.API, a.Login} {
		host := bareDomain(u.Hostname())
		if r.API == "" && r.Login == "" && !isLoopback(host) && !basesOf(host).known {
			r.warn("%s is not a domain of the platform that this version knows: the credentials are sent there (from %s)", host, a.From["region"])
			break
		}
	}
	return nil
}

func (r *resolver) proxy() error {
	host, where := r.get(envProxy+"HOST", "proxy_host")
	if host == "" {
		return nil
	}
	port, _ := r.get(envProxy+"PORT", "proxy_port")
	scheme, _ := r.get(envProxy+"PROTOCOL", "proxy_protocol")
	user, _ := r.get(envProxy+"AUTH_USERNAME", "proxy_username")
	password, _ := r.get(envProxy+"AUTH_PASSWORD", "proxy_password")
	if scheme == "" {
		scheme = "http"
	}
	if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" {
		return fmt.Errorf("proxy (%s): protocol %q: want http or https", where, scheme)
	}
	if strings.ContainsAny(host, "/@?# ") {
		return fmt.Errorf("proxy (%s): want a host name alone, without protocol or user", where)
	}
	if port != "" {
		host = net.JoinHostPort(strings.Trim(host, "[]"), port)
	}
	if u, err := url.Parse(scheme + "://" + host); err != nil || u.Hostname() == "" {
		return fmt.Errorf("proxy (%s): not a host and port", where)
	}
	r.account.Proxy = &Proxy{URL: &url.URL{Scheme: scheme, Host: host}, User: user, Password: NewSecret(password)}
	r.account.From["proxy"] = where
	return nil
}
