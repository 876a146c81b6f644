package genesyscloud

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Need is a permission that reading takes, and what it is for.
type Need struct {
	Permission string
	// Lists is what the permission lets be read; Endpoints the paths.
	Lists     []authz.List
	Endpoints []string
}

// Needs returns the permissions of the least role that suffices, sorted.
func Needs() []Need {
	by := map[string]*Need{}
	add := func(permission string, list authz.List, endpoint string) {
		n := by[permission]
		if n == nil {
			n = &Need{Permission: permission}
			by[permission] = n
		}
		if !slices.Contains(n.Lists, list) {
			n.Lists = append(n.Lists, list)
		}
		if !slices.Contains(n.Endpoints, endpoint) {
			n.Endpoints = append(n.Endpoints, endpoint)
		}
	}
	for _, e := range table() {
		if e.permission != "" && e.beyond == "" {
			add(e.permission, e.list, e.source())
		}
	}
	for _, p := range extra() {
		add(p, authz.ListGroups, "GET /api/v2/groups")
	}
	var list []Need
	for _, p := range sortedKeys(by) {
		list = append(list, *by[p])
	}
	return list
}

// The name and description of the role that [RoleJSON] and [RoleTerraform] make.
const (
	roleName        = "grantgraph - read access"
	roleDescription = "What grantgraph needs to take a complete snapshot. It only reads. Assign it in all divisions (*)."
)

// A policy is a line of a role in the API's form.
type policy struct {
	Domain  string   `json:"domain"`
	Entity  string   `json:"entityName"`
	Actions []string `json:"actionSet"`
}

func policies() []policy {
	var list []policy
	for _, n := range Needs() {
		parts := strings.SplitN(n.Permission, ":", 3)
		i := slices.IndexFunc(list, func(p policy) bool { return p.Domain == parts[0] && p.Entity == parts[1] })
		if i < 0 {
			i = len(list)
			list = append(list, policy{Domain: parts[0], Entity: parts[1]})
		}
		list[i].Actions = append(list[i].Actions, parts[2])
	}
	slices.SortFunc(list, func(a, b policy) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Entity, b.Entity))
	})
	return list
}

// RoleJSON returns the least role as the body that the API takes to make it.
func RoleJSON() ([]byte, error) {
	return json.MarshalIndent(struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Policies    []policy `json:"permissionPolicies"`
	}{roleName, roleDescription, policies()}, "", "  ")
}

// RoleTerraform returns the least role as a resource of CX as Code.
func RoleTerraform() string {
	var b strings.Builder
	fmt.Fprintf(&b, "resource \"genesyscloud_auth_role\" \"grantgraph\" {\n  name        = %q\n  description = %q\n", roleName, roleDescription)
	for _, p := range policies() {
		fmt.Fprintf(&b, "\n  permission_policies {\n    domain      = %q\n    entity_name = %q\n    action_set  = [%s]\n  }\n", p.Domain, p.Entity, quoted(p.Actions))
	}
	b.WriteString("}\n")
	return b.String()
}

func quoted(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(out, ", ")
}
