package main

import (
	"fmt"
	"strconv"
	"strings"
)

// Engines of relations (OpenFGA, SpiceDB) hold an organization in the same way:
//
//	group#member     user or group#member
//	cell#holder      user or group#member: a role in a division, or everywhere
//	every#binding    cell: everywhere, of one permission
//	permNNN#binding  cell: of one permission in one division
//	permNNN#everywhere  every
//
// A type for each permission makes "in which divisions" a question about the
// objects of one type.
type relation struct {
	object, id, name string
	// The subject; its relation is member or nothing.
	subject, subjectID, subjectRelation string
}

// eachRelation yields what an organization comes to.
func (o *organization) eachRelation(yield func(relation) error) error {
	for _, m := range o.members {
		if err := yield(o.bind("group", m.group, "member", m.member)); err != nil {
			return err
		}
	}
	c := cellsOf(o)
	for i, list := range c.holders {
		for _, s := range list {
			if err := yield(o.bind("cell", i, "holder", s)); err != nil {
				return err
			}
		}
	}
	for _, p := range o.asked {
		if err := o.eachOf(p, c, yield); err != nil {
			return err
		}
	}
	return nil
}

// eachOf yields what says where one permission reaches.
func (o *organization) eachOf(permission int, c cells, yield func(relation) error) error {
	for d := range o.divisions {
		r := relation{object: permType(permission), id: "d" + strconv.Itoa(d), name: "everywhere", subject: "every", subjectID: permType(permission)}
		if err := yield(r); err != nil {
			return err
		}
	}
	for i, one := range c.list {
		d, ok := o.reaches(one, permission)
		if !ok {
			continue
		}
		r := relation{object: permType(permission), id: "d" + strconv.Itoa(d), name: "binding", subject: "cell", subjectID: "cell" + strconv.Itoa(i)}
		if d == everywhere {
			r.object, r.id = "every", permType(permission)
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (o *organization) bind(object string, at int, name string, s subject) relation {
	r := relation{object: object, id: object + strconv.Itoa(at), name: name, subject: "user", subjectID: "u" + strconv.Itoa(s.at)}
	if s.group {
		r.subject, r.subjectID, r.subjectRelation = "group", "group"+strconv.Itoa(s.at), "member"
	}
	return r
}

// permType is the name of a permission's type.
func permType(permission int) string { return fmt.Sprintf("perm%04d", permission) }

// position reads a number that follows a prefix.
func position(id, prefix string) (int, error) {
	rest, ok := strings.CutPrefix(id, prefix)
	if !ok {
		return 0, fmt.Errorf("unexpected id %q: want %sN", id, prefix)
	}
	return strconv.Atoi(rest)
}
