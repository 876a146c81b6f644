package rest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

const (
	defaultProfile = "DEFAULT"
	maxProfiles    = 1 << 20 // bytes of a file of profiles
)

// A profile is a table of the platform's command-line tool, its keys in lower
// case.
type profile struct {
	name   string
	file   string
	values map[string]string
}

// where says where a value of the profile stands.
func (p *profile) where(key string) string {
	return fmt.Sprintf("%s in profile %s of %s", key, p.name, p.file)
}

// profiles are those of all files, in the order that the tool looks for them.
type profiles struct {
	list     []profile
	files    []string // that were looked for
	warnings []string
}

// find returns the profile of a name. The tool folds case.
func (p *profiles) find(name string) (*profile, bool) {
	at := slices.IndexFunc(p.list, func(q profile) bool { return strings.EqualFold(q.name, name) })
	if at < 0 {
		return nil, false
	}
	return &p.list[at], true
}

func (p *profiles) names() []string {
	var names []string
	for _, q := range p.list {
		if !slices.Contains(names, q.name) {
			names = append(names, q.name)
		}
	}
	slices.Sort(names)
	return names
}

// Profiles returns the names of the profiles of the platform's command-line
// tool, sorted.
func Profiles(s Settings) ([]string, error) {
	all, err := readProfiles(s)
	if err != nil {
		return nil, err
	}
	return all.names(), nil
}

func readProfiles(s Settings) (*profiles, error) {
	all := &profiles{}
	if s.Home != "" {
		if err := all.read(filepath.Join(s.Home, ".gc", "config.toml")); err != nil {
			return nil, err
		}
	}
	if s.Dir == "" {
		return all, nil
	}
	file := filepath.Join(s.Dir, "config.toml")
	if err := all.read(file); err != nil && len(all.list) == 0 && s.Profile != "" {
		return nil, err
	}
	// A config.toml in the working folder is as likely another program's: what
	// is wrong with it matters only where nothing else can be meant.
	return all, nil
}

// read adds the profiles of a file; one that is not there has none.
func (p *profiles) read(file string) error {
	p.files = append(p.files, file)
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading profiles: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxProfiles+1))
	if err != nil {
		return fmt.Errorf("reading profiles: %w", err)
	}
	list, err := parseProfiles(file, text)
	if err != nil {
		return fmt.Errorf("reading profiles: %w", err)
	}
	p.list = append(p.list, list...)
	if info, err := f.Stat(); err == nil && len(list) > 0 && runtime.GOOS != "windows" && info.Mode().Perm()&0o044 != 0 {
		p.warnings = append(p.warnings, fmt.Sprintf("%s holds secrets and other users of this machine can read it: chmod 600 %s", file, file))
	}
	return nil
}

// parseProfiles reads the tables of a file that have anything to do with the
// platform. An error has the place, but never the text: that may be a secret.
func parseProfiles(file string, text []byte) ([]profile, error) {
	if len(text) > maxProfiles {
		return nil, fmt.Errorf("%s is larger than %d KiB: not a file of profiles", file, maxProfiles>>10)
	}
	var tables map[string]any
	if err := toml.Unmarshal(text, &tables); err != nil {
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := at.Position()
			return nil, fmt.Errorf("%s:%d:%d: not valid TOML: want lines such as client_secret = \"…\" under [%s]", file, line, column, defaultProfile)
		}
		return nil, fmt.Errorf("%s: not valid TOML", file)
	}
	var list []profile
	for name, table := range tables {
		if values := profileValues(table); len(values) > 0 {
			list = append(list, profile{name, file, values})
		}
	}
	slices.SortFunc(list, func(a, b profile) int { return cmp.Compare(a.name, b.name) })
	return list, nil
}

// profileKeys are those that are read; the tool has more.
var profileKeys = []string{
	"environment", "grant_type", "client_credentials", "client_secret", "access_token", "oauth_token_data",
	"proxy_protocol", "proxy_host", "proxy_port", "proxy_username", "proxy_password",
}

func profileValues(table any) map[string]string {
	fields, _ := table.(map[string]any)
	values := map[string]string{}
	for key, value := range fields {
		key = strings.ToLower(key)
		if !slices.Contains(profileKeys, key) {
			continue
		}
		switch v := value.(type) {
		case string:
			values[key] = strings.TrimSpace(v)
		case int64, bool:
			values[key] = fmt.Sprint(v)
		}
	}
	return values
}
