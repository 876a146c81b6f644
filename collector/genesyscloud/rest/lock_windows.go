package rest

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes a file for this process; the system lets it go when the process
// ends, however it ends. The byte that it locks is far behind the end, because
// Windows keeps even the owner's other handles from a locked byte.
func lock(f *os.File) error {
	at := &windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}
