package genesyscloud

import "github.com/grantgraph/grantgraph/graph/authz"

// kinds tells what subject an id is, as far as lists and grants said it.
type kinds map[string]authz.Kind

// note takes in what a record or a grant says. An id of two kinds is of none.
func (k kinds) note(key authz.Key) {
	switch key.Kind {
	case authz.KindUser, authz.KindGroup, authz.KindClient, authz.KindTrusteeUser, authz.KindTrusteeGroup, authz.KindUnknown:
	default:
		return
	}
	if was, ok := k[key.ID]; ok && was != key.Kind {
		k[key.ID] = 0
		return
	}
	k[key.ID] = key.Kind
}

// of returns the kind of an id, zero if it is not known or not one.
func (k kinds) of(id string) authz.Kind { return k[id] }
