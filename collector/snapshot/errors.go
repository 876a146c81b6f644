package snapshot

import "errors"

// What callers can tell apart. Each error of this package that wraps one of
// these names the file, and says what to do.
var (
	// ErrExists: a file of that name is there and Force was not given.
	ErrExists = errors.New("file exists")
	// ErrPartial: the file was not finished: collect again.
	ErrPartial = errors.New("partial snapshot")
	// ErrNotSnapshot: the file is none of ours.
	ErrNotSnapshot = errors.New("not a grantgraph snapshot")
	// ErrNewer: a newer version of grantgraph wrote the file.
	ErrNewer = errors.New("snapshot of a newer version")
	// ErrDamaged: the file is ours and was changed or cut off since.
	ErrDamaged = errors.New("damaged snapshot")
	// ErrReplaced: another snapshot was put in the file's place while it was read.
	ErrReplaced = errors.New("another snapshot was put in its place while it was read: ask again")
	// ErrNone: a folder has no sealed snapshot.
	ErrNone = errors.New("no sealed snapshot")
	// ErrNoRecord: the snapshot has no record with that key.
	ErrNoRecord = errors.New("no such record")
	// ErrProof: a proof does not lead to the digest that it is for.
	ErrProof = errors.New("proof does not lead to the digest")
)
