// Package snapshot is the one file format of grantgraph: its writer and its
// reader. A snapshot is one SQLite file that anybody can open and read; [Schema]
// describes it. It keeps what was told and what was not told (the ledger), and draws
// no conclusions.
//
// A file is written as NAME.partial and gets its name when it is sealed. A
// sealed file is never changed again: readers open it as immutable, and nothing is
// ever written beside it.
//
// # The content digest
//
// The content digest says whether two snapshots tell the same, however they were
// read: in whatever order, over whatever road. It is the root of a Merkle tree
// of the shape of RFC 6962 over one leaf for each record:
//
//	leaf = SHA-256(0x00 || text text text …)
//	node = SHA-256(0x01 || left || right)
//
// where the left sub-tree of a node over n leaves has as many as the largest
// power of two below n, and the root over no leaves is SHA-256 of nothing. A
// text is its length in bytes as four bytes, the highest first, and then its UTF-8. All
// fields are texts:
//
//   - a number is decimal, a yes or no is true or false, and one that may be
//     unknown is true, false or unknown;
//   - a time is RFC 3339 in UTC with as many digits of the second as it has and
//     a Z, and empty where it is missing; that of a grant is the number of
//     milliseconds since 1970, and empty where it is missing;
//   - a list is one text that consists of the texts of its elements; an element
//     of several fields is one text that consists of theirs;
//   - a condition of a policy is the JSON in the column condition, and empty
//     where there is none.
//
// The fields of a leaf, after the tag, in this order (the words as in the
// schema; key is three texts: kind, organization, id):
//
//	organization  key name platform region grant_division_aware backfill
//	division      key name home
//	permission    key domain entity action label division_aware allows_conditions
//	role          key name description built_in base based_on [inherits] [legacy] lines_missing
//	              [(domain entity action guide scope [scope_groups] [scope_teams] [scope_views] condition)]
//	user          key name trustee email username division state last_token last_login manager title
//	              department employee_type bpo region [licences] cloned_from
//	group         key name trustee state type roles_enabled include_owners [owners] dynamic
//	team          key name division
//	client        key name grant_type state token_seconds [scopes] [redirects] created modified created_by modified_by
//	resource      key name type division [(id type)]
//	view          key name [queues] [users]
//	trust         key name enabled created expires full_access default_role
//	access policy key name target subject_type subject_id effect active clients condition
//	other         key name list
//	member list   "member_list" key partial [key of a member …]
//	usage         "usage" organization client template method date requests
//	grant         "grant" key-of-subject organization role division made_at made_by
//
// Lists whose order means nothing, which are all of them but the parts of a
// condition, are sorted by bytes and have nothing twice: they stand in the file as they
// are hashed. Members are sorted as keys are: by organization, kind and id. Lines of a
// role are sorted by domain, entity, action, guide and scope, and then by their texts.
//
// Leaves are sorted by their first text, and then: records and member lists by
// key (organization, kind, id); usage by organization, client, template, method and
// date; grants by key of subject, organization, role and division. All texts
// are compared by bytes.
//
// Not in the digest: where a grant was told, the JSON that records came from, the
// numbers in ref, and everything about the reading.
//
// # The seal
//
// The ledger and the meta data have digests of the same form. A line of the ledger is
// the leaf "coverage" organization list source status expected received pages reason
// missing_permission, with expected -1 where it is unknown and without the times; the
// leaves are sorted by bytes. An entry of meta is the leaf "meta" name value,
// sorted by name; among them is the time at which the snapshot was taken, and raw_digest, the
// SHA-256 over the blocks of JSON: for each, first, texts and the length of data as eight bytes, the
// highest first, and data. The seal is
//
//	SHA-256("grantgraph snapshot seal 1\n" || content digest || ledger digest || meta digest)
//
// with the digests as 32 bytes each.
package snapshot
