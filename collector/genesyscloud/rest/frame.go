package rest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A log is a line of text that names the format, and frames: the length of the
// payload (4 bytes, least first), the kind (1), the payload, and the CRC-32C
// (4) of all that.
const (
	logMagic   = "grantgraph response log 1\n"
	frameExtra = 9
	maxFrame   = maxBody + 1<<20
)

// frameKind says what a frame holds.
type frameKind byte

const (
	frameHead   frameKind = iota + 1 // JSON of a logHead: the first frame
	frameAnswer                      // an answer, see encodeAnswer
	frameForget                      // a prefix of paths
	frameBind                        // the id of the organization
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn is that a frame was not wholly written, or is damaged.
var errTorn = errors.New("a part of the log is not whole")

func appendFrame(to []byte, kind frameKind, payload []byte) []byte {
	start := len(to)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(payload)))
	to = append(to, byte(kind))
	to = append(to, payload...)
	return binary.LittleEndian.AppendUint32(to, crc32.Checksum(to[start:], castagnoli))
}

// A frameReader reads frame after frame.
type frameReader struct {
	r    *bufio.Reader
	left int64 // bytes of the file that are not read
	buf  []byte
}

// next returns the next frame, good until the next call, and its size in the
// file; io.EOF at the end and errTorn where the file is not whole.
func (f *frameReader) next() (kind frameKind, payload []byte, size int64, err error) {
	if f.left == 0 {
		return 0, nil, 0, io.EOF
	}
	if f.left < frameExtra {
		return 0, nil, 0, errTorn
	}
	head, err := f.r.Peek(5)
	if err != nil {
		return 0, nil, 0, readError(err)
	}
	n := int64(binary.LittleEndian.Uint32(head))
	if size = n + frameExtra; n > maxFrame || size > f.left {
		return 0, nil, 0, errTorn
	}
	if int64(cap(f.buf)) < size {
		f.buf = make([]byte, size, size+size/4)
	}
	f.buf = f.buf[:size]
	if _, err := io.ReadFull(f.r, f.buf); err != nil {
		return 0, nil, 0, readError(err)
	}
	f.left -= size
	kind, payload, err = openFrame(f.buf)
	return kind, payload, size, err
}

// readError keeps an error of the disk apart from a file that is too short.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTorn
	}
	return fmt.Errorf("reading: %w", err)
}

// openFrame checks a whole frame.
func openFrame(b []byte) (frameKind, []byte, error) {
	end := len(b) - 4
	if end < 5 || int(binary.LittleEndian.Uint32(b)) != end-5 ||
		crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return 0, nil, errTorn
	}
	return frameKind(b[4]), b[5:end], nil
}
