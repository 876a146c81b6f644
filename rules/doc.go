// Package rules finds what is wrong: rule packs (YAML) select facts that the
// analyzer established, and say what follows from them. No rule is Go code.
package rules
