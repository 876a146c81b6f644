package bundle

import (
	"math"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// client reads an OAuth client and the grants that its role-divisions are.
func (f *file) client(v value) error {
	c := authz.Client{Org: f.org.org}
	var grants []authz.Grant
	err := v.decode(&c.ID, func(key string, fv value) error {
		if key == "roleDivisions" {
			return fv.each(func(e value) error {
				g, err := f.roleDivision(e)
				grants = append(grants, g)
				return err
			})
		}
		return clientField(key, fv, &c)
	})
	if err != nil {
		return err
	}
	if c.GrantType == "" {
		f.odd("a client without authorizedGrantType counts as CLIENT-CREDENTIALS")
	}
	if err := f.put(c, f.keep(v)); err != nil {
		return err
	}
	for _, g := range grants {
		g.Subject.ID = c.ID
		if err := f.sink.Put(g, nil); err != nil {
			return err
		}
	}
	return nil
}

func clientField(key string, v value, c *authz.Client) error {
	switch key {
	case "id":
		return v.text(&c.ID)
	case "name":
		return v.text(&c.Name)
	case "authorizedGrantType":
		return v.text(&c.GrantType)
	case "state":
		return v.text(&c.State)
	case "accessTokenValiditySeconds":
		return seconds(v, &c.TokenSeconds)
	case "scope":
		return v.texts(&c.Scopes)
	case "registeredRedirectUri":
		return v.texts(&c.Redirects)
	case "dateCreated":
		return v.date(&c.Created)
	case "dateModified":
		return v.date(&c.Modified)
	case "createdBy":
		return v.refTo(&c.CreatedBy)
	case "modifiedBy":
		return v.refTo(&c.ModifiedBy)
	}
	return nil
}

func seconds(v value, to *int) error {
	var n int64
	if err := v.whole(&n); err != nil {
		return err
	}
	if n < 0 || n > math.MaxInt32 {
		return v.fail("want a number of seconds")
	}
	*to = int(n)
	return nil
}

// roleDivision reads a role in a division that a client has.
func (f *file) roleDivision(v value) (authz.Grant, error) {
	g := authz.Grant{Org: f.org.org, Source: sourceClient}
	g.Subject = authz.Key{Org: g.Org, Kind: authz.KindClient}
	var division []byte
	err := v.fields(func(key []byte, fv value) (err error) {
		switch string(key) {
		case "roleId", "role":
			return f.refTo(fv, &g.Role)
		case "divisionId", "division":
			division, err = fv.ref()
		}
		return err
	})
	if err == nil && g.Role == "" {
		err = v.fail("want a role-division with roleId, got one without")
	}
	if err == nil {
		g.Division = f.divisionID(division)
	}
	return g, err
}

// usages reads what clients called: by client, or in rows that name it.
func (f *file) usages() error {
	return f.byID(func(id string) error {
		if c, err := f.s.peek(); err != nil || c == 'n' {
			if err != nil {
				return err
			}
			f.unreadList("the calls of a client")
			return f.s.skip(0)
		}
		return f.listOnly(func(v value) error { return f.usage(v, id) }, "the calls of a client")
	})
}

func (f *file) usage(v value, client string) error {
	u := authz.Usage{Org: f.org.org, Client: client}
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "templateUri":
			return fv.text(&u.Template)
		case "httpMethod":
			return fv.text(&u.Method)
		case "requests":
			return fv.whole(&u.Requests)
		case "date":
			return fv.date(&u.Date)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.put(u, f.keep(v))
}
