package bundle

import (
	"bytes"
	"encoding/json"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// trust reads a trustee. Its id is that of the organization that is let in.
func (f *file) trust(v value) error {
	t := authz.Trust{Org: f.org.org}
	var id, name string
	err := v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "id":
			return fv.text(&id)
		case "name":
			return fv.text(&name)
		case "organization":
			return namedIn(fv, &t.ID, &t.Name)
		case "enabled":
			return fv.tri(&t.Enabled)
		case "dateCreated":
			return fv.date(&t.Created)
		case "dateExpired":
			return fv.date(&t.Expires)
		case "hasFullAccess":
			return fv.tri(&t.FullAccess)
		case "usesDefaultRole":
			return fv.tri(&t.DefaultRole)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if t.ID == "" {
		t.ID = id
	}
	if t.Name == "" {
		t.Name = name
	}
	if err := v.needID(t.ID); err != nil {
		return err
	}
	return f.put(t, f.keep(v))
}

func (f *file) accessPolicy(v value) error {
	p := authz.AccessPolicy{Org: f.org.org}
	err := v.decode(&p.ID, func(key string, fv value) error {
		switch key {
		case "id":
			return fv.text(&p.ID)
		case "name":
			return fv.text(&p.Name)
		case "targetResource":
			return fv.text(&p.Target)
		case "subject":
			return policySubject(fv, &p)
		case "effect":
			return fv.text(&p.Effect)
		case "active":
			return fv.tri(&p.Active)
		case "applyToClients":
			return fv.tri(&p.Clients)
		case "condition":
			f.policyCondition(fv, &p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.SubjectType == "TEAM" {
		f.mention("an access policy is about a team", authz.ListTeams, authz.ListTeamMembers)
	}
	return f.put(p, f.keep(v))
}

func (f *file) policyCondition(v value, p *authz.AccessPolicy) {
	if v.null() {
		return
	}
	if f.s.secret {
		v = withoutSecrets(v)
	}
	// White space means nothing, and not every road keeps it.
	var b bytes.Buffer
	if err := json.Compact(&b, v.b); err != nil {
		p.Condition = string(v.b)
		return
	}
	p.Condition = b.String()
}

func policySubject(v value, p *authz.AccessPolicy) error {
	if v.null() {
		return nil
	}
	return v.fields(func(key []byte, fv value) error {
		switch string(key) {
		case "id":
			return fv.text(&p.SubjectID)
		case "type":
			return fv.text(&p.SubjectType)
		}
		return nil
	})
}
