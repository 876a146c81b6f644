package bundle

import "github.com/grantgraph/grantgraph/graph/authz"

// other reads an entity that is kept as it is.
func (f *file) other(v value) error {
	id, name, err := identityOf(f.list, v)
	if err != nil {
		return err
	}
	if err := v.needID(id); err != nil {
		return err
	}
	return f.put(authz.Other{Org: f.org.org, List: f.list, ID: id, Name: name}, f.keep(v))
}

// identityOf returns the id and name of an entity that is kept as it is. Those of
// an organization that trusts this one, and of an app that was authorized, stand
// in what they are about.
func identityOf(list authz.List, v value) (id, name string, err error) {
	var inner, innerName, owner string
	err = v.fields(func(key []byte, f value) error {
		switch k := string(key); {
		case k == "id":
			return f.text(&id)
		case k == "name":
			return f.text(&name)
		case k == "organization" && list == authz.ListTrustors, k == "client" && list == authz.ListAuthorizedApps:
			return namedIn(f, &inner, &innerName)
		case k == "resourceOwner" && list == authz.ListAuthorizedApps:
			return namedIn(f, &owner, new(string))
		}
		return nil
	})
	if err != nil || inner == "" {
		return id, name, err
	}
	if owner != "" { // one app, authorized by several
		inner += "/" + owner
	}
	if innerName == "" {
		innerName = name
	}
	return inner, innerName, nil
}

// namedIn reads the id and name of an object, or an id alone.
func namedIn(v value, id, name *string) error {
	if v.null() || v.b[0] != '{' {
		return v.refTo(id)
	}
	return v.fields(func(key []byte, f value) error {
		switch string(key) {
		case "id":
			return f.text(id)
		case "name":
			return f.text(name)
		}
		return nil
	})
}
