package bundle

import (
	"encoding/json"
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A file is one file of a bundle while it is read.
type file struct {
	*org
	s    *scanner
	list authz.List
	path string

	index    int64  // of the entity being read, from 1
	id       string // of the entity being read, where the file is an object of ids
	elements int64  // elements of lists passed
	records  int64
	pages    totals
	arena    []byte
}

// maxNesting is how deep arrays of listings may lie in each other.
const maxNesting = 4

// entities walks a file of entities in any of its forms; one is given each.
func (f *file) entities(one func(v value) error) error {
	return f.values(func() error { return f.item(f.counted(one), nil, 0) })
}

// values walks the values of a stream; fn passes each.
func (f *file) values(fn func() error) error {
	if err := f.s.bom(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		end, err := f.s.end()
		switch {
		case err != nil:
			return err
		case end && n == 0:
			return f.s.fail("the file is empty")
		case end:
			f.pages.flush()
			return nil
		}
		if err := fn(); err != nil {
			return err
		}
	}
}

// counted makes fn count and name the entities that it is given.
func (f *file) counted(fn func(v value) error) func(v value) error {
	return func(v value) error {
		f.index++
		if f.index%1024 == 0 {
			if err := f.tick(); err != nil {
				return err
			}
		}
		if err := fn(v); err != nil {
			return f.inEntity(v, err)
		}
		return nil
	}
}

// tick lets a run be watched and stopped.
func (f *file) tick() error {
	if p := f.src.o.Progress; p != nil {
		p(f.list, f.records, f.pages.announced())
	}
	return f.ctx.Err()
}

// inEntity names the entity that an error lies in.
func (f *file) inEntity(v value, err error) error {
	p := place(err)
	if p == nil {
		return err
	}
	p.entity = f.index
	if p.id == "" {
		p.id = v.nameID()
	}
	return p
}

// nameID returns the id by which an error can name an entity, if it has one.
func (v value) nameID() (id string) {
	if v.b[0] != '{' {
		return ""
	}
	// An error of the entity was found already; here any id will do.
	_ = v.fields(func(key []byte, f value) error {
		if k := string(key); (k == "id" || k == "subjectId") && f.b[0] == '"' {
			id = string(f.bytes())
		}
		return nil
	})
	return id
}

// item passes an entity, a listing, or an array of items.
func (f *file) item(one func(value) error, role func(id string) func(value) error, depth int) error {
	c, err := f.s.peek()
	if err != nil {
		return err
	}
	switch {
	case c == '[' && depth < maxNesting:
		return f.s.array(func() error { return f.item(one, role, depth+1) })
	case c == '{':
		return f.object(one, role, depth == 0)
	default:
		return f.element(one)
	}
}

// element passes a value that is an entity whatever it looks like.
func (f *file) element(one func(value) error) error {
	f.s.secret = false
	v, err := f.s.raw()
	if err != nil {
		return f.unfinished(err)
	}
	f.elements++
	return one(v)
}

// unfinished names the entity in which reading stopped, where it is the next of a list.
func (f *file) unfinished(err error) error {
	p := place(err)
	if p == nil || f.id != "" {
		return err
	}
	p.entity = f.index + 1
	return p
}

// unreadList notes a list that is null: it was not read, so this file has a gap.
func (f *file) unreadList(what string) {
	f.odd(what + " are null: they were not read")
	if f.pages.fault == "" {
		f.pages.fault = what + " were not read"
	}
}

// listOnly passes an array or listing: an object that is neither is an error.
func (f *file) listOnly(one func(value) error, what string) error {
	at := f.s.offset()
	if c, err := f.s.peek(); err != nil || c != '{' {
		if err != nil {
			return err
		}
		return f.item(one, nil, 1)
	}
	lone := &syntaxError{at, "want " + what + " as an array or a listing, got another object"}
	form, err := f.heldObject(one, nil)
	if err == nil && form == isEntity {
		return lone
	}
	return err
}

// byID walks a file that is an object (or several) of values by id; fn passes each value.
func (f *file) byID(fn func(id string) error) error {
	seen := map[string]bool{}
	each := func() error {
		return f.s.object(func(key value) error {
			id := string(key.bytes())
			if id == "" {
				return key.fail("want an id as key, got an empty one")
			}
			if seen[id] {
				return key.fail("id %s is there twice", quote(id))
			}
			seen[id] = true
			return f.underID(id, fn)
		})
	}
	return f.values(func() error {
		if c, err := f.s.peek(); err != nil || c != '[' {
			return each()
		}
		return f.s.array(each)
	})
}

func (f *file) underID(id string, fn func(id string) error) error {
	f.index++
	f.id = id
	if err := f.tick(); err != nil {
		return err
	}
	if err := fn(id); err != nil {
		p := place(err)
		if p == nil {
			return err
		}
		p.entity, p.id = f.index, id
		return p
	}
	f.id = ""
	return nil
}

// keep returns a copy of an entity's JSON without secrets. Copies come from
// larger pieces, so that two million of them are no two million allocations.
func (f *file) keep(v value) json.RawMessage {
	if f.s.secret {
		return json.RawMessage(withoutSecrets(v).b)
	}
	n := len(v.b)
	if n > windowSize/4 {
		return json.RawMessage(append([]byte(nil), v.b...))
	}
	if cap(f.arena)-len(f.arena) < n {
		f.arena = make([]byte, 0, windowSize)
	}
	from := len(f.arena)
	f.arena = append(f.arena, v.b...)
	return json.RawMessage(f.arena[from:len(f.arena):len(f.arena)])
}

// put hands a record on.
func (f *file) put(rec authz.Record, raw json.RawMessage) error {
	f.records++
	if err := f.sink.Put(rec, raw); err != nil {
		return fmt.Errorf("keeping %s: %w", quote(rec.Key().String()), err)
	}
	return nil
}
