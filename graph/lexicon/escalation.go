package lexicon

import (
	"errors"
	"fmt"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// The certainties of an escalation.
const (
	Documented = "documented" // the mechanism is described by the platform or the guides
	Likely     = "likely"     // it follows from how the platform works, and nobody wrote it down
)

// An EscalationEntry is one way to become more, as data files and
// configurations state it.
type EscalationEntry struct {
	Name string `yaml:"name" json:"name"`
	// Permissions give it, any of them. A part of a permission may be "*".
	Permissions []string `yaml:"permissions" json:"permissions"`
	// Gains is one of [authz.Gains].
	Gains     string `yaml:"gains" json:"gains"`
	Certainty string `yaml:"certainty" json:"certainty"`
	Reason    string `yaml:"reason" json:"reason,omitempty"`
}

// An EscalationChange adds escalations, and takes out others by name. An added
// one takes the place of one with its name.
type EscalationChange struct {
	Add    []EscalationEntry `json:"add,omitempty"`
	Remove []string          `json:"remove,omitempty"`
}

// Escalations returns the ways to become more, in the order of the data file,
// those of a configuration last.
func (l *Lexicon) Escalations() []authz.Escalation { return slices.Clone(l.escalations) }

func (l *Lexicon) loadEscalations() error {
	var in []EscalationEntry
	if err := read("escalations.yaml", &in); err != nil {
		return err
	}
	for _, e := range in {
		made, err := newEscalation(e)
		if err != nil {
			return fmt.Errorf("reading escalations.yaml: %w", err)
		}
		l.escalations = append(l.escalations, made)
	}
	return nil
}

func newEscalation(e EscalationEntry) (authz.Escalation, error) {
	gains, err := authz.ParseGain(e.Gains)
	if err != nil {
		return authz.Escalation{}, fmt.Errorf("escalation %q: %w", e.Name, err)
	}
	out := authz.Escalation{Name: e.Name, Gains: gains, Documented: e.Certainty == Documented, Reason: e.Reason}
	for _, name := range e.Permissions {
		p, err := authz.ParsePattern(name)
		if err != nil {
			return out, fmt.Errorf("escalation %q: %w", e.Name, err)
		}
		out.Permissions = append(out.Permissions, p)
	}
	return out, checkEscalation(e)
}

func checkEscalation(e EscalationEntry) error {
	switch {
	case e.Name == "":
		return errors.New("an escalation lacks its name")
	case e.Certainty != Documented && e.Certainty != Likely:
		return fmt.Errorf("escalation %q has the certainty %q: want %s or %s", e.Name, e.Certainty, Documented, Likely)
	case e.Reason == "":
		return fmt.Errorf("escalation %q lacks its reason", e.Name)
	case (len(e.Permissions) == 0) != (e.Gains == authz.GainOwnedGroups.String()):
		return fmt.Errorf("escalation %q: want permissions, except for the gain %s, which ownership gives", e.Name, authz.GainOwnedGroups)
	default:
		return nil
	}
}

func (l *Lexicon) changeEscalations(c EscalationChange) error {
	l.escalations = slices.Clone(l.escalations)
	for _, e := range c.Add {
		if e.Reason == "" {
			e.Reason = configured
		}
		made, err := newEscalation(e)
		if err != nil {
			return err
		}
		if i := l.escalation(e.Name); i >= 0 {
			l.escalations[i] = made
		} else {
			l.escalations = append(l.escalations, made)
		}
	}
	for _, name := range c.Remove {
		i := l.escalation(name)
		if i < 0 {
			return fmt.Errorf("removing %q: no escalation has that name", name)
		}
		l.escalations = slices.Delete(l.escalations, i, i+1)
	}
	return nil
}

func (l *Lexicon) escalation(name string) int {
	return slices.IndexFunc(l.escalations, func(e authz.Escalation) bool { return e.Name == name })
}
