package bundle

import (
	"io/fs"
	"path"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// optional are the lists that a bundle may lack without a gap, as long as
// nothing in it speaks of them.
var optional = map[authz.List]bool{
	authz.ListSettings: true, authz.ListTeams: true, authz.ListTeamMembers: true, authz.ListClientUsage: true,
	authz.ListFlows: true, authz.ListObjects: true, authz.ListViews: true, authz.ListTrustees: true,
	authz.ListTrusteeUsers: true, authz.ListTrusteeGroups: true, authz.ListTrustors: true,
	authz.ListAuthorizedApps: true, authz.ListAccessPolicies: true,
	authz.ListIdentityProviders: true, authz.ListIntegrations: true, authz.ListAudits: true,
	authz.ListReports: true, authz.ListProducts: true, authz.ListUnusedRoles: true,
}

func fileOf(list authz.List) string { return string(list) + ".json" }

// known reports whether a name is that of a bundle's file.
func known(name string) bool {
	for _, list := range authz.Lists() {
		if fileOf(list) == name {
			return true
		}
	}
	return false
}

// IsBundle reports whether fsys holds a file of a bundle, or folders that are
// bundles of one organization each.
func IsBundle(fsys fs.FS) bool {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !e.IsDir() && known(e.Name()) {
			return true
		}
	}
	return len(organizations(fsys, entries)) > 0
}

// organizations returns the folders that are organizations of their own.
func organizations(fsys fs.FS, entries []fs.DirEntry) (dirs []string) {
	for _, e := range entries {
		if _, err := fs.Stat(fsys, path.Join(e.Name(), fileOf(authz.ListOrganization))); err == nil {
			dirs = append(dirs, e.Name())
		}
	}
	return dirs
}
