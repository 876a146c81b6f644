package rules

import (
	"fmt"

	"github.com/grantgraph/grantgraph/analyzer"
)

// A Severity says how bad a finding is. The order is that of badness; the zero
// Severity is invalid.
type Severity uint8

// The severities.
const (
	Info Severity = iota + 1
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{Info: "info", Low: "low", Medium: "medium", High: "high", Critical: "critical"}

// String returns the severity's name.
func (s Severity) String() string {
	if int(s) < len(severityNames) && s != 0 {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity is the inverse of [Severity.String].
func ParseSeverity(name string) (Severity, error) {
	for s, n := range severityNames {
		if n == name && n != "" {
			return Severity(s), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: want critical, high, medium, low or info", name)
}

// MarshalText gives the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes what MarshalText gives.
func (s *Severity) UnmarshalText(b []byte) error {
	v, err := ParseSeverity(string(b))
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// A Result is the outcome of an audit.
type Result struct {
	analyzer.Head
	Packs      []PackRef   `json:"packs"`
	Deviations []Deviation `json:"deviations"`
	// Findings are sorted worst first, then by rule and fingerprint.
	Findings []Finding  `json:"findings"`
	Accepted []Accepted `json:"accepted"`
	// Baseline names the earlier snapshot that the audit was compared with; Fixed
	// are its findings that are no more.
	Baseline string    `json:"baseline,omitempty"`
	Fixed    []Finding `json:"fixed,omitempty"`
	Totals   Totals    `json:"totals"`
}

// A PackRef names a pack that was used.
type PackRef struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Digest  string `json:"digest"` // hex SHA-256 of the file
	Rules   int    `json:"rules"`
}

// A Deviation is a rule that was disabled, or whose parameters differ from what ships.
type Deviation struct {
	Rule   string `json:"rule"`
	What   string `json:"what"` // "disabled", or "max_age = 8h (ships as 2h)"
	Reason string `json:"reason,omitempty"`
}

// A Finding is one thing that is wrong, with everybody it concerns.
type Finding struct {
	// Fingerprint is "RULE/hex": the same as long as the cause is the same.
	Fingerprint string   `json:"fingerprint"`
	Rule        string   `json:"rule"`
	Severity    Severity `json:"severity"`
	Title       string   `json:"title"`
	Message     string   `json:"message"`
	Why         string   `json:"why"`
	Fix         string   `json:"fix"`
	Controls    []string `json:"controls"`
	Status      string   `json:"status"` // open; new and fixed with a baseline; accepted
	// Covers are findings with the same cause, shown under this one.
	Covers     []Covered               `json:"covers"`
	Principals []analyzer.PrincipalRef `json:"principals"`
	// Count is the number of principals, also where not all are listed.
	Count int `json:"count"`
	// Members are the numbers in the graph of all of them, in the order of Principals;
	// nil for a fixed finding, whose principals are of another graph.
	Members []uint32 `json:"-"`
	// Records are what the finding is about beside principals: a group, a role,
	// a list that was not read.
	Records []analyzer.TargetRef `json:"records"`
	// Facts is the number of facts that fired, of which Evidence shows some.
	Facts int `json:"facts"`
	// Acceptance says why an accept entry of the configuration does not apply any
	// more; empty if there is none.
	Acceptance string     `json:"acceptance,omitempty"`
	Evidence   []Evidence `json:"evidence"`
	Cut        []string   `json:"cut"`
}

// Covered is a finding that another one includes.
type Covered struct {
	Fingerprint string   `json:"fingerprint"`
	Rule        string   `json:"rule"`
	Severity    Severity `json:"severity"`
	Title       string   `json:"title"`
	Message     string   `json:"message"`
	Principals  int      `json:"principals"`
}

// Evidence is one fact that fired.
type Evidence struct {
	// Fact is the kind of fact: access, grant, principal …
	Fact string `json:"fact"`
	// Fields are the fact's fields that say what and where, in the order of the
	// fact's documentation.
	Fields []Field `json:"fields"`
	// Reasons are derivations of an access fact, at most a few.
	Reasons []analyzer.ExplainedReason `json:"reasons,omitempty"`
}

// A Field is a named value of a fact.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Accepted is a finding that the configuration accepts, with who accepted it.
type Accepted struct {
	Finding    Finding `json:"finding"`
	Reason     string  `json:"reason"`
	ApprovedBy string  `json:"approved_by"`
	Until      string  `json:"until"`
}

// Totals count the findings.
type Totals struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
	Accepted int `json:"accepted"`
	Covered  int `json:"covered"`
	// New and Fixed are counted where there is an earlier snapshot.
	New   int `json:"new,omitempty"`
	Fixed int `json:"fixed,omitempty"`
}
