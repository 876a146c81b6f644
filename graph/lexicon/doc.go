// Package lexicon is what grantgraph knows about the names of permissions
// beyond what an organization's own catalogue says: how guides call them,
// whether a division limits them, what kind of data they show or change, which
// verb covers them, and which of them are administration, elevated, or never
// for outsiders.
//
// All of it is data (the files in the folder data), each list with its reasons,
// and can be extended by a configuration ([Lexicon.Extend]). The package decides
// about no access; it says what a name means.
//
// # How entries match
//
// An entry is a permission pattern whose parts may also end in "*"
// ("authorization:orgTrustee*:*"). A concrete permission matches an entry that
// covers it; where several do, the most specific one counts, domain before
// entity before action, and of two equally specific ones the later.
//
// A pattern as roles state them ("authorization:*:*", "telephony:plugin:all", or
// the legacy "admin") stands for many permissions. It is in a list as soon as one
// permission that it could stand for is: a role line authorization:*:* is
// administration, since it gives authorization:grant:add. Lists therefore err
// towards saying more of a wildcard, never less.
package lexicon
