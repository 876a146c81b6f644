package analyzer

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/grantgraph/grantgraph/graph"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// A NotFoundError says that a name stands for nothing in the snapshot.
type NotFoundError struct {
	Name    string
	Wanted  string // "principal", "division" …
	Nearest []string
}

// Error implements error.
func (e *NotFoundError) Error() string {
	msg := fmt.Sprintf("no %s %q in the snapshot", e.Wanted, e.Name)
	if len(e.Nearest) > 0 {
		msg += "; did you mean " + quoted(e.Nearest) + "?"
	}
	return msg
}

// An AmbiguousError says that a name stands for several records of one kind.
type AmbiguousError struct {
	Name    string
	Records []authz.Key
	Names   []string
}

// Error implements error.
func (e *AmbiguousError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q is the name of %d records; name one by its id:", e.Name, len(e.Records))
	for i, k := range e.Records {
		name := k.String()
		if k.Org != e.Records[0].Org || e.Records[len(e.Records)-1].Org != k.Org {
			name = k.Org + "/" + name
		}
		fmt.Fprintf(&b, "\n  %s  (%s)", name, e.Names[i])
	}
	return b.String()
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, ", ")
}

// A Target is what a question is about: a tenant, or a record that lies in
// divisions.
type Target struct {
	Ref TargetRef
	Org string // empty for a tenant that spans organizations
	// Divisions are those that the target consists of or lies in.
	Divisions graph.Set
	// Tenant is the index of the tenant that it is or belongs to; -1 is none.
	Tenant int
	// Resource is set for a queue, flow or other object.
	Resource *authz.Resource
	// User is set for a user: its number in the graph.
	User *uint32
	// Thing is set for a user or queue, which scopes and conditions can single out.
	Thing *graph.Thing
}

// candidate is a record that a name could stand for.
type candidate struct {
	key   authz.Key
	name  string
	email string
}

// candidates are the records that a name could stand for, by kind. They are
// looked through where they lie: there may be a million of them.
type candidates map[authz.Kind]iter.Seq[candidate]

// add joins more candidates to those of a kind.
func (c candidates) add(k authz.Kind, more iter.Seq[candidate]) {
	first, ok := c[k]
	if !ok {
		c[k] = more
		return
	}
	c[k] = func(yield func(candidate) bool) {
		for x := range first {
			if !yield(x) {
				return
			}
		}
		more(yield)
	}
}

// lookup finds the candidates that a value names: an id beats a name, an exact
// name beats one in another case.
func lookup(list iter.Seq[candidate], org, value string) []candidate {
	if list == nil {
		return nil
	}
	// Looked through once: there may be a million, and most names are found at
	// the last try, or not at all.
	var byID, byName, inOtherCase []candidate
	equal := folded(value)
	for c := range list {
		switch {
		case org != "" && c.key.Org != org:
		case c.key.ID == value:
			byID = append(byID, c)
		case c.name == value, c.email != "" && c.email == value:
			byName = append(byName, c)
		case equal(c.name), equal(c.key.ID), c.email != "" && equal(c.email):
			inOtherCase = append(inOtherCase, c)
		}
	}
	switch {
	case len(byID) > 0:
		return byID
	case len(byName) > 0:
		return byName
	default:
		return inOtherCase
	}
}

// folded returns [strings.EqualFold] with a value. It tells most names by their
// length alone: they need not be fetched, and of a million hardly one is.
func folded(value string) func(name string) bool {
	least, most := utf8.RuneCountInString(value), len(value)
	if least < len(value) {
		most = utf8.UTFMax * least
	}
	// Two letters beyond ASCII are cases of ASCII ones: the Kelvin sign, of three
	// bytes, of k, and the long s, of two, of s.
	lower := strings.ToLower(value)
	most += 2*strings.Count(lower, "k") + strings.Count(lower, "s")
	return func(name string) bool {
		return len(name) >= least && len(name) <= most && strings.EqualFold(name, value)
	}
}

// parseName splits "organization/kind:value" into its parts; kind is empty if
// the name has none.
func (m *Model) parseName(name string) (org, kind, value string) {
	value = name
	if before, after, ok := strings.Cut(value, "/"); ok {
		for _, o := range m.Graph.Organizations() {
			if o.ID == before || strings.EqualFold(o.Name, before) {
				org, value = o.ID, after
				break
			}
		}
	}
	if before, after, ok := strings.Cut(value, ":"); ok {
		if _, err := authz.ParseKind(before); err == nil {
			return org, before, after
		}
	}
	return org, "", value
}

// FindPrincipal finds the principal that a name on the command line stands for.
// The note, if not empty, says which kind was taken of several that have the name.
func (m *Model) FindPrincipal(name string) (p uint32, note string, err error) {
	return m.findPrincipal(name, m.principalCandidates())
}

// findPrincipal is FindPrincipal for many names.
func (m *Model) findPrincipal(name string, all candidates) (p uint32, note string, err error) {
	org, kind, value := m.parseName(name)
	kinds := []authz.Kind{
		authz.KindUser, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup,
		authz.KindTrusteeOrganization, authz.KindUnknown,
	}
	if kind != "" {
		k, err := authz.ParseKind(kind)
		if err != nil || !slices.Contains(kinds, k) {
			return 0, "", fmt.Errorf("%q is no kind of principal: want user, client, trustee_user, trustee_group, trustee_organization or unknown", kind)
		}
		kinds = []authz.Kind{k}
	}
	found, note, err := pick(kinds, all, org, value, name)
	if err != nil {
		return 0, "", err
	}
	if found == nil {
		return 0, "", &NotFoundError{Name: name, Wanted: "principal", Nearest: nearestOf(value, all, kinds)}
	}
	n, _ := m.Graph.FindPrincipal(found.key)
	return n, note, nil
}

func (m *Model) principalCandidates() candidates {
	out := candidates{}
	for _, k := range []authz.Kind{
		authz.KindUser, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindTrusteeOrganization, authz.KindUnknown,
	} {
		out[k] = func(yield func(candidate) bool) {
			for p := range m.Graph.Principals() {
				pr := m.Graph.Principal(uint32(p))
				if pr.Key.Kind == k && !yield(candidate{pr.Key, pr.Name, pr.Email}) {
					return
				}
			}
		}
	}
	return out
}

// groupCandidates returns the groups and teams.
func (m *Model) groupCandidates() candidates {
	out := candidates{}
	for _, k := range []authz.Kind{authz.KindGroup, authz.KindTeam} {
		out[k] = func(yield func(candidate) bool) {
			for _, g := range m.Graph.Groups() {
				if g.Key.Kind == k && !yield(candidate{key: g.Key, name: g.Name}) {
					return
				}
			}
		}
	}
	return out
}

// resourceCandidates returns queues, flows and other objects.
func (m *Model) resourceCandidates() candidates {
	out := candidates{}
	for _, k := range resourceKinds() {
		out[k] = func(yield func(candidate) bool) {
			for _, r := range m.Graph.Resources() {
				if r.Kind == k && !yield(candidate{key: r.Key(), name: r.Name}) {
					return
				}
			}
		}
	}
	return out
}

func (m *Model) divisionCandidates() iter.Seq[candidate] {
	return func(yield func(candidate) bool) {
		for _, d := range m.Graph.Divisions() {
			if !yield(candidate{key: d.Key, name: d.Name}) {
				return
			}
		}
	}
}

// pick takes the first kind with a match; several records within it are an error.
func pick(kinds []authz.Kind, all candidates, org, value, name string) (*candidate, string, error) {
	for i, k := range kinds {
		found := lookup(all[k], org, value)
		switch len(found) {
		case 0:
			continue
		case 1:
			return &found[0], alsoNote(found[0], kinds[i+1:], all, org, value), nil
		}
		e := &AmbiguousError{Name: name}
		for _, c := range found {
			e.Records, e.Names = append(e.Records, c.key), append(e.Names, c.name)
		}
		return nil, "", e
	}
	return nil, "", nil
}

// alsoNote says which record was taken, if later kinds have one of that name too.
func alsoNote(c candidate, rest []authz.Kind, all candidates, org, value string) string {
	var also []string
	for _, k := range rest {
		if len(lookup(all[k], org, value)) > 0 {
			also = append(also, k.String()+":"+value)
		}
	}
	if len(also) == 0 {
		return ""
	}
	return fmt.Sprintf("%q is taken as %s %q; also in the snapshot: %s", value, c.key.Kind, c.name, strings.Join(also, ", "))
}

func candidateNames(all candidates, kinds []authz.Kind) []string {
	var out []string
	for _, k := range kinds {
		list, ok := all[k]
		if !ok {
			continue
		}
		for c := range list {
			out = append(out, c.name)
			if c.email != "" {
				out = append(out, c.email)
			}
		}
	}
	return out
}

// FindTarget finds the tenant or record that a name on the command line stands
// for; the note is as in [Model.FindPrincipal].
func (m *Model) FindTarget(name string) (t Target, note string, err error) {
	org, kind, value := m.parseName(name)
	kinds := []authz.Kind{
		authz.KindTenant, authz.KindDivision, authz.KindQueue, authz.KindFlow, authz.KindResource, authz.KindUser,
	}
	if kind != "" {
		k, err := authz.ParseKind(kind)
		if err != nil || !slices.Contains(kinds, k) {
			return Target{}, "", fmt.Errorf("%q is no kind of target: want tenant, division, queue, flow, resource or user", kind)
		}
		kinds = []authz.Kind{k}
	}
	all := m.targetCandidates(kinds)
	found, note, err := pick(kinds, all, org, value, name)
	if err != nil {
		return Target{}, "", err
	}
	if found == nil {
		wanted := "tenant, division, queue, flow, resource or user"
		if kind != "" {
			wanted = kind
		}
		return Target{}, "", &NotFoundError{Name: name, Wanted: wanted, Nearest: nearestOf(value, all, kinds)}
	}
	if found.key.Kind == authz.KindTenant {
		// A tenant and its one division of the same name are the same question.
		note = m.sameNamedDivision(found.key.ID)
		if note == "" && len(kinds) > 1 {
			note = alsoNote(*found, kinds[2:], all, org, value)
		}
	}
	return m.target(*found), note, nil
}

// sameNamedDivision returns a note where a tenant's name is also that of a
// division that is only a part of it.
func (m *Model) sameNamedDivision(tenant string) string {
	i, ok := m.Tenants.Find(tenant)
	if !ok || m.Tenants.Tenants[i].Divisions.Len() <= 1 {
		return ""
	}
	for _, d := range m.Graph.Divisions() {
		if strings.EqualFold(d.Name, tenant) {
			return fmt.Sprintf("%q is taken as the tenant; for the division alone ask division:%s", tenant, d.Name)
		}
	}
	return ""
}

func (m *Model) targetCandidates(kinds []authz.Kind) candidates {
	out := m.resourceCandidates()
	out[authz.KindTenant] = func(yield func(candidate) bool) {
		for _, t := range m.Tenants.Tenants {
			if !yield(candidate{key: authz.Key{Kind: authz.KindTenant, ID: t.Name}, name: t.Name}) {
				return
			}
		}
	}
	out[authz.KindDivision] = m.divisionCandidates()
	if slices.Contains(kinds, authz.KindUser) {
		out[authz.KindUser] = m.principalCandidates()[authz.KindUser]
	}
	return out
}

func (m *Model) target(c candidate) Target {
	t := Target{Ref: TargetRef{Kind: c.key.Kind, ID: c.key.ID, Name: c.name}, Org: c.key.Org, Tenant: -1, Divisions: graph.NewSet(len(m.Graph.Divisions()))}
	switch c.key.Kind {
	case authz.KindTenant:
		t.Tenant, _ = m.Tenants.Find(c.key.ID)
		t.Divisions = m.Tenants.Tenants[t.Tenant].Divisions.Clone()
	case authz.KindDivision:
		d, _ := m.Graph.FindDivision(c.key)
		m.place(&t, d)
	case authz.KindUser:
		p, _ := m.Graph.FindPrincipal(c.key)
		t.User = &p
		m.place(&t, m.Graph.Principal(p).Division)
		t.Tenant = m.Tenants.Of(p).Tenant
	default:
		for i, r := range m.Graph.Resources() {
			if r.Key() == c.key {
				t.Resource = &m.Graph.Resources()[i]
				d, ok := m.Graph.FindDivision(authz.Key{Org: r.Org, Kind: authz.KindDivision, ID: r.Division})
				if !ok {
					d = graph.NoDivision
				}
				m.place(&t, d)
			}
		}
	}
	if thing, ok := m.Graph.FindThing(c.key); ok {
		t.Thing = &thing
	}
	return t
}

// place puts a target into its division, or into every one if it has none.
func (m *Model) place(t *Target, d uint32) {
	if d == graph.NoDivision {
		t.Divisions = m.Graph.DivisionsOf(t.Org)
		return
	}
	t.Divisions.Add(d)
	if _, shared := m.Tenants.Shared(d); !shared {
		t.Tenant = m.Tenants.OfDivision(d)
	}
}

// nearestOf returns the names of some kinds of records that are closest. An id is
// copied and not typed, so no name is close to it.
func nearestOf(value string, all candidates, kinds []authz.Kind) []string {
	if isID(value) {
		return nil
	}
	return nearest(value, candidateNames(all, kinds))
}

// isID reports whether a value has the form of the platform's ids, such as
// 7f3ca4f0-8f09-431f-a878-c40c3d1b620f.
func isID(value string) bool {
	if len(value) != 36 {
		return false
	}
	for i := range len(value) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if value[i] != '-' {
				return false
			}
		} else if !strings.ContainsRune("0123456789abcdefABCDEF", rune(value[i])) {
			return false
		}
	}
	return true
}

// mostEdits is how many edits are still a slip: what is further away is another
// name, and no help to whoever asked.
const mostEdits = 6

// nearest returns up to three names that are closest to what was asked for. It
// looks at every name of an organization, so it measures no further than the
// third closest so far.
func nearest(value string, names []string) []string {
	type scored struct {
		name string
		d    int
	}
	const most = 3
	best := make([]scored, 0, most+1)
	limit := min(max(2, len(value)/2), mostEdits)
	value = strings.ToLower(value)
	var row []int
	for _, n := range names {
		if n == "" {
			continue
		}
		lower := strings.ToLower(n)
		var d int
		if d, row = distance(value, lower, limit, row); strings.Contains(lower, value) {
			d = min(d, 1)
		}
		s := scored{n, d}
		if d > limit || slices.Contains(best, s) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, s, func(a, b scored) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.name, b.name)) })
		best = slices.Insert(best, at, s)
		best = best[:min(len(best), most)]
		if len(best) == most {
			limit = best[most-1].d
		}
	}
	var out []string
	for _, s := range best {
		out = append(out, s.name)
	}
	return out
}

// distance is the number of edits between two words, or more than limit. Only
// the cells within limit of the diagonal can lead to it. The row is memory to
// work in, and returned to be used again.
func distance(a, b string, limit int, row []int) (int, []int) {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1, row
	}
	row = row[:0]
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := range len(a) {
		from, to := max(0, i-limit), min(len(b), i+limit+1)
		prev := row[from]
		row[from] = limit + 1
		if from == 0 {
			row[0] = i + 1
		}
		least := row[from]
		for j := from; j < to; j++ {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			above := row[j+1]
			if j == i+limit { // beyond the last row's cells
				above = limit + 1
			}
			prev, row[j+1] = row[j+1], min(prev+cost, above+1, row[j]+1)
			least = min(least, row[j+1])
		}
		if least > limit {
			return limit + 1, row
		}
	}
	return row[len(b)], row
}
