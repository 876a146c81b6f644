package rest

import (
	"errors"
	"log/slog"
	"net/url"
)

// A Secret is a text that never prints. Its value leaves it only where a header
// is set.
type Secret struct{ text string }

// NewSecret returns a secret.
func NewSecret(text string) Secret { return Secret{text} }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == "" }

const hidden = "[secret]"

// String returns a word that stands for the secret.
func (Secret) String() string { return hidden }

// GoString is as String.
func (Secret) GoString() string { return hidden }

// MarshalText is as String.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue is as String.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// Credentials are a client's id and secret, or an access token alone.
type Credentials struct {
	ClientID     string
	ClientSecret Secret
	AccessToken  Secret
}

// An Account is whom to ask, and as whom.
type Account struct {
	// Name is that of the profile, or empty.
	Name string
	// API and Login are base URLs: scheme, host and at most a path prefix.
	API, Login *url.URL
	// Proxy is nil if the environment's usual one is to be used.
	Proxy *url.URL
	// Credentials are how to sign in.
	Credentials Credentials
	// From says where each value came from: "region" → "GENESYSCLOUD_REGION".
	From map[string]string
	// Warnings are for people, and carry no secret.
	Warnings []string
}

// Source returns what a log is bound to.
func (a Account) Source() Source { return Source{} }

// Settings are what a person said, and where to look for the rest.
type Settings struct {
	// Profile names a profile of the platform's command-line tool. If it is
	// empty, the environment is asked first and then the profile DEFAULT.
	Profile string
	// Region is an AWS region, a domain or a base URL; if it is empty, that
	// which stands beside the credentials, or else us-east-1.
	Region string
	// API and Login take the place of the region's base URLs. Plain http is
	// for loopback only.
	API, Login string
	// Env looks up a variable of the environment; if it is nil there are none.
	Env func(name string) (string, bool)
	// Home and Dir are where .gc/config.toml and config.toml are looked for;
	// those that are empty are not.
	Home, Dir string
}

// Resolve finds out whom to ask and as whom.
func Resolve(s Settings) (Account, error) { return Account{}, errors.New("rest: not there yet") }

// Profiles returns the names of the profiles there are, sorted.
func Profiles(s Settings) ([]string, error) { return nil, nil }
