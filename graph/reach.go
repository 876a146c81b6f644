package graph

import "fmt"

// A Level says how far access reaches over a division. The order is that of
// width: with several derivations the widest wins.
type Level uint8

// The levels.
const (
	None Level = iota
	// Limited: certain resources only.
	Limited
	// Conditional: everything, narrowed by an amount that nobody can tell from
	// a snapshot. It counts as access, always.
	Conditional
	// Whole: everything, with nothing that narrows it.
	Whole
)

var levelNames = [...]string{None: "none", Limited: "limited", Conditional: "conditional", Whole: "whole"}

// String returns the level's name in outputs.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level(%d)", uint8(l))
}

// MarshalText gives the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (l *Level) UnmarshalText(b []byte) error {
	for i, name := range levelNames {
		if name == string(b) {
			*l = Level(i)
			return nil
		}
	}
	return fmt.Errorf("unknown reach %q", b)
}

// A Because says why access is conditional. Because values are sets of bits.
type Because uint16

// The reasons for which access is conditional.
const (
	BecauseUnknownAwareness Because = 1 << iota // the catalogue does not say whether divisions limit it
	BecauseGroupNotEnabled                      // reached only through a group that is not role-enabled
	BecauseScope                                // a scope narrows it by an unknown amount
	BecauseCondition                            // a condition narrows it by an unknown amount
	BecauseAccessPolicy                         // an active access policy speaks of it
	BecauseRoleMissing                          // the role was not read: it may carry everything
	BecauseTrust                                // the trust itself lets the trustee's own staff in
)

var becauseTexts = []struct {
	bit  Because
	text string
}{
	{BecauseUnknownAwareness, "the permission catalogue does not say whether divisions limit this permission"},
	{BecauseGroupNotEnabled, "it comes only through a group that is not enabled for roles, which may or may not hand on its old grants"},
	{BecauseScope, "a scope on the role's policy narrows it by an amount that is not resolved"},
	{BecauseCondition, "a condition on the role's policy narrows it by an amount that is not resolved"},
	{BecauseAccessPolicy, "an active access policy speaks of it, and how it is enforced cannot be known from a snapshot"},
	{BecauseRoleMissing, "the role, or one that it inherits from, was not read and may carry everything"},
	{BecauseTrust, "the trust gives the trustee organization full access or the default role, whose extent the platform does not show"},
}

// Texts returns a sentence for each reason in the set, in a fixed order.
func (b Because) Texts() []string {
	var out []string
	for _, t := range becauseTexts {
		if b&t.bit != 0 {
			out = append(out, t.text)
		}
	}
	return out
}
