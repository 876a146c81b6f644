// Package oscal writes a report as OSCAL assessment results (version 1.1.3), the
// form in which compliance tools exchange what an assessment found: an observation,
// a finding and a risk for each finding of the audit, accepted ones as approved
// deviations, gaps of the snapshot as observations of their own.
package oscal
