package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"github.com/grantgraph/grantgraph/collector"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// defaultOrg is the id of an organization whose bundle does not say it.
const defaultOrg = "organization"

// An org is one organization of a bundle while it is read.
type org struct {
	ledger
	ctx  context.Context
	src  *Source
	sink collector.Sink
	dir  string

	about authz.Organization
	raw   json.RawMessage

	present map[authz.List]bool
	// mentions tells, for a list that may be absent, what speaks of it.
	mentions map[authz.List]string
	// containers are the groups, teams and queues that there are, to tell whose
	// members were not read; members counts those whose members were.
	containers map[authz.Kind]map[string]bool
	names      map[string]string
	subject    string
	// people are the users and groups that were read before members, by id.
	people map[string]authz.Kind
	// kindOf gives the kind of a subject whose type is not told; zero is unknown.
	kindOf func(id string) authz.Kind
}

// collect reads the organization. Seen tells the folders of the ids so far.
func (o *org) collect(seen map[string]string) error {
	o.mentions, o.names = map[authz.List]string{}, map[string]string{}
	o.containers = map[authz.Kind]map[string]bool{}
	if err := o.look(); err != nil {
		return err
	}
	if err := o.identify(seen); err != nil {
		return err
	}
	for _, list := range authz.Lists()[2:] {
		if !o.present[list] {
			continue
		}
		if err := o.readFile(list, readers[list]); err != nil {
			return err
		}
	}
	o.absent()
	return o.cover(o.sink)
}

// look lists the folder: what is there, and what is none of a bundle's files.
func (o *org) look() error {
	entries, err := fs.ReadDir(o.src.fsys, o.dir)
	if err != nil {
		return err
	}
	o.present = map[authz.List]bool{}
	for _, e := range entries {
		if !known(e.Name()) {
			o.ignore(o.src.show(path.Join(o.dir, e.Name())))
		}
	}
	for _, list := range authz.Lists() {
		o.present[list] = slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == fileOf(list) })
	}
	return nil
}

// identify reads the files that say which organization this is.
func (o *org) identify(seen map[string]string) error {
	o.about.ID = defaultOrg
	if o.present[authz.ListOrganization] {
		o.about.ID = ""
		if err := o.readFile(authz.ListOrganization, (*file).organization); err != nil {
			return err
		}
	}
	if o.present[authz.ListSettings] {
		if err := o.readFile(authz.ListSettings, (*file).settings); err != nil {
			return err
		}
	}
	if other, ok := seen[o.about.ID]; ok {
		return fmt.Errorf("folders %s and %s are the same organization %s", quote(other), quote(o.dir), quote(o.about.ID))
	}
	seen[o.about.ID] = o.dir
	o.org = o.about.ID
	for i := range o.lines {
		o.lines[i].Org = o.org
	}
	return o.sink.Put(o.about, o.raw)
}

// readFile reads one file, and notes how much of it there was.
func (o *org) readFile(list authz.List, read func(*file) error) error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	name := path.Join(o.dir, fileOf(list))
	src, err := o.open(name)
	if err != nil {
		return fmt.Errorf("%s: %w", o.src.show(name), err)
	}
	defer src.Close()
	f := &file{org: o, s: newScanner(src), list: list, path: name}
	if err := read(f); err != nil {
		return o.located(err, name)
	}
	o.lines = append(o.lines, f.coverage())
	return f.tick()
}

// maxSize bounds how much a file may hold, once unpacked.
const maxSize = 8 << 30

var errTooLarge = fmt.Errorf("larger than %d GiB", int64(maxSize)>>30)

// open opens a regular file of at most maxSize bytes.
func (o *org) open(name string) (io.ReadCloser, error) {
	info, err := fs.Stat(o.src.fsys, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		// Opening a pipe would wait for whoever writes to it.
		return nil, errors.New("not a regular file")
	case info.Size() > maxSize:
		return nil, errTooLarge
	}
	f, err := o.src.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	return &bounded{f, maxSize}, nil
}

// bounded is a file that may not go on for ever, whatever its size was said to be.
type bounded struct {
	fs.File
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.File.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// located completes the place of an error.
func (o *org) located(err error, name string) error {
	p := place(err)
	if p == nil {
		return fmt.Errorf("%s: %w", o.src.show(name), err)
	}
	p.file = o.src.show(name)
	p.locate(o.src.fsys, name)
	return p
}

// coverage is the file's own line of the ledger.
func (f *file) coverage() authz.Coverage {
	c := authz.Coverage{
		Org: f.org.org, List: f.list, Source: f.src.show(f.path), Status: authz.StatusComplete,
		Expected: f.pages.expected(f.records, f.elements), Received: f.records, Pages: f.pages.pages,
		Reason: f.pages.fault,
	}
	if c.Reason != "" {
		c.Status = authz.StatusPartial
	}
	f.unread(&c)
	return c
}

// membersOf tells whose members a list holds, and where those are listed.
func membersOf(list authz.List) (authz.Kind, authz.List) {
	switch list {
	case authz.ListGroupMembers:
		return authz.KindGroup, authz.ListGroups
	case authz.ListTeamMembers:
		return authz.KindTeam, authz.ListTeams
	case authz.ListQueueMembers:
		return authz.KindQueue, authz.ListQueues
	default:
		return 0, ""
	}
}

// unread makes a list of members partial if a container has none in it.
func (f *file) unread(c *authz.Coverage) {
	kind, list := membersOf(f.list)
	if kind == 0 || !f.present[list] {
		return
	}
	var first string
	missing := int64(0)
	for id, read := range f.containers[kind] {
		if !read {
			missing++
			if first == "" || id < first {
				first = id
			}
		}
	}
	if missing == 0 {
		return
	}
	c.Status, c.Expected = authz.StatusPartial, f.records+missing
	reason := fmt.Sprintf("the members of %d of %d in %s were not given, the first is %s",
		missing, len(f.containers[kind]), fileOf(list), quote(first))
	if c.Reason != "" {
		reason = c.Reason + "; " + reason
	}
	c.Reason = reason
}

// container notes that a container exists, or that its members were read.
func (o *org) container(kind authz.Kind, id string, read bool) {
	if o.containers[kind] == nil {
		o.containers[kind] = map[string]bool{}
	}
	if _, exists := o.containers[kind][id]; exists || !read {
		o.containers[kind][id] = o.containers[kind][id] || read
	}
}

// mention notes what speaks of lists that may be absent; the first wins.
func (o *org) mention(by string, lists ...authz.List) {
	for _, list := range lists {
		if o.mentions[list] == "" {
			o.mentions[list] = by
		}
	}
}

// absent gives the lines of the files that are not there.
func (o *org) absent() {
	for _, list := range authz.Lists() {
		if o.present[list] {
			continue
		}
		c := authz.Coverage{
			Org: o.org, List: list, Source: o.src.show(path.Join(o.dir, fileOf(list))),
			Status: authz.StatusAbsent, Expected: -1, Reason: "the bundle does not have the file",
		}
		switch by := o.mentions[list]; {
		case by != "":
			c.Reason += ", and " + by
		case optional[list]:
			c.Status = authz.StatusNotApplicable
		case list == authz.ListOrganization:
			c.Reason += fmt.Sprintf(": the organization is called %q", defaultOrg)
		}
		o.lines = append(o.lines, c)
	}
}

// odd counts a value that was missing or odd.
func (f *file) odd(reason string) { f.note(f.reading(reason)) }

func (f *file) reading(reason string) reading {
	return reading{f.list, f.src.show(f.path), reason}
}

// intern returns one string for the many mentions of a name.
func (o *org) intern(b []byte) string {
	if s, ok := o.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(o.names) < 1<<16 && len(s) <= 128 {
		o.names[s] = s
	}
	return s
}
