package xlsx

import (
	"hash/crc32"
	"strings"
	"testing"
)

func TestJoinCRC(t *testing.T) {
	t.Parallel()
	all := []byte(strings.Repeat("a text of some length, ", 300))
	for _, at := range []int{0, 1, 7, 255, 256, 4096, len(all) - 1, len(all)} {
		a, b := crc32.ChecksumIEEE(all[:at]), crc32.ChecksumIEEE(all[at:])
		if got, want := joinCRC(a, b, uint64(len(all)-at)), crc32.ChecksumIEEE(all); got != want {
			t.Errorf("parted at %d: %08x; want %08x", at, got, want)
		}
	}
}
