package analyzer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/grantgraph/grantgraph/analyzer/change"
	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// FindRecord finds the record of one of some kinds that a name stands for; the
// first kind with a match wins.
func (m *Model) FindRecord(name string, kinds ...authz.Kind) (authz.Key, error) {
	org, kind, value := m.parseName(name)
	if kind != "" {
		k, err := authz.ParseKind(kind)
		if err != nil || !slices.Contains(kinds, k) {
			return authz.Key{}, fmt.Errorf("%q: want %s", name, kindNames(kinds))
		}
		kinds = []authz.Kind{k}
	}
	all := m.recordCandidates(kinds)
	found, _, err := pick(kinds, all, org, value, name)
	if err != nil {
		return authz.Key{}, err
	}
	if found == nil {
		return authz.Key{}, &NotFoundError{Name: name, Wanted: kindNames(kinds), Nearest: nearestOf(value, all, kinds)}
	}
	return found.key, nil
}

func kindNames(kinds []authz.Kind) string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k.String()
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " or " + out[n-1]
	}
	return out[0]
}

// recordCandidates returns what there is of some kinds.
func (m *Model) recordCandidates(kinds []authz.Kind) candidates {
	out := m.principalCandidates()
	for _, more := range []candidates{m.groupCandidates(), m.resourceCandidates()} {
		for k, list := range more {
			out.add(k, list)
		}
	}
	out[authz.KindRole] = func(yield func(candidate) bool) {
		for n := range m.Graph.Roles() {
			// One that was not read, but that grants name, can be revoked, too.
			if r := m.Graph.Role(uint32(n)); !yield(candidate{key: r.Key, name: cmp.Or(r.Record.Name, r.Key.ID)}) {
				return
			}
		}
	}
	out[authz.KindDivision] = m.divisionCandidates()
	out[authz.KindAccessPolicy] = func(yield func(candidate) bool) {
		for _, a := range m.Graph.AccessPolicies() {
			if !yield(candidate{key: a.Key(), name: a.Name}) {
				return
			}
		}
	}
	if slices.Contains(kinds, authz.KindTrust) {
		out[authz.KindTrust] = slices.Values(m.trustCandidates())
	}
	return out
}

// trustCandidates returns the trusts, and the trustee organizations of which
// only principals tell.
func (m *Model) trustCandidates() []candidate {
	var out []candidate
	for _, o := range m.Graph.Organizations() {
		for _, id := range m.Graph.TrusteeOrganizations(o.ID) {
			k := authz.Key{Org: o.ID, Kind: authz.KindTrust, ID: id}
			out = append(out, candidate{key: k, name: m.Graph.TrusteeName(o.ID, id)})
		}
	}
	return out
}

// subjectKinds are what a role can be granted to, in the order in which names
// are looked up.
func subjectKinds() []authz.Kind {
	return []authz.Kind{
		authz.KindUser, authz.KindClient, authz.KindGroup, authz.KindTeam, authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindUnknown,
	}
}

func resourceKinds() []authz.Kind {
	return []authz.Kind{authz.KindQueue, authz.KindFlow, authz.KindResource}
}

// switched returns the kind of record that a change switches off or on.
func switched(k change.Kind) (authz.Kind, bool) {
	kind, ok := map[change.Kind]authz.Kind{
		change.DisableClient: authz.KindClient, change.EnableClient: authz.KindClient,
		change.DisableUser: authz.KindUser, change.EnableUser: authz.KindUser,
		change.DisableGroup: authz.KindGroup, change.EnableGroup: authz.KindGroup,
		change.DisableTrust: authz.KindTrust, change.EnableTrust: authz.KindTrust,
		change.DisableAccessPolicy: authz.KindAccessPolicy,
	}[k]
	return kind, ok
}

// A ChangeError is a change that cannot be made, with its place in a file.
type ChangeError struct {
	Pos config.Pos // zero: it was given on the command line
	Err error
}

// Error implements error.
func (e *ChangeError) Error() string {
	if e.Pos == (config.Pos{}) {
		return e.Err.Error()
	}
	return e.Pos.String() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *ChangeError) Unwrap() error { return e.Err }

// Resolve looks up the names of written changes, and reports those that would
// change nothing. An error joins one [*ChangeError] for each.
func (m *Model) Resolve(list []config.WrittenChange) ([]change.Change, error) {
	var out []change.Change
	var wrong []error
	for _, w := range list {
		r := resolver{m: m, w: w, at: w.Pos}
		c := r.change()
		if r.err == nil {
			r.err = m.effect(c, out)
		}
		if r.err != nil {
			wrong = append(wrong, &ChangeError{r.at, r.err})
			continue
		}
		out = append(out, c)
	}
	return out, errors.Join(wrong...)
}

// A resolver looks up the names of one change. Its first error stays.
type resolver struct {
	m   *Model
	w   config.WrittenChange
	at  config.Pos // of the name that is looked up
	err error
}

func (r *resolver) find(word string, kinds ...authz.Kind) authz.Key {
	if r.err != nil {
		return authz.Key{}
	}
	name := r.w.Names[word]
	r.at = name.Pos
	var k authz.Key
	k, r.err = r.m.FindRecord(name.Text, kinds...)
	return k
}

func (r *resolver) division(word string) string {
	name := strings.TrimPrefix(r.w.Names[word].Text, "division:")
	if name == "" {
		return ""
	}
	if everyDivision(name) {
		return authz.AllDivisions
	}
	return r.find(word, authz.KindDivision).ID
}

// everyDivision reports whether a name stands for every division.
func everyDivision(name string) bool {
	return name == authz.AllDivisions || strings.EqualFold(name, "all") || strings.EqualFold(name, "all divisions")
}

func (r *resolver) permission(word string) authz.Pattern {
	if r.err != nil {
		return authz.Pattern{}
	}
	name := r.w.Names[word]
	r.at = name.Pos
	var p authz.Pattern
	p, r.err = r.m.Pattern(name.Text)
	return p
}

func (r *resolver) change() change.Change {
	c := change.Change{Kind: r.w.Kind}
	if kind, ok := switched(c.Kind); ok {
		c.Record = r.find("record", kind)
		return c
	}
	switch c.Kind {
	case change.RevokeGrant, change.Grant:
		c.Record = r.find("subject", subjectKinds()...)
		c.Role = r.find("role", authz.KindRole).ID
		c.Division = r.division("division")
	case change.RemoveMember, change.AddMember:
		c.Record, c.Member = r.find("group", authz.KindGroup, authz.KindTrusteeGroup), r.find("member", subjectKinds()...)
	case change.LeaveTeam, change.JoinTeam:
		c.Record, c.Member = r.find("team", authz.KindTeam), r.find("member", subjectKinds()...)
	case change.DropPolicy, change.AddPolicy, change.WidenPolicy:
		c.Record, c.Permission = r.find("role", authz.KindRole), r.permission("permission")
	case change.DropInheritance:
		c.Record = r.find("role", authz.KindRole)
		c.Role = r.heir(c.Record)
	case change.MoveResource:
		c.Record, c.Division = r.find("resource", resourceKinds()...), r.division("to")
	case change.MoveUser:
		c.Record, c.Division = r.find("user", authz.KindUser), r.division("to")
	default:
		r.err = fmt.Errorf("there is no change %q", c.Kind)
	}
	if r.err == nil {
		r.at = r.w.Pos
	}
	return c
}

// Written returns a change with names that [Model.Resolve] finds it by: kinds and ids.
func (m *Model) Written(c change.Change) config.WrittenChange {
	w := config.WrittenChange{Kind: c.Kind, Names: map[string]config.Expression{}}
	name := func(word string, k authz.Key) {
		text := k.Kind.String() + ":" + k.ID
		if len(m.Graph.Organizations()) > 1 {
			text = k.Org + "/" + text
		}
		w.Names[word] = config.Expression{Text: text}
	}
	role := authz.Key{Org: c.Record.Org, Kind: authz.KindRole, ID: c.Role}
	division := func(word string) {
		switch c.Division {
		case "":
		case authz.AllDivisions:
			w.Names[word] = config.Expression{Text: c.Division}
		default:
			name(word, authz.Key{Org: c.Record.Org, Kind: authz.KindDivision, ID: c.Division})
		}
	}
	switch c.Kind {
	case change.RevokeGrant, change.Grant:
		name("subject", c.Record)
		name("role", role)
		division("division")
	case change.RemoveMember, change.AddMember:
		name("group", c.Record)
		name("member", c.Member)
	case change.LeaveTeam, change.JoinTeam:
		name("team", c.Record)
		name("member", c.Member)
	case change.DropPolicy, change.AddPolicy, change.WidenPolicy:
		name("role", c.Record)
		w.Names["permission"] = config.Expression{Text: c.Permission.String()}
	case change.DropInheritance:
		name("role", c.Record)
		name("inherits", role)
	case change.MoveResource:
		name("resource", c.Record)
		division("to")
	case change.MoveUser:
		name("user", c.Record)
		division("to")
	default: // what is switched off or on
		name("record", c.Record)
	}
	return w
}

// heir returns the id of the role that another inherits, or the entry as the other
// has it where there is no such role, or several.
func (r *resolver) heir(role authz.Key) string {
	if r.err != nil {
		return ""
	}
	_, _, entry := r.m.parseName(r.w.Names["inherits"].Text)
	k := r.find("inherits", authz.KindRole)
	if n, ok := r.m.Graph.FindRole(role); r.err != nil && ok && slices.Contains(r.m.Graph.Role(n).Record.Inherits, entry) {
		r.err = nil
		return entry
	}
	return k.ID
}

// effect reports a change that would change nothing: most likely a mistake, and
// an answer about it would be misleading. Earlier changes are made already.
func (m *Model) effect(c change.Change, before []change.Change) error {
	if slices.ContainsFunc(before, func(o change.Change) bool { return o.Record == c.Record || o.Record == c.Member }) {
		return nil
	}
	switch c.Kind {
	case change.RevokeGrant:
		if !m.granted(c) {
			return fmt.Errorf("there is no such role assignment: %s", m.changeText(c))
		}
	case change.Grant:
		if m.granted(c) {
			return fmt.Errorf("this role is assigned already: %s", m.changeText(c))
		}
	case change.RemoveMember, change.LeaveTeam:
		if !m.holdsDirectly(c.Record, c.Member) && !m.owns(c.Record, c.Member) {
			return fmt.Errorf("%s %s is no member of %s %s", c.Member.Kind, m.nameOf(c.Member), c.Record.Kind, m.nameOf(c.Record))
		}
	case change.AddMember, change.JoinTeam:
		if m.holdsDirectly(c.Record, c.Member) {
			return fmt.Errorf("%s %s is a member of %s %s already", c.Member.Kind, m.nameOf(c.Member), c.Record.Kind, m.nameOf(c.Record))
		}
	case change.DropPolicy:
		if !m.states(c) {
			return fmt.Errorf("no line of the role %s states %s", m.nameOf(c.Record), c.Permission)
		}
	case change.DropInheritance:
		n, _ := m.Graph.FindRole(c.Record)
		role := m.Graph.Role(n)
		other, known := m.Graph.FindRole(authz.Key{Org: c.Record.Org, Kind: authz.KindRole, ID: c.Role})
		inherits := known && slices.Contains(role.Inherited, other)
		if !inherits && !slices.Contains(role.Record.Inherits, c.Role) {
			return fmt.Errorf("the role %s does not inherit from %s", m.nameOf(c.Record), c.Role)
		}
	default:
	}
	return nil
}

// granted reports whether a grant is there, dangling or not.
func (m *Model) granted(c change.Change) bool {
	if n, ok := m.Graph.FindNode(c.Record); ok {
		role, _ := m.Graph.FindRole(authz.Key{Org: c.Record.Org, Kind: authz.KindRole, ID: c.Role})
		return slices.ContainsFunc(m.Graph.GrantsOf(n), func(g graph.Grant) bool {
			return g.Role == role && (c.Division == "" || m.Division(g.Division).ID == c.Division)
		})
	}
	return false
}

// holdsDirectly reports whether a group or team lists a member itself, or a
// group has it as an owner that counts.
func (m *Model) holdsDirectly(container, member authz.Key) bool {
	c, ok := m.Graph.FindNode(container)
	n, known := m.Graph.FindNode(member)
	return ok && known && slices.Contains(m.Graph.HeldBy(n), c)
}

// owns reports whether a group names a principal among its owners, who may join
// it: to leave it is to be its owner no longer.
func (m *Model) owns(group, owner authz.Key) bool {
	g, ok := m.Graph.FindNode(group)
	p, known := m.Graph.FindPrincipal(owner)
	return ok && known && m.Graph.Owns(p, g)
}

// states reports whether a role itself has a line with a permission.
func (m *Model) states(c change.Change) bool {
	n, _ := m.Graph.FindRole(c.Record)
	return slices.Contains(m.Graph.Stated(n), c.Permission)
}
