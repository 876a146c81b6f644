package bundle

// What an object turned out to be.
const (
	isEntity = iota
	isListing
	isRoles
)

// An object in the making: an entity, unless a key says otherwise.
type object struct {
	f      *file
	one    func(value) error
	role   func(id string) func(value) error
	form   int
	named  bool // it has an id
	open   bool // it may still turn out to be lists by role
	nulls  int  // keys that would be roles without a list, if it does
	page   page
	before int64
}

// object passes an object that is an entity, a listing, or, where role is not
// nil, listings by role. Its form shows only on the way, so its bytes are held
// until then.
func (f *file) object(one func(value) error, role func(id string) func(value) error, top bool) error {
	f.s.mark, f.s.secret = f.s.pos, false
	start := f.s.offset()
	form, err := f.heldObject(one, role)
	switch {
	case err != nil && form == isEntity:
		err = f.unfinished(err)
	case err == nil && form == isEntity:
		v := f.s.since(start)
		if top && role != nil && v.empty() {
			break // no role at all
		}
		f.elements++
		err = one(v)
	}
	f.s.mark = -1
	return err
}

// heldObject passes an object, and gives the entities of a listing to one. If it
// is an entity itself, its bytes are held as long as they were before.
func (f *file) heldObject(one func(value) error, role func(id string) func(value) error) (int, error) {
	o := &object{f: f, one: one, role: role, open: role != nil, page: page{total: -1}}
	start := f.s.offset()
	err := f.s.object(o.field)
	if err == nil && o.form == isListing {
		if o.named {
			return o.form, &syntaxError{start, "want an entity or a listing, got an object with both id and entities"}
		}
		o.page.came = f.elements - o.before
		f.pages.add(o.page)
	}
	return o.form, err
}

// field passes the value of one field.
func (o *object) field(key value) error {
	s := o.f.s
	if o.form == isRoles {
		return o.ofRole(string(key.bytes()))
	}
	if o.open && !grantField(string(key.b)) {
		return o.maybeRole(string(key.bytes()))
	}
	o.open = false
	switch string(key.b) {
	case `"id"`:
		o.named = true
	case `"entities"`:
		return o.list()
	case `"total"`:
		return o.number(&o.page.total)
	case `"pageNumber"`:
		return o.number(&o.page.number)
	case `"partial"`:
		return o.partial()
	case `"containerType"`:
		return o.container()
	}
	return s.skip(1)
}

// list passes the entities of a listing.
func (o *object) list() error {
	s := o.f.s
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '[' && c != 'n' {
		return s.skip(1)
	}
	if o.form == isListing {
		return s.fail("field entities is given twice")
	}
	o.form = isListing
	s.mark = -1
	o.before = o.f.elements
	if c == 'n' {
		return s.skip(1)
	}
	return s.array(func() error { return o.f.element(o.one) })
}

// number notes a number of a listing; what is no number is not a listing's.
func (o *object) number(to *int64) error {
	v, err := o.f.s.raw()
	if err != nil {
		return err
	}
	if v.kind() == "a number" {
		return v.whole(to)
	}
	return nil
}

func (o *object) partial() error {
	v, err := o.f.s.raw()
	if err == nil && v.b[0] == 't' {
		o.page.partial = true
	}
	return err
}

func (o *object) container() error {
	v, err := o.f.s.raw()
	if err == nil && v.b[0] == '"' {
		o.page.container = string(v.bytes())
	}
	return err
}

// maybeRole passes the value of a key that is the id of a role if the value is a
// list. If it is null, the next key decides.
func (o *object) maybeRole(id string) error {
	c, err := o.f.s.peek()
	if err != nil {
		return err
	}
	switch c {
	case 'n':
		o.nulls++
		return o.f.s.skip(1)
	case '[':
		o.roles()
		return o.ofRole(id)
	case '{':
		form, err := o.f.heldObject(o.role(id), nil)
		if form == isListing {
			o.roles()
		}
		o.open = false
		return err
	default:
		o.open = false
		return o.f.s.skip(1)
	}
}

// roles decides that the object is lists by role.
func (o *object) roles() {
	o.form, o.f.s.mark = isRoles, -1
	for range o.nulls {
		o.f.unreadList("the subjects of a role")
	}
}

// ofRole passes the subjects of one role.
func (o *object) ofRole(id string) error {
	c, err := o.f.s.peek()
	if err != nil {
		return err
	}
	switch c {
	case 'n':
		o.f.unreadList("the subjects of a role")
		return o.f.s.skip(1)
	case '[', '{':
		return o.f.listOnly(o.role(id), "the subjects of a role")
	default:
		v, err := o.f.s.raw()
		if err != nil {
			return err
		}
		return v.want("a list of the subjects of role " + quote(id))
	}
}
