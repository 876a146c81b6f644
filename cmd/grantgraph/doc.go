// Command grantgraph says who can do what in a Genesys Cloud organization, and
// through what: effective permissions over grants, groups, teams, roles and
// divisions, computed from a snapshot.
//
// A snapshot is taken once (grantgraph collect) and asked as often as needed:
//
//	grantgraph demo                                       everything, on an embedded organization
//	grantgraph collect --from export/                     a folder of the platform's entities
//	grantgraph who can see BPO_B
//	grantgraph access user:maria@bpo-a.example
//	grantgraph explain user:maria@bpo-a.example routing:queue:view BPO_B
//	grantgraph matrix
//	grantgraph audit
//
// # Exit status
//
//	0  done
//	1  the answer is the bad one: findings, no access, a snapshot that is not intact
//	2  the request is wrong: usage, a name, a configuration, a rule pack, an input file
//	3  incomplete: the snapshot lacks something that the answer needs
//	4  the surroundings failed: disk, network
//
// Where several apply: 2, 4, 1, 3 in this order. An incomplete answer is printed
// all the same, and standard error says what is missing.
//
// # Output
//
// Answers go to standard output, everything else to standard error. Tables are
// for people; -o json, jsonl and csv are for programs. The same snapshot and
// configuration give the same bytes: ages are measured from the moment at which
// the snapshot was taken, unless --now says otherwise.
package main
