package bundle

import "github.com/grantgraph/grantgraph/graph/authz"

func (f *file) organization() error {
	return f.entities(func(v value) error {
		if f.index > 1 {
			return v.fail("want one organization in the file, got another: several are folders of their own")
		}
		return f.organizationOf(v)
	})
}

// organizationOf reads what says which organization this is.
func (f *file) organizationOf(v value) error {
	o := &f.about
	err := v.decode(&o.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&o.ID)
		case "name":
			return fv.text(&o.Name)
		case "platform":
			return fv.text(&o.Platform)
		case "region":
			return fv.text(&o.Region)
		}
		return nil
	})
	f.raw = f.keep(v)
	f.records++
	return err
}

// settings are merged into the organization.
func (f *file) settings() error {
	return f.entities(func(v value) error {
		if f.index > 1 {
			return v.fail("want one object of settings, got another")
		}
		return f.settingsOf(v)
	})
}

func (f *file) settingsOf(v value) error {
	f.records++
	return v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "authorizationGrantDivisionAware":
			return fv.tri(&f.about.GrantDivisionAware)
		case "backfillEnabled":
			return fv.tri(&f.about.Backfill)
		}
		return nil
	})
}

func (f *file) division(v value) error {
	d := authz.Division{Org: f.org.org}
	err := v.decode(&d.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&d.ID)
		case "name":
			return fv.text(&d.Name)
		case "homeDivision":
			return fv.yes(&d.Home)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.put(d, f.keep(v))
}

// permissions reads one domain of the catalogue.
func (f *file) permissions(v value) error {
	var domain string
	var entities []authz.Permission
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "domain":
			return fv.text(&domain)
		case "permissionMap":
			if fv.null() {
				return nil
			}
			return fv.fields(func(entity []byte, list value) error {
				return list.each(func(e value) error {
					p, err := f.permission(e, string(entity))
					entities = append(entities, p)
					return err
				})
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	raw := f.keep(v)
	for _, p := range entities {
		if p.Domain == "" {
			p.Domain = domain
		}
		if p.Domain == "" {
			return v.fail("want a domain of permissions, got one without name")
		}
		if err := f.put(p, raw); err != nil {
			return err
		}
		raw = nil
	}
	return nil
}

func (f *file) permission(v value, entity string) (authz.Permission, error) {
	p := authz.Permission{Org: f.org.org}
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "domain":
			return fv.text(&p.Domain)
		case "entityType":
			return fv.text(&p.Entity)
		case "action":
			return fv.text(&p.Action)
		case "label":
			return fv.text(&p.Label)
		case "divisionAware":
			return fv.tri(&p.DivisionAware)
		case "allowsConditions":
			return fv.tri(&p.AllowsConditions)
		}
		return nil
	})
	if p.Entity == "" {
		p.Entity = entity
	}
	if err == nil && (p.Entity == "" || p.Action == "") {
		err = v.fail("want a permission with entityType and action, got one without")
	}
	return p, err
}
