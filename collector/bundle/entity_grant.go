package bundle

import (
	"errors"
	"fmt"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// subjectType returns the word for the kind of a subject.
func subjectType(k authz.Kind) (string, error) {
	switch k {
	case authz.KindUser:
		return typeUser, nil
	case authz.KindGroup:
		return typeGroup, nil
	case authz.KindTeam:
		return typeTeam, nil
	case authz.KindClient:
		return typeClient, nil
	case authz.KindTrusteeUser:
		return typeTrusteeUser, nil
	case authz.KindTrusteeGroup:
		return typeTrusteeGroup, nil
	case authz.KindUnknown:
		return typeUnknown, nil
	case authz.KindSubject:
		return typeAny, nil
	default:
		return "", fmt.Errorf("a %s cannot be a subject", k)
	}
}

func (e *encoder) subjectType(k authz.Kind) {
	word, err := subjectType(k)
	if err != nil {
		e.fail(err)
	}
	e.must("subjectType", word)
}

func (e *encoder) grant(g authz.Grant) {
	if g.Subject.ID == "" || g.Role == "" || g.Division == "" {
		e.fail(errors.New("a part of the grant is empty"))
	}
	if g.Subject.Org != g.Org {
		e.fail(errors.New("the subject is of another organization"))
	}
	e.must("subjectId", g.Subject.ID)
	e.subjectType(g.Subject.Kind)
	e.ref("role", g.Role)
	e.ref("division", g.Division)
	e.date("grantMadeAt", g.MadeAt)
	e.ref("grantMadeBy", g.MadeBy)
	if g.Source != sourceGrants {
		e.text("source", g.Source)
	}
}

// members appends the members of a container: ids, where nothing else is to be
// said of them.
func (e *encoder) members(m authz.MemberList) {
	special := m.Partial || m.Container.Kind == authz.KindTrusteeGroup
	if special {
		e.open('{')
		e.key("entities")
	}
	e.open('[')
	for _, k := range m.Members {
		e.member(m.Container, k)
	}
	e.close(']')
	if !special {
		return
	}
	if m.Partial {
		e.yes("partial", true)
	}
	if m.Container.Kind == authz.KindTrusteeGroup {
		e.must("containerType", typeTrusteeGroup)
	}
	e.close('}')
}

func (e *encoder) member(container, k authz.Key) {
	if k.ID == "" || k.Org != container.Org {
		e.fail(errors.New("a member has no id or is of another organization"))
	}
	if k.Kind == memberKind(container.Kind) {
		e.value(k.ID)
		return
	}
	e.open('{')
	e.must("id", k.ID)
	e.subjectType(k.Kind)
	e.close('}')
}

// memberKind is what the members of a container are where nothing else is said.
func memberKind(container authz.Kind) authz.Kind {
	if container == authz.KindQueue {
		return authz.KindUser
	}
	return authz.KindSubject
}
