// Package simulator makes organizations that exist nowhere: two small ones
// written by hand, told as the platform would tell them, and any number of
// large ones drawn from a seed.
//
// [Told] is an organization in which most things that go wrong with access
// between tenants have gone wrong, once each, in a place that the table in
// README.md names. [Clean] has the same people and does everything right.
// [Generate] streams an organization of a given size into a sink and tells
// which faults it planted.
//
// Nothing here decides about access: what is planted is data, and what should
// follow from it is written beside it for tests to compare with.
package simulator
