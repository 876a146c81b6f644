package graph

import (
	"encoding/binary"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// An Image is what of a graph rests on the records alone, read from what
// [Graph.WriteImage] wrote. It serves one [Build].
type Image struct {
	strings textTable
	orgs    []string
	missing []authz.Key // roles that only grants name
	keys    []authz.Key
	roles   []authz.Role
	body    func() (*body, error)
}

// A body is the greater part of an image, which is read while the small records are.
type body struct {
	principals                   []Principal
	links                        []uint32 // their flags: what record each has
	nodes                        []node
	divisions                    []Division
	totals                       [][]uint32
	dangling                     []Dangling
	roles, resources             int
	up, acts, actors, list, down csr
	index                        index
	byNode                       []uint32
	grants                       []holding
	cells                        []cell
	posting                      []uint32
	acting, dormant              Set
}

// OpenImage reads an image: its keys at once, the rest meanwhile. What is large
// stays where it lies in data, which the caller must keep as it is for as long as
// the graph lives. The error wraps [ErrImage] where the image is another's, or
// damaged.
func OpenImage(data []byte, key string) (*Image, error) {
	x, err := openSections(data, key)
	if err != nil {
		return nil, err
	}
	im := &Image{}
	if im.strings, err = x.readTexts(); err != nil {
		return nil, err
	}
	if err := im.readHead(x); err != nil {
		return nil, err
	}
	if err := im.readRoles(x); err != nil {
		return nil, err
	}
	type result struct {
		b   *body
		err error
	}
	done := make(chan result, 1)
	go func() {
		b, err := im.readBody(x)
		done <- result{b, err}
	}()
	im.body = func() (*body, error) {
		r := <-done
		done <- r
		return r.b, r.err
	}
	return im, nil
}

// Keys returns the keys of the records that the image was made from, as
// [Source.Keys] gives them.
func (im *Image) Keys() []authz.Key { return im.keys }

// Close waits until nothing is read any more.
func (im *Image) Close() { _, _ = im.body() } // the error is that of building

// A decoder reads back what an encoder wrote. It notes that something is
// missing or out of range, and yields zeros from there on.
type decoder struct {
	in      []uint32
	strings textTable
	bad     bool
}

func (d *decoder) num() uint32 {
	if len(d.in) == 0 {
		d.bad = true
		return 0
	}
	v := d.in[0]
	d.in = d.in[1:]
	return v
}

func (d *decoder) str() string {
	n := d.num()
	if !d.strings.has(n) {
		d.bad = true
		return ""
	}
	return d.strings.at(n)
}

func (d *decoder) key() authz.Key {
	return authz.Key{Org: d.str(), Kind: authz.Kind(d.num()), ID: d.str()}
}

// count reads the length of a list of things that take at least width numbers each.
func (d *decoder) count(width int) int {
	n := int(d.num())
	if n > len(d.in)/width {
		d.bad = true
		return 0
	}
	return n
}

func (d *decoder) end(what string) error {
	if d.bad || len(d.in) > 0 {
		return badImage("its %s do not add up", what)
	}
	return nil
}

func (im *Image) readHead(x *imageReader) error {
	in, err := read[uint32](x, secHead)
	if err != nil {
		return err
	}
	d := &decoder{in: in, strings: im.strings}
	im.orgs = make([]string, d.count(1))
	for i := range im.orgs {
		im.orgs[i] = d.str()
	}
	im.missing = make([]authz.Key, d.count(3))
	for i := range im.missing {
		im.missing[i] = d.key()
	}
	im.keys = make([]authz.Key, d.count(3))
	for i := range im.keys {
		im.keys[i] = d.key()
	}
	return d.end("keys")
}

func (im *Image) readBody(x *imageReader) (*body, error) {
	b := &body{}
	steps := []func(*imageReader) error{
		func(x *imageReader) error { return im.readPrincipals(x, b) },
		func(x *imageReader) error { return im.readSmall(x, b) },
		b.readEdges,
		b.readGrants,
		b.check,
	}
	for _, step := range steps {
		if err := step(x); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (im *Image) readPrincipals(x *imageReader, b *body) error {
	rows, err := read[uint32](x, secPrincipals)
	if err != nil {
		return err
	}
	users, err := im.readUsers(x)
	if err != nil {
		return err
	}
	next := uint32(0)
	d := &decoder{strings: im.strings}
	b.principals = make([]Principal, len(rows)/principalRow)
	b.links = make([]uint32, len(b.principals))
	for i := range b.principals {
		d.in = rows[i*principalRow:][:principalRow]
		p := &b.principals[i]
		p.Key = d.key()
		p.Name, p.Email, p.State, p.Trustee = d.str(), d.str(), d.str(), d.str()
		f := d.num()
		p.Live, p.Acts, p.Known, p.AtHome = f&flagLive != 0, f&flagActs != 0, f&flagKnown != 0, f&flagAtHome != 0
		p.Division = d.num()
		b.links[i] = f
		if f&flagUser != 0 {
			p.users, p.user = users, next
			next++
		}
	}
	if d.bad || int(next) != users.len() || len(rows)%principalRow != 0 {
		return badImage("its principals do not add up")
	}
	return nil
}

func (d *decoder) splitList(s string, n int) []string {
	var out []string
	for len(s) > 0 {
		size, k := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
		if k <= 0 || size > uint64(len(s)-k) {
			d.bad = true
			return nil
		}
		out, s = append(out, s[k:k+int(size)]), s[k+int(size):]
	}
	d.bad = d.bad || len(out) != n
	return out
}

func (im *Image) readSmall(x *imageReader, b *body) error {
	in, err := read[uint32](x, secSmall)
	if err != nil {
		return err
	}
	d := &decoder{in: in, strings: im.strings}
	b.roles, b.resources = int(d.num()), int(d.num())
	b.nodes = make([]node, d.count(5))
	for i := range b.nodes {
		n := node{key: d.key(), name: d.str()}
		f := d.num()
		n.active, n.enabled, n.known, n.read = f&nodeActive != 0, f&nodeEnabled != 0, f&nodeKnown != 0, f&nodeRead != 0
		b.nodes[i] = n
	}
	b.divisions = make([]Division, d.count(5))
	for i := range b.divisions {
		v := Division{Key: d.key(), Name: d.str()}
		f := d.num()
		v.Home, v.Known = f&1 != 0, f&2 != 0
		b.divisions[i] = v
	}
	b.totals = make([][]uint32, len(im.orgs))
	for i := range b.totals {
		for range d.count(1) {
			b.totals[i] = append(b.totals[i], d.num())
		}
	}
	b.dangling = make([]Dangling, d.count(9))
	for i := range b.dangling {
		g := Dangling{Subject: d.key(), Role: d.str(), Division: d.str(), RoleName: d.str()}
		g.MadeAt = int64(uint64(d.num()) | uint64(d.num())<<32)
		f := d.num()
		g.MissingSubject, g.MissingRole, g.MissingDivision = f&1 != 0, f&2 != 0, f&4 != 0
		b.dangling[i] = g
	}
	return d.end("groups and divisions")
}

func (b *body) readEdges(x *imageReader) error {
	var err error
	for i, c := range []*csr{&b.up, &b.acts, &b.actors, &b.list, &b.down} {
		if c.off, err = read[uint32](x, secUpOff+2*i); err != nil {
			return err
		}
		if c.val, err = read[uint32](x, secUpVal+2*i); err != nil {
			return err
		}
	}
	if b.index.first, err = read[uint32](x, secFirst); err != nil {
		return err
	}
	b.index.next, err = read[uint32](x, secNext)
	return err
}

func (b *body) readGrants(x *imageReader) error {
	var err error
	if b.byNode, err = read[uint32](x, secByNode); err != nil {
		return err
	}
	if b.grants, err = read[holding](x, secGrants); err != nil {
		return err
	}
	if b.cells, err = read[cell](x, secCells); err != nil {
		return err
	}
	if b.posting, err = read[uint32](x, secPosting); err != nil {
		return err
	}
	if b.acting, err = read[uint64](x, secActing); err != nil {
		return err
	}
	b.dormant, err = read[uint64](x, secDormant)
	return err
}

// check makes sure that no number points outside.
func (b *body) check(*imageReader) error {
	principals, nodes := len(b.principals), len(b.principals)+len(b.nodes)
	things := uint32(principals + b.resources)
	div := func(d uint32) bool { return int(d) < len(b.divisions) || d == AnyDivision }
	fits := fitsCSR(b.up, nodes, uint32(nodes)) && fitsCSR(b.acts, principals, uint32(nodes)) &&
		fitsCSR(b.actors, nodes, uint32(principals)) && fitsCSR(b.list, nodes, things) && fitsCSR(b.down, nodes, uint32(nodes)) &&
		fitsOffsets(b.byNode, nodes, len(b.grants)) && b.fitsIndex(nodes) &&
		len(b.acting) == len(NewSet(principals)) && len(b.dormant) == len(b.acting)
	for i := range b.principals {
		d := b.principals[i].Division
		fits = fits && (int(d) < len(b.divisions) || d == NoDivision)
	}
	for _, h := range b.grants {
		fits = fits && int(h.role) < b.roles && div(h.div)
	}
	at := uint32(0)
	for _, c := range b.cells {
		fits = fits && int(c.role) < b.roles && div(c.div) && c.from == at && c.to >= at
		at = c.to
	}
	fits = fits && int(at) == len(b.posting)
	for _, n := range b.posting {
		fits = fits && int(n) < nodes
	}
	for _, list := range b.totals {
		for _, p := range list {
			fits = fits && int(p) < principals
		}
	}
	for _, s := range []Set{b.acting, b.dormant} {
		for p := range s.All() {
			fits = fits && int(p) < principals
		}
	}
	if !fits {
		return badImage("its numbers do not add up")
	}
	return nil
}

func fitsOffsets(off []uint32, n, values int) bool {
	return len(off) == n+1 && off[0] == 0 && slices.IsSorted(off) && int(off[n]) == values
}

func fitsCSR(c csr, n int, limit uint32) bool {
	if !fitsOffsets(c.off, n, len(c.val)) {
		return false
	}
	for _, v := range c.val {
		if v&^mark >= limit {
			return false
		}
	}
	return true
}

// fitsIndex makes sure that no chain ends elsewhere, or not at all: each leads upwards.
func (b *body) fitsIndex(nodes int) bool {
	size := len(b.index.first)
	if size == 0 || size&(size-1) != 0 || len(b.index.next) != nodes {
		return false
	}
	for _, n := range b.index.first {
		if n != noNode && int(n) >= nodes {
			return false
		}
	}
	for i, n := range b.index.next {
		if n != noNode && (int(n) >= nodes || int(n) <= i) {
			return false
		}
	}
	return true
}
