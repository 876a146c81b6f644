// Package sarif writes a report as SARIF 2.1.0, the form in which code scanning
// dashboards take findings: one run, a result for each finding, accepted findings
// as suppressed results, gaps of the snapshot as notifications.
package sarif
