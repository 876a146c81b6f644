// Package genesyscloud reads an organization from the live platform.
//
// A [Source] works in two phases. [Source.Ask] asks the platform what the plan
// says (see [Plan]), and keeps each answer in the log of package rest; in memory it
// keeps ids and counts. [Source.Collect] reads the kept answers again, makes
// records of them with the decoder of package bundle, and tells them, so that
// what comes over HTTP and what comes from a bundle of the same entities are the
// same records. A run that was ended anywhere is made again by the same two calls:
// what the log has is not asked twice.
//
// What the platform refuses, or gives in another number than it announces, becomes
// a line of the ledger, and the rest goes on. The package decides nothing about
// access and changes nothing on the platform.
package genesyscloud
