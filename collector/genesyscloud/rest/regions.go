package rest

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const defaultRegion = "us-east-1"

// domains are those of the AWS regions that have the platform.
var domains = map[string]string{
	"us-east-1":      "mypurecloud.com",
	"us-east-2":      "use2.us-gov-pure.cloud",
	"us-west-2":      "usw2.pure.cloud",
	"ca-central-1":   "cac1.pure.cloud",
	"mx-central-1":   "mxc1.pure.cloud",
	"sa-east-1":      "sae1.pure.cloud",
	"eu-west-1":      "mypurecloud.ie",
	"eu-west-2":      "euw2.pure.cloud",
	"eu-central-1":   "mypurecloud.de",
	"eu-central-2":   "euc2.pure.cloud",
	"eusc-de-east-1": "edee1.eusc-pure.cloud",
	"me-central-1":   "mec1.pure.cloud",
	"ap-south-1":     "aps1.pure.cloud",
	"ap-southeast-1": "apse1.pure.cloud",
	"ap-southeast-2": "mypurecloud.com.au",
	"ap-northeast-1": "mypurecloud.jp",
	"ap-northeast-2": "apne2.pure.cloud",
	"ap-northeast-3": "apne3.pure.cloud",
	"dca":            "inindca.com",
	"tca":            "inintca.com",
}

// Regions returns the names of the AWS regions that have the platform, sorted.
func Regions() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(domains)), func(name string) bool { return len(name) == len("dca") })
}

// bases are where a region is asked and signed in to. Known is not set for a
// domain that is none of the platform's.
type bases struct {
	api, login *url.URL
	known      bool
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`)

// parseRegion reads an AWS region (with hyphens or underscores: the platform's
// own tool knows some by the one and some by the other), a domain, or a base
// URL.
func parseRegion(text string) (bases, error) {
	if strings.Contains(text, "://") {
		return parseRegionURL(text)
	}
	name := strings.ToLower(strings.TrimSpace(text))
	if domain, ok := domains[strings.ReplaceAll(name, "_", "-")]; ok {
		return basesOf(domain), nil
	}
	if !strings.Contains(name, ".") {
		return bases{}, fmt.Errorf("region %q is not known: want a domain such as mypurecloud.de, or one of %s", text, strings.Join(Regions(), ", "))
	}
	if !domainName.MatchString(name) {
		return bases{}, fmt.Errorf("region %q is not a domain: want one such as mypurecloud.de", text)
	}
	return basesOf(bareDomain(name)), nil
}

func parseRegionURL(text string) (bases, error) {
	u, err := parseBase(text)
	if err != nil {
		return bases{}, fmt.Errorf("region %q: %w", text, err)
	}
	if u.Path == "" && u.Port() == "" && domainName.MatchString(u.Hostname()) {
		return basesOf(bareDomain(u.Hostname())), nil
	}
	login, ok := loginOf(u)
	if !ok {
		return bases{}, fmt.Errorf("region %q is not a base URL of the platform: give the API's and the login's URL instead", text)
	}
	return bases{api: u, login: login}, nil
}

// bareDomain takes off the name of the service that a base URL has in front.
func bareDomain(host string) string {
	for _, service := range []string{"api.", "login.", "apps."} {
		if rest, ok := strings.CutPrefix(host, service); ok && strings.Contains(rest, ".") {
			return rest
		}
	}
	return host
}

func basesOf(domain string) bases {
	known := slices.Contains(slices.Collect(maps.Values(domains)), domain)
	return bases{
		api:   &url.URL{Scheme: "https", Host: "api." + domain},
		login: &url.URL{Scheme: "https", Host: "login." + domain},
		known: known,
	}
}

// loginOf returns where to sign in for an API at a base URL: beside api. is
// login., and a server on this machine is both.
func loginOf(api *url.URL) (*url.URL, bool) {
	login := *api
	if isLoopback(api.Hostname()) {
		return &login, true
	}
	domain, ok := strings.CutPrefix(api.Host, "api.")
	login.Host = "login." + domain
	return &login, ok
}

// parseBase reads a base URL: https, or http on loopback, with a host and at
// most a path.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return nil, fmt.Errorf("not a URL: want one such as https://api.mypurecloud.de")
	}
	switch {
	case u.User != nil:
		return nil, fmt.Errorf("it has a user in it: leave that out")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, fmt.Errorf("it has a query in it: leave that out")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("plain http would send the secret in the open: use https (http is for this machine only)")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("scheme %q: want https", u.Scheme)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: strings.TrimRight(u.Path, "/")}, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
