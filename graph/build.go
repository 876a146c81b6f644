package graph

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/grantgraph/grantgraph/graph/authz"
	"github.com/grantgraph/grantgraph/internal/parallel"
)

const unknownName = "unknown"

func cmpString(a, b string) int { return cmp.Compare(a, b) }

type roleName struct{ org, name string }

// builder holds what is needed only until the graph stands.
type builder struct {
	src     Source
	g       *Graph
	keys    []authz.Key
	rows    []authz.GrantRow
	members []authz.MemberRow
	// queueMembers are those of members whose container is a queue.
	queueMembers []authz.MemberRow
	lists        []authz.MemberList
	byName       map[roleName][]uint32
	options      Options
	// users are the records of the organizations' own users, made when needed;
	// groups are the records, direct what each container names.
	users       map[authz.Key]*authz.User
	userRecords func() ([]authz.User, error) // read ahead; see readPrincipals
	groups      map[authz.Key]*authz.Group
	direct      map[authz.Key][]authz.Key
	// named are the kinds of nodes that have an id, until they are numbered.
	named        map[subjectID]kinds
	clients      map[authz.Key]*authz.Client // of an image only
	trustees     map[string][]string
	trusteeByKey map[authz.Key]string
	// parties are the numbers of keys, once the nodes have theirs.
	parties *parties
	// granted are nodes that a grant names whose role is gone.
	granted map[uint32]bool
}

// Build reads a snapshot's records and makes its graph.
func Build(src Source, o Options) (*Graph, error) {
	g := &Graph{
		names: o.Names, enforce: o.EnforceDeny, info: src.Info(), orgIndex: map[string]int{}, divIndex: map[authz.Key]uint32{},
		roleIndex: map[authz.Key]uint32{},
		resIndex:  map[authz.Key]int{}, trusts: map[authz.Key]authz.Trust{},
	}
	if g.names == nil {
		g.names = plainNames{}
	}
	b := &builder{
		src: src, g: g, byName: map[roleName][]uint32{}, options: o,
		groups: map[authz.Key]*authz.Group{}, named: map[subjectID]kinds{},
		trustees: map[string][]string{}, trusteeByKey: map[authz.Key]string{}, granted: map[uint32]bool{},
	}
	steps := b.steps()
	if o.Image != nil {
		steps = b.imageSteps(o.Image)
	} else {
		b.userRecords = readAhead(src.Users)
		defer func() { _, _ = b.userRecords() }() // nothing is read any more once the graph is built, or is not
	}
	for _, s := range steps {
		if err := s.run(); err != nil {
			return nil, fmt.Errorf("building the graph: reading %s: %w", s.name, err)
		}
	}
	b.sortUndetermined()
	return g, nil
}

// readAhead collects records while others are read, and returns what waits for them.
func readAhead[T any](records func() iter.Seq2[T, error]) func() ([]T, error) {
	var list []T
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		list, err = collect(records())
	}()
	return func() ([]T, error) {
		<-done
		return list, err
	}
}

// A step of building a graph.
type step struct {
	name string
	run  func() error
}

func (b *builder) steps() []step {
	return []step{
		{"bulk records", b.readBulk},
		{"ledger", b.readCoverage},
		{"organizations", b.readOrganizations},
		{"resources", b.readResources},
		{"roles", b.buildRoles},
		{"trusts", b.readTrusts},
		{"principals", b.buildNodes},
		{"divisions", b.buildDivisions},
		{"memberships", b.buildMembers},
		{"queues and views", b.buildThings},
		{"conditions", b.buildConditions},
		{"grants", b.buildGrants},
		{"access policies", b.buildPolicies},
	}
}

func (b *builder) readBulk() error {
	keys, err := b.src.Keys()
	if err != nil {
		return err
	}
	b.keys = keys
	if b.rows, err = collect(b.src.Grants()); err != nil {
		return err
	}
	for m, err := range b.src.Members() {
		if err != nil {
			return err
		}
		if keys[m.Container].Kind == authz.KindQueue {
			b.queueMembers = append(b.queueMembers, m)
		} else {
			b.members = append(b.members, m)
		}
	}
	b.lists, err = collect(b.src.MemberLists())
	return err
}

func collect[T any](seq func(func(T, error) bool)) ([]T, error) {
	var out []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (b *builder) readCoverage() error {
	lines, err := collect(b.src.Coverage())
	b.g.coverage = lines
	return err
}

// org returns the organization with an id, making it if no record describes it.
func (b *builder) org(id string) *org {
	if i, ok := b.g.orgIndex[id]; ok {
		return b.g.orgs[i]
	}
	o := &org{id: id, rec: authz.Organization{ID: id, Name: id}, complete: b.completeLists(id)}
	b.g.orgIndex[id] = len(b.g.orgs)
	b.g.orgs = append(b.g.orgs, o)
	return o
}

func (b *builder) readOrganizations() error {
	recs, err := collect(b.src.Organizations())
	if err != nil {
		return err
	}
	slices.SortFunc(recs, func(x, y authz.Organization) int { return cmp.Compare(x.ID, y.ID) })
	for _, r := range recs {
		b.org(r.ID).rec = r
	}
	return nil
}

// completeLists says which lists of an organization were read completely: those
// with at least one line in the ledger, none of which tells of a gap.
func (b *builder) completeLists(id string) map[authz.List]bool {
	out := map[authz.List]bool{}
	for _, c := range b.g.coverage {
		if (c.Org != "" && c.Org != id) || c.Status == authz.StatusReading {
			continue
		}
		before, seen := out[c.List]
		out[c.List] = !c.IsGap() && (before || !seen)
	}
	return out
}

func (b *builder) readResources() error {
	recs, err := collect(b.src.Resources())
	if err != nil {
		return err
	}
	slices.SortFunc(recs, func(x, y authz.Resource) int {
		return cmp.Or(cmp.Compare(x.Org, y.Org), cmp.Compare(x.Kind.String(), y.Kind.String()), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID))
	})
	b.g.resources = recs
	for i, r := range recs {
		b.g.resIndex[r.Key()] = i
	}
	b.g.views, err = collect(b.src.Views())
	return err
}

func (b *builder) readTrusts() error {
	for t, err := range b.src.Trusts() {
		if err != nil {
			return err
		}
		b.g.trusts[t.Key()] = t
	}
	return nil
}

// trustLive reports whether a trustee organization's people are let in at the
// snapshot's time. A trust that the snapshot does not know counts as enabled.
func (b *builder) trustLive(orgID, trustee string) bool {
	t, ok := b.g.trusts[authz.Key{Org: orgID, Kind: authz.KindTrust, ID: trustee}]
	if !ok {
		return true
	}
	return t.Enabled.OrTrue() && !expired(t.Expires, b.g.info.TakenAt)
}

// expired reports whether a last moment has passed; the moment itself still counts.
func expired(at, now time.Time) bool { return !at.IsZero() && now.After(at) }

// allDivisionID reports whether a division's id stands for every division.
func allDivisionID(id string) bool {
	id = strings.TrimSpace(id)
	return id == "" || id == authz.AllDivisions || strings.EqualFold(id, "all")
}

func (b *builder) buildDivisions() error {
	named := map[authz.Key]Division{}
	for d, err := range b.src.Divisions() {
		if err != nil {
			return err
		}
		b.org(d.Org)
		named[d.Key()] = Division{Key: d.Key(), Name: d.Name, Home: d.Home, Known: true}
	}
	name := func(orgID, id string) {
		k := authz.Key{Org: orgID, Kind: authz.KindDivision, ID: id}
		if _, ok := named[k]; !ok && !allDivisionID(id) {
			named[k] = Division{Key: k, Name: unknownName}
		}
	}
	seen := NewSet(len(b.keys))
	for _, r := range b.rows {
		if !seen.Has(uint32(r.Division)) {
			seen.Add(uint32(r.Division))
			name(b.keys[r.Division].Org, b.keys[r.Division].ID)
		}
	}
	for _, r := range b.g.resources {
		name(r.Org, r.Division)
	}
	for k := range b.homeDivisions() {
		name(k.Org, k.ID)
	}
	for _, d := range named {
		b.g.divisions = append(b.g.divisions, d)
	}
	slices.SortFunc(b.g.divisions, func(x, y Division) int { return x.Key.Compare(y.Key) })
	b.numberDivisions()
	b.placePrincipals()
	return nil
}

func (b *builder) numberDivisions() {
	for i, d := range b.g.divisions {
		b.g.divIndex[d.Key] = uint32(i)
	}
	for i, d := range b.g.divisions {
		o := b.org(d.Key.Org)
		if o.divs == nil {
			o.divs = NewSet(len(b.g.divisions))
		}
		o.divs.Add(uint32(i))
	}
}

// homeDivisions returns the divisions that users are in.
func (b *builder) homeDivisions() map[orgDivision]bool {
	workers, all := runtime.GOMAXPROCS(0), len(b.g.principals)
	found := make([]map[orgDivision]bool, workers)
	parallel.For(workers, func(i int) {
		found[i] = map[orgDivision]bool{}
		for p := all * i / workers; p < all*(i+1)/workers; p++ {
			if u := b.g.principals[p].User(); u != nil {
				found[i][orgDivision{u.Org, u.Division}] = true
			}
		}
	})
	for _, more := range found[1:] {
		maps.Copy(found[0], more)
	}
	return found[0]
}

type orgDivision struct{ Org, ID string }

func (b *builder) placePrincipals() {
	parallel.Blocks(len(b.g.principals), someMany, func(from, to int) {
		for i := from; i < to; i++ {
			p := &b.g.principals[i]
			if u := p.User(); u != nil && !allDivisionID(u.Division) {
				p.Division = b.g.divIndex[authz.Key{Org: p.Key.Org, Kind: authz.KindDivision, ID: u.Division}]
			}
		}
	})
}

func (b *builder) undetermined(u Undetermined) { b.g.undetermined = append(b.g.undetermined, u) }

func (b *builder) sortUndetermined() {
	slices.SortStableFunc(b.g.undetermined, func(x, y Undetermined) int {
		return cmp.Or(cmp.Compare(x.Org, y.Org), x.Subject.Compare(y.Subject), cmp.Compare(x.Role, y.Role),
			cmp.Compare(x.Division, y.Division), cmp.Compare(x.Why, y.Why))
	})
	b.g.undetermined = slices.CompactFunc(b.g.undetermined, func(x, y Undetermined) bool { return x == y })
}
