package rest

import (
	"net/url"
	"strings"
)

// Credentials are a client's id and secret, or an access token alone.
type Credentials struct {
	ClientID     string
	ClientSecret Secret
	AccessToken  Secret
}

// A Proxy is what stands between us and the platform.
type Proxy struct {
	// URL is its scheme, host and port.
	URL      *url.URL
	User     string
	Password Secret
}

// An Account is whom to ask, and as whom.
type Account struct {
	// Name is that of the profile, or empty.
	Name string
	// API and Login are base URLs: scheme, host and at most a path prefix.
	API, Login *url.URL
	// Proxy is nil if the environment's usual one (HTTPS_PROXY) is to be used.
	Proxy *Proxy
	// Credentials are how to sign in.
	Credentials Credentials
	// From says where values came from, for people: "credentials", "region",
	// "proxy".
	From map[string]string
	// Warnings are for people, and carry no secret.
	Warnings []string
}

// Source returns what a log of this account is bound to.
func (a Account) Source() Source {
	s := Source{ClientID: a.Credentials.ClientID}
	if a.API != nil {
		s.API = a.API.Host + strings.TrimSuffix(a.API.Path, "/")
	}
	return s
}

// A Settings is what a person said, and where to look for the rest.
type Settings struct {
	// Profile names a profile of the platform's command-line tool. If it is
	// empty, the environment is asked first and then the profile DEFAULT.
	Profile string
	// Region is an AWS region, a domain or a base URL. If it is empty, it is
	// what stands beside the credentials, or else us-east-1.
	Region string
	// API and Login take the place of the region's base URLs. Plain http is
	// for loopback only.
	API, Login string
	// Env looks up a variable of the environment; if it is nil there are none.
	Env func(name string) (string, bool)
	// Home and Dir are the folders where .gc/config.toml and config.toml are
	// looked for; no file is in one that is empty.
	Home, Dir string
}

// Region returns the AWS name of the region that is asked, empty if it is none
// of the platform's.
func (a Account) Region() string {
	if a.API == nil {
		return ""
	}
	for name, domain := range domains {
		if a.API.Host == "api."+domain {
			return name
		}
	}
	return ""
}
