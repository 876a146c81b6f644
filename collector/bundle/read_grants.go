package bundle

import (
	"strings"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// Sources of a grant ([authz.Grant.Source]).
const (
	sourceGrants = "grants"
	sourceClient = "client"
)

// grants reads grants one by one, or the subjects of roles by role.
func (f *file) grants() error {
	return f.values(func() error {
		return f.item(f.counted(f.grant), func(role string) func(value) error {
			return f.counted(func(v value) error { return f.subjectGrants(role, v) })
		}, 0)
	})
}

// grantField reports whether a key is one of a grant's or a listing's: an object
// that begins with it is not an object of lists by role.
func grantField(key string) bool {
	switch key {
	case `"subjectId"`, `"subject"`, `"subjectType"`, `"role"`, `"roleId"`, `"division"`, `"divisionId"`,
		`"grantMadeAt"`, `"grantMadeBy"`, `"id"`, `"selfUri"`, `"source"`, `"entities"`, `"total"`,
		`"pageNumber"`, `"partial"`, `"pageSize"`, `"pageCount"`, `"firstUri"`, `"lastUri"`, `"nextUri"`, `"previousUri"`, `"facets"`:
		return true
	}
	return false
}

// The words for the types of subjects.
const (
	typeUser         = "PC_USER"
	typeGroup        = "PC_GROUP"
	typeTeam         = "PC_TEAM"
	typeClient       = "PC_OAUTH_CLIENT"
	typeTrusteeUser  = "PC_TRUSTEE_USER"
	typeTrusteeGroup = "PC_TRUSTEE_GROUP"
	// typeUnknown is the API's word for what it cannot tell itself; typeAny is
	// this package's for a type that was not given.
	typeUnknown = "UNKNOWN"
	typeAny     = "*"
)

// grant reads one grant.
func (f *file) grant(v value) error {
	g := authz.Grant{Org: f.org.org, Source: sourceGrants}
	g.Subject.Org = g.Org
	var subject, role, roleID, division, divisionID []byte
	err := v.fields(func(key []byte, fv value) (err error) {
		switch string(key) {
		case "subjectId":
			subject, err = fv.ref()
		case "subjectType":
			g.Subject.Kind, err = f.subjectKind(fv)
		case "role":
			role, err = fv.ref()
		case "roleId":
			roleID, err = fv.ref()
		case "division":
			division, err = fv.ref()
		case "divisionId":
			divisionID, err = fv.ref()
		case "grantMadeAt":
			err = fv.date(&g.MadeAt)
		case "grantMadeBy":
			err = fv.refTo(&g.MadeBy)
		case "source":
			err = fv.text(&g.Source)
		}
		return err
	})
	if err != nil {
		return err
	}
	if role, err = agree(v, "role", role, roleID); err != nil {
		return err
	}
	if division, err = agree(v, "division", division, divisionID); err != nil {
		return err
	}
	if len(subject) == 0 {
		return v.fail("want a grant with subjectId, got one without")
	}
	if len(role) == 0 {
		return v.fail("want a grant with a role's id, got one without")
	}
	if g.Source == "" {
		g.Source = sourceGrants
	}
	g.Subject.ID = f.subjectID(subject)
	g.Subject.Kind = f.anyOf(g.Subject.Kind, g.Subject.ID)
	g.Role, g.Division = f.intern(role), f.divisionID(division)
	f.mentionSubject("a grant", g.Subject.Kind)
	return f.put(g, f.keep(v))
}

// agree returns the id that two forms of one field give.
func agree(v value, what string, a, b []byte) ([]byte, error) {
	switch {
	case len(b) == 0:
		return a, nil
	case len(a) == 0 || string(a) == string(b):
		return b, nil
	default:
		return nil, v.fail("the two fields for the %s disagree", what)
	}
}

// subjectID returns one string for grants of one subject in a row.
func (f *file) subjectID(id []byte) string {
	if f.subject != string(id) {
		f.subject = string(id)
	}
	return f.subject
}

// subjectKind reads the type of a subject; zero is one that is not given.
func (f *file) subjectKind(v value) (authz.Kind, error) {
	if v.null() {
		return 0, nil
	}
	if v.b[0] != '"' {
		return 0, v.want("a string")
	}
	switch word := v.bytes(); string(word) {
	case "":
		return 0, nil
	case typeUser:
		return authz.KindUser, nil
	case typeGroup:
		return authz.KindGroup, nil
	case typeTeam:
		return authz.KindTeam, nil
	case typeClient:
		return authz.KindClient, nil
	case typeTrusteeUser:
		return authz.KindTrusteeUser, nil
	case typeTrusteeGroup:
		return authz.KindTrusteeGroup, nil
	case typeAny:
		return authz.KindSubject, nil
	default:
		f.word(f.reading("subject type "+quote(string(word))+" is not known: the subject is a principal of its own"),
			"further subject types are not known: the subject is a principal of its own")
		return authz.KindUnknown, nil
	}
}

// anyOf reads a missing type as the one that is known of the id, or else as any
// subject that has it.
func (f *file) anyOf(kind authz.Kind, id string) authz.Kind {
	if kind == 0 && f.kindOf != nil {
		kind = f.kindOf(id)
	}
	if kind != 0 {
		return kind
	}
	f.odd("a subject without type is every subject with its id")
	return authz.KindSubject
}

// divisionID reads a missing division, and the word all, as every division.
func (f *file) divisionID(id []byte) string {
	switch {
	case len(id) == 0:
		f.odd("a grant without division is one in every division")
		return authz.AllDivisions
	case len(id) == 3 && strings.EqualFold(string(id), "all"):
		f.odd("division \"all\" is every division")
		return authz.AllDivisions
	default:
		return f.intern(id)
	}
}

// mentionSubject notes the lists that a subject of a kind should be in.
func (f *file) mentionSubject(by string, kind authz.Kind) {
	switch kind {
	case authz.KindTeam:
		f.mention(by+" names a team", authz.ListTeams, authz.ListTeamMembers)
	case authz.KindTrusteeUser:
		f.mention(by+" names a trustee's user", authz.ListTrustees, authz.ListTrusteeUsers)
	case authz.KindTrusteeGroup:
		f.mention(by+" names a trustee's group", authz.ListTrustees, authz.ListTrusteeGroups)
	default:
		// Of the other kinds every bundle should have the list.
	}
}

// subjectGrants reads one subject of a role with its divisions: a grant for each.
func (f *file) subjectGrants(role string, v value) error {
	g := authz.Grant{Org: f.org.org, Source: sourceGrants, Role: role}
	g.Subject.Org = g.Org
	var divisions []string
	if role == "" {
		return v.fail("want a role's id as key, got an empty one")
	}
	err := v.decode(&g.Subject.ID, func(key string, fv value) (err error) {
		switch key {
		case "id":
			return fv.text(&g.Subject.ID)
		case "type":
			g.Subject.Kind, err = f.subjectKind(fv)
			return err
		case "divisions":
			return fv.each(func(e value) error {
				id, err := e.ref()
				divisions = append(divisions, f.divisionID(id))
				return err
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(divisions) == 0 {
		divisions = []string{f.divisionID(nil)}
	}
	g.Subject.Kind = f.anyOf(g.Subject.Kind, g.Subject.ID)
	f.mentionSubject("a grant", g.Subject.Kind)
	raw := f.keep(v)
	for _, g.Division = range divisions {
		if err := f.put(g, raw); err != nil {
			return err
		}
		raw = nil
	}
	return nil
}
