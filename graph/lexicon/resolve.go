package lexicon

import "github.com/grantgraph/grantgraph/graph/authz"

// Resolve reads a permission as people and guides write it ("Routing > Queue >
// View", "users:read"). A name that inUniverse knows is itself; otherwise the
// alias table may know the platform's name for it; otherwise it stays as it was
// read. A nil inUniverse knows nothing.
//
// It is not for what the API's own fields say: aliases do not apply to them.
func (l *Lexicon) Resolve(name string, inUniverse func(authz.Pattern) bool) (authz.Pattern, error) {
	p, err := authz.ParsePattern(name)
	if err != nil {
		return authz.Pattern{}, err
	}
	if inUniverse != nil && inUniverse(p) {
		return p, nil
	}
	if meant, ok := l.aliases[p]; ok {
		return meant, nil
	}
	return p, nil
}
