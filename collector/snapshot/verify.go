package snapshot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A Report is what [Verify] found.
type Report struct {
	Info authz.Info
	// Intact is set if every part is as it was sealed.
	Intact bool
	Parts  []Part
}

// A Part is one thing that [Verify] checked.
type Part struct {
	// Name is file, records, ledger, meta, seal, raw json or packed grants.
	Name string
	OK   bool
	// Stored and Computed are the digests that were compared, where the part has one.
	Stored, Computed string
	// Problem says what is wrong; it is empty where Stored and Computed say it.
	Problem string
}

// Verify reads the whole file and compares it with its digests. What differs is
// in the report; an error means that the file is no sealed snapshot, or cannot be
// read far enough to tell.
func Verify(ctx context.Context, path string) (Report, error) {
	r, err := openUnchecked(ctx, path)
	if err != nil {
		return Report{}, fmt.Errorf("verifying snapshot %s: %w", path, err)
	}
	defer r.Close()
	rep := Report{Info: r.info, Parts: []Part{r.verifyFile()}}
	rep.Parts = append(rep.Parts, r.verifyRecords()...)
	rep.Parts = append(rep.Parts, r.headParts()...)
	rep.Parts = append(rep.Parts, r.verifyRaw())
	if err := ctx.Err(); err != nil {
		return Report{}, fmt.Errorf("verifying snapshot %s: %w", path, err)
	}
	rep.Intact = !slices.ContainsFunc(rep.Parts, func(p Part) bool { return !p.OK })
	return rep, nil
}

// compared is a part with a digest.
func compared(name, stored, computed string) Part {
	return Part{Name: name, OK: stored == computed, Stored: stored, Computed: computed}
}

// broken is a part that could not be read.
func broken(name string, err error) Part { return Part{Name: name, Problem: err.Error()} }

// headParts checks what is read when a file is opened: the digests of the
// ledger and the meta data, and that the seal is over them.
func (r *Reader) headParts() []Part {
	s := seal{coverage: coverageRoot(r.ledger), meta: metaRoot(r.meta)}
	parts := []Part{
		compared("ledger", r.seal.coverage, hexOf(s.coverage)),
		compared("meta", r.seal.meta, hexOf(s.meta)),
	}
	for _, part := range []struct {
		to   *Hash
		text string
	}{{&s.content, r.seal.content}, {&s.coverage, r.seal.coverage}, {&s.meta, r.seal.meta}} {
		b, err := hex.DecodeString(part.text)
		if err != nil || copy(part.to[:], b) != len(part.to) {
			return append(parts, broken("seal", fmt.Errorf("%q is no digest", part.text)))
		}
	}
	return append(parts, compared("seal", r.seal.seal, s.hex()))
}

// verifyFile lets SQLite check its own structure.
func (r *Reader) verifyFile() Part {
	for f, err := range r.rows("PRAGMA integrity_check(1)") {
		if err != nil {
			return broken("file", err)
		}
		if s := f.text(); s != "ok" {
			return Part{Name: "file", Problem: s}
		}
	}
	return Part{Name: "file", OK: true}
}

// verifyRecords computes the content digest from the rows, and compares the
// packed grants with them.
func (r *Reader) verifyRecords() []Part {
	c, err := r.content()
	if err != nil {
		return []Part{broken("records", err)}
	}
	parts := []Part{compared("records", r.seal.content, hexOf(c.root()))}
	packed, err := r.hasAid(aidGrants)
	switch {
	case err != nil:
		return append(parts, broken("packed grants", err))
	case !packed:
		return parts
	}
	if err := r.comparePacked(c.grants); err != nil {
		return append(parts, broken("packed grants", err))
	}
	return append(parts, Part{Name: "packed grants", OK: true})
}

// content reads everything that the content digest covers.
func (r *Reader) content() (*content, error) {
	if err := r.loadKeys(); err != nil {
		return nil, err
	}
	c := &content{keys: r.keys()}
	steps := []func(*content) error{r.hashRecords, r.hashMembers, r.hashUsage, r.hashGrants, r.checkKnown}
	for _, step := range steps {
		if err := step(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (r *Reader) hashRecords(c *content) error {
	return errors.Join(
		hashEach(c, numberedRows(r, organizations())), hashEach(c, numberedRows(r, divisions())),
		hashEach(c, numberedRows(r, permissions())), hashEach(c, r.numberedRoles()),
		hashEach(c, numberedRows(r, users())), hashEach(c, numberedRows(r, groups())),
		hashEach(c, numberedRows(r, teams())), hashEach(c, numberedRows(r, clients())),
		hashEach(c, numberedRows(r, resources())), hashEach(c, numberedRows(r, views())),
		hashEach(c, numberedRows(r, trusts())), hashEach(c, numberedRows(r, accessPolicies())),
		hashEach(c, numberedRows(r, others())),
	)
}

func hashEach[T authz.Record](c *content, in iter.Seq2[numbered[T], error]) error {
	var e encoder
	for n, err := range in {
		if err != nil {
			return err
		}
		if have, want := n.record.Key(), c.keys[n.ref]; have != want {
			return fmt.Errorf("%w: the record with key %v says that it is %v", ErrDamaged, want, have)
		}
		e.reset()
		if e.record(n.record); e.err != nil {
			return fmt.Errorf("%w: %v: %w", ErrDamaged, n.record.Key(), e.err)
		}
		c.records = append(c.records, leafRow{n.ref, e.hash()})
	}
	return nil
}

func (r *Reader) hashMembers(c *content) error {
	lists := bulk(r, "member_list", "SELECT container, partial FROM member_list ORDER BY container",
		func(f *fields, order *ladder) memberList {
			l := memberList{container: f.number32(), partial: f.flag()}
			order.step(f, int64(l.container))
			return l
		})
	for l, err := range lists {
		if err != nil {
			return err
		}
		c.lists = append(c.lists, l)
	}
	at := 0
	for m, err := range r.Members() {
		if err != nil {
			return err
		}
		for at < len(c.lists) && c.lists[at].container < m.Container {
			at++
		}
		if at == len(c.lists) || c.lists[at].container != m.Container {
			return fmt.Errorf("%w: a member of %v, which has no list of members", ErrDamaged, c.keys[m.Container])
		}
		c.members = append(c.members, m)
	}
	return nil
}

func (r *Reader) hashUsage(c *content) error {
	refs := map[authz.Key]authz.Ref{}
	for n, k := range c.keys {
		if k.Kind == authz.KindClient {
			refs[k] = authz.Ref(n)
		}
	}
	var e encoder
	for u, err := range r.Usages() {
		if err != nil {
			return err
		}
		e.reset()
		e.usage(u)
		c.usages = append(c.usages, usageLeaf{usageKey{refs[u.Key()], u.Template, u.Method, timeText(u.Date)}, e.hash()})
	}
	return nil
}

func (r *Reader) hashGrants(c *content) error {
	g := newGrants()
	for d, err := range r.GrantSources() {
		if err != nil {
			return err
		}
		if k := c.keys[d.Role]; k.Kind != authz.KindRole {
			return fmt.Errorf("%w: a grant of %v, which is no role", ErrDamaged, k)
		}
		if k := c.keys[d.Division]; k.Kind != authz.KindDivision || k.Org != c.keys[d.Role].Org {
			return fmt.Errorf("%w: a grant in %v, which is no division of the role's organization", ErrDamaged, k)
		}
		g.rows = append(g.rows, grant{subject: d.Subject, role: d.Role, division: d.Division, at: d.MadeAt, madeBy: g.maker(d.MadeBy)})
	}
	c.grants, c.makers = g.rows, g.makers
	return nil
}

// checkKnown compares the marks in ref with the records.
func (r *Reader) checkKnown(c *content) error {
	want := known(c)
	for f, err := range r.rows("SELECT ref, known FROM ref ORDER BY ref") {
		if err != nil {
			return err
		}
		n, is := f.number32(), f.flag()
		if f.err != nil {
			return f.err
		}
		if is != want[n] {
			return fmt.Errorf("%w: whether %v is known is marked %t", ErrDamaged, c.keys[n], is)
		}
	}
	return nil
}

// comparePacked compares the packed grants with the rows.
func (r *Reader) comparePacked(rows []grant) error {
	for f, err := range r.rows("SELECT data FROM aid WHERE name = ? ORDER BY part", aidGrants) {
		if err != nil {
			return err
		}
		n := min(aidGrantsPart, len(rows))
		if !bytes.Equal(f.blob(), packGrants(rows[:n])) {
			return errors.New("they differ from the grants")
		}
		rows = rows[n:]
	}
	if len(rows) > 0 {
		return errors.New("they lack some of the grants")
	}
	return nil
}

// verifyRaw compares the blocks of JSON with the digest in meta.
func (r *Reader) verifyRaw() Part {
	const name = "raw json"
	sum := sha256.New()
	for f, err := range r.rows("SELECT first, texts, data FROM raw_block ORDER BY first") {
		if err != nil {
			return broken(name, err)
		}
		addRawSum(sum, rawBlock{first: f.number(), texts: f.number(), data: f.blob()})
		if f.err != nil {
			return broken(name, f.err)
		}
	}
	return compared(name, r.metaValue(metaRaw), hex.EncodeToString(sum.Sum(nil)))
}

func (r *Reader) metaValue(name string) string {
	for _, m := range r.meta {
		if m.Name == name {
			return m.Value
		}
	}
	return ""
}
