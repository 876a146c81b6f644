package authz

import (
	"cmp"
	"fmt"
)

// A Kind says what a [Key] names. The zero Kind is invalid.
type Kind uint8

// The kinds. Their names ([Kind.String]) are part of every output and of the
// snapshot file; their numbers are not.
const (
	KindOrganization Kind = iota + 1
	KindDivision
	KindUser
	KindGroup
	KindTeam
	KindClient
	KindTrusteeUser
	KindTrusteeGroup
	KindTrusteeOrganization
	// KindUnknown is a subject of a type that the model does not know: a
	// principal of its own.
	KindUnknown
	// KindSubject is an id given without a type: it stands for every subject
	// that has this id.
	KindSubject
	KindRole
	KindQueue
	KindFlow
	// KindResource is any object with a division that is no queue and no flow.
	KindResource
	KindView
	KindTrust
	KindAccessPolicy
	KindPermission
	KindGrant
	KindTenant
	KindOther
)

var kindNames = [...]string{
	KindOrganization:        "organization",
	KindDivision:            "division",
	KindUser:                "user",
	KindGroup:               "group",
	KindTeam:                "team",
	KindClient:              "oauth_client",
	KindTrusteeUser:         "trustee_user",
	KindTrusteeGroup:        "trustee_group",
	KindTrusteeOrganization: "trustee_organization",
	KindUnknown:             "unknown",
	KindSubject:             "subject",
	KindRole:                "role",
	KindQueue:               "queue",
	KindFlow:                "flow",
	KindResource:            "resource",
	KindView:                "view",
	KindTrust:               "trust",
	KindAccessPolicy:        "access_policy",
	KindPermission:          "permission",
	KindGrant:               "grant",
	KindTenant:              "tenant",
	KindOther:               "other",
}

// String returns the kind's name in outputs and files, such as "oauth_client".
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind is the inverse of [Kind.String]. It also takes "client" for
// "oauth_client", the short form of the command line.
func ParseKind(s string) (Kind, error) {
	if s == "client" {
		return KindClient, nil
	}
	for k, name := range kindNames {
		if name == s && s != "" {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("unknown kind %q", s)
}

// MarshalText gives the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText takes what [Kind.MarshalText] gives.
func (k *Kind) UnmarshalText(b []byte) error {
	v, err := ParseKind(string(b))
	if err != nil {
		return err
	}
	*k = v
	return nil
}

// AllDivisions is the id of the division that stands for every division there
// is and will be.
const AllDivisions = "*"

// A Key names one record: names are for people and are never keys.
// It is comparable and usable as a map key.
type Key struct {
	Org  string // id of the organization
	Kind Kind
	ID   string
}

// String returns "kind:id", the form of the command line, without the organization.
func (k Key) String() string { return k.Kind.String() + ":" + k.ID }

// Compare orders keys by organization, kind (by name, so that the order never
// depends on how kinds are numbered) and id.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Org, o.Org), cmp.Compare(k.Kind.String(), o.Kind.String()), cmp.Compare(k.ID, o.ID))
}

// A Ref is the number that one source of records gives to a [Key]: dense, from
// 1. Zero is no key. Bulk records (grants, memberships) speak of their parties
// by Ref, so that reading two million of them compares no strings.
type Ref uint32

// A Tri is a yes or no that a source may not have given.
// The zero value is Unknown.
type Tri uint8

// The values of a Tri.
const (
	Unknown Tri = iota
	False
	True
)

// TriOf returns True or False.
func TriOf(b bool) Tri {
	if b {
		return True
	}
	return False
}

// String returns "unknown", "false" or "true".
func (t Tri) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	default:
		return "unknown"
	}
}

// OrTrue reports whether the value is anything but an explicit false.
func (t Tri) OrTrue() bool { return t != False }
