package lexicon

import (
	"fmt"
	"testing"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// extended returns the shipped lexicon with changes.
func extended(t *testing.T, x Extension) *Lexicon {
	t.Helper()
	l, err := Default().Extend(x)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestExtendLists(t *testing.T) {
	t.Parallel()
	l := extended(t, Extension{
		Elevated:       Change{Add: []Entry{{"ours:thing*:edit", "it is ours"}}, Remove: []string{"audits:audit:view"}},
		Administration: Change{Add: []Entry{{Permission: "telephony:plugin:all"}}, Remove: []string{"sso:provider:delete"}},
		Forbidden:      Change{Remove: []string{"billing:subscription:read"}},
	})
	tests := []struct {
		list string
		of   func(authz.Pattern) (string, bool)
		name string
		want bool
	}{
		{"Elevated", l.Elevated, "ours:thingOne:edit", true},
		{"Elevated", l.Elevated, "ours:thingOne:view", false},
		{"Elevated", l.Elevated, "audits:audit:view", false},
		{"Elevated", l.Elevated, "audits:*:*", false},
		{"Elevated", l.Elevated, "authorization:audit:view", true},
		{"Elevated", l.Elevated, "telephony:plugin:all", true},
		{"Administration", l.Administration, "telephony:plugin:all", true},
		{"Administration", l.Administration, "sso:provider:delete", false},
		{"Administration", l.Administration, "sso:provider:edit", true},
		{"Administration", l.Administration, "sso:*:*", true},
		{"Forbidden", l.Forbidden, "billing:subscription:read", false},
		{"Forbidden", l.Forbidden, "billing:subscription:edit", true},
		{"Forbidden", l.Forbidden, "billing:*:*", true},
		{"Forbidden", l.Forbidden, "billing:subscription:*", true},
	}
	for _, tt := range tests {
		if _, ok := tt.of(permission(t, tt.name)); ok != tt.want {
			t.Errorf("%s(%s) = %v; want %v", tt.list, tt.name, ok, tt.want)
		}
	}
	administer, _ := l.Verb(VerbAdminister)
	if !administer.Covers(permission(t, "telephony:plugin:all")) || administer.Covers(permission(t, "sso:provider:delete")) {
		t.Error("the verb administer does not follow the list of administration")
	}
	if _, ok := Default().Administration(permission(t, "sso:provider:delete")); !ok {
		t.Error("extending changed the shipped lexicon")
	}
}

func TestExtendOthers(t *testing.T) {
	t.Parallel()
	l := extended(t, Extension{
		Toxic:         PairChange{Add: []PairEntry{{A: "a:b:c", B: "d:e:f", Reason: "no"}}, Remove: []string{"role-and-grant"}},
		Carries:       CarriesChange{Add: []CarriesEntry{{Permission: "routing:skill:view", Carries: CarriesTenant, Class: ClassPeople}}},
		DivisionAware: AwareChange{Add: []AwareEntry{{Permission: "routing:queue:*", Aware: true}}, Remove: []string{"telephony:trunk:*"}},
		Verbs: VerbChange{
			Add:    []VerbEntry{{Verb: "hear", Permissions: []string{"*:*:listen"}, Help: "listen"}, {Verb: "see", Permissions: []string{"routing:queue:join"}}},
			Remove: []VerbEntry{{Verb: "see", Permissions: []string{"*:*:search"}}, {Verb: "edit", Permissions: []string{"*:*:frobnicate"}}},
		},
		Aliases: AliasChange{Add: []AliasEntry{{"Our > Thing", "routing:queue:view"}}, Remove: []string{"users:read"}},
	})
	skill := permission(t, "routing:skill:view")
	people, _ := l.Data("people")
	if l.Carries(skill, authz.False) != CarriesTenant || l.Class(skill) != ClassPeople || !people.Covers(skill) {
		t.Error("what a permission carries, and its class, do not follow the extension")
	}
	if l.Aware(permission(t, "routing:queue:view")) != authz.True || l.Aware(permission(t, "telephony:trunk:edit")) != authz.Unknown {
		t.Error("division awareness does not follow the extension")
	}
	names := ""
	for _, p := range l.Toxic() {
		if p.Name == "role-and-grant" || p.Name == "a:b:c + d:e:f" {
			names += p.Name
		}
	}
	if names != "a:b:c + d:e:f" {
		t.Errorf("toxic pairs: got %q of the two", names)
	}
	covers := func(verb, name string) bool {
		v, ok := l.Verb(verb)
		return ok && v.Covers(permission(t, name))
	}
	if !covers("hear", "conversation:call:listen") || covers("hear", "conversation:call:view") ||
		!covers("see", "routing:queue:join") || covers("see", "routing:queue:search") || covers("edit", "x:y:frobnicate") {
		t.Error("verbs do not follow the extension")
	}
	if p, err := l.Resolve("our:thing", nil); err != nil || p.String() != "routing:queue:view" {
		t.Errorf("Resolve = %v, %v; want routing:queue:view", p, err)
	}
	if p, err := l.Resolve("users:read", nil); err != nil || p.String() != "users:users:read" {
		t.Errorf("Resolve = %v, %v; want users:users:read", p, err)
	}
	if p, err := Default().Resolve("users:read", nil); err != nil || p.String() != "directory:user:view" {
		t.Errorf("extending changed the shipped lexicon: Resolve = %v, %v", p, err)
	}
}

func TestExtendExportsFollow(t *testing.T) {
	t.Parallel()
	l := extended(t, Extension{Verbs: VerbChange{Add: []VerbEntry{{Verb: "export", Permissions: []string{"routing:queue:search"}}}}})
	if d, _ := l.Data("exports"); !d.Covers(permission(t, "routing:queue:search")) {
		t.Error("the data exports does not follow the verb export")
	}
}

func TestExtendErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		x    Extension
		want string
	}{
		{Extension{Elevated: Change{Remove: []string{"routing:queue:view"}}}, "extending elevated: removing routing:queue:view: nothing in the list matches it"},
		{Extension{Elevated: Change{Remove: []string{"sso:*:*"}}}, "extending elevated: removing sso:*:*: nothing in the list matches it: sso:*:* is administration, take it out there"},
		{Extension{Elevated: Change{Add: []Entry{{Permission: "a::b"}}}}, `extending elevated: permission "a::b" has an empty part: want domain:entity:action`},
		{Extension{Forbidden: Change{Add: []Entry{{Permission: "a:*b:c"}}}}, `extending forbidden: permission "a:*b:c": want * only at the end of a part`},
		{Extension{Toxic: PairChange{Remove: []string{"none"}}}, `extending toxic: removing "none": no pair has that name`},
		{Extension{Carries: CarriesChange{Add: []CarriesEntry{{Permission: "a:b:c", Carries: "all"}}}}, `extending carries: a:b:c carries "all": want tenant or organization`},
		{Extension{Carries: CarriesChange{Add: []CarriesEntry{{Permission: "a:b:c"}}}}, `extending carries: a:b:c says neither what it carries nor its class`},
		{Extension{Carries: CarriesChange{Add: []CarriesEntry{{Permission: "a:b:c", Class: "x"}}}}, `extending carries: a:b:c has the class "x": want one of [content security performance people configuration]`},
		{Extension{DivisionAware: AwareChange{Remove: []string{"a:b:c"}}}, `extending division_aware: removing a:b:c: nothing in the list matches it`},
		{Extension{Aliases: AliasChange{Remove: []string{"a:b"}}}, `extending aliases: removing "a:b": no alias has that name`},
		{Extension{Verbs: VerbChange{Remove: []VerbEntry{{Verb: "smell"}}}}, `extending verbs: removing from "smell": there is no such verb`},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			_, err := Default().Extend(tt.x)
			if err == nil || err.Error() != tt.want {
				t.Errorf("Extend: %v; want %s", err, tt.want)
			}
		})
	}
}

func TestFamily(t *testing.T) {
	t.Parallel()
	tests := []struct {
		family, permission string
		covers, meets      bool
	}{
		{"a:b:c", "a:b:c", true, true},
		{"a:b*:c", "a:bcd:c", true, true},
		{"a:b*:c", "a:b:c", true, true},
		{"a:b*:c", "a:x:c", false, false},
		{"a:b*:c", "a:*:c", false, true},
		{"a:b:all", "a:b:x", true, true},
		{"a:b:all", "a:b:*", true, true},
		{"a:b:x", "a:b:all", false, true},
		{"a:b:c", "a", false, false},
		{"a", "a", true, true},
		{"a", "admin", false, true},
		{"admin", "admin", true, true},
		{"admin", "a:b:c", false, false},
		{"a*", "abc", true, true},
	}
	for _, tt := range tests {
		f, err := parseFamily(tt.family)
		if err != nil {
			t.Fatal(err)
		}
		p := permission(t, tt.permission)
		if got := f.covers(p); got != tt.covers {
			t.Errorf("%s covers %s: %v; want %v", f, p, got, tt.covers)
		}
		if got := f.meets(p); got != tt.meets {
			t.Errorf("%s meets %s: %v; want %v", f, p, got, tt.meets)
		}
	}
}
