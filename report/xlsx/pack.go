package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// A packer is a zip writer whose entries stand in the order of their names,
// whatever the order in which they come: the same workbook is the same bytes.
// It holds the entries compressed until it is closed.
type packer struct {
	w       io.Writer
	entries []*entry
	// rows are the rows of sheets, by the name of the sheet's entry.
	rows map[string]*squeezed
}

var _ excelize.ZipWriter = (*packer)(nil)

// compression takes a third less time than the level 3 of the standard library, for
// as many bytes.
const compression = 5

// squeezed is compressed data, or a part of it.
type squeezed struct {
	size  uint64
	crc   uint32
	bytes bytes.Buffer
	flate *flate.Writer
}

func newSqueezed() (*squeezed, error) {
	s := &squeezed{}
	var err error
	s.flate, err = flate.NewWriter(&s.bytes, compression)
	return s, err
}

// Write compresses some bytes.
func (s *squeezed) Write(b []byte) (int, error) {
	s.size += uint64(len(b))
	s.crc = crc32.Update(s.crc, crc32.IEEETable, b)
	return s.flate.Write(b)
}

// entry is one file of the archive while it is being written.
type entry struct {
	name string
	// parts are its data, each compressed for itself.
	parts []*squeezed
	// frame is a sheet without rows, which are put into it at the end; nil for other files.
	frame *bytes.Buffer
}

// Create begins an entry; the one before it is complete.
func (p *packer) Create(name string) (io.Writer, error) {
	e := &entry{name: name}
	p.entries = append(p.entries, e)
	if p.rows[name] != nil {
		e.frame = &bytes.Buffer{}
		return e.frame, nil
	}
	data, err := newSqueezed()
	e.parts = []*squeezed{data}
	return data, err
}

// AddFS is not needed: a workbook holds no folder.
func (p *packer) AddFS(fs.FS) error { return fs.ErrInvalid }

// Close writes the archive. The list of content types comes first, as readers
// that look at the beginning of a file expect.
func (p *packer) Close() error {
	slices.SortFunc(p.entries, func(x, y *entry) int {
		if a, b := strings.HasPrefix(x.name, "["), strings.HasPrefix(y.name, "["); a != b {
			if a {
				return -1
			}
			return 1
		}
		return strings.Compare(x.name, y.name)
	})
	z := zip.NewWriter(p.w)
	for _, e := range p.entries {
		if e.frame != nil {
			if err := e.fill(p.rows[e.name]); err != nil {
				return err
			}
		}
		if err := e.flush(z); err != nil {
			return err
		}
	}
	return z.Close()
}

var errNoRows = errors.New("the sheet has no place for rows")

// fill puts the rows of a sheet behind those that its frame has.
func (e *entry) fill(rows *squeezed) error {
	frame := e.frame.Bytes()
	at := bytes.LastIndex(frame, []byte("</sheetData>"))
	if at < 0 {
		return fmt.Errorf("%s: %w", e.name, errNoRows)
	}
	above, err := squeeze(frame[:at])
	if err != nil {
		return err
	}
	below, err := squeeze(frame[at:])
	e.parts = []*squeezed{above, rows, below}
	return err
}

func squeeze(b []byte) (*squeezed, error) {
	s, err := newSqueezed()
	if err == nil {
		_, err = s.Write(b)
	}
	return s, err
}

// flush writes the parts as one stream: each but the last ends at a whole byte, and
// refers to nothing outside itself.
func (e *entry) flush(z *zip.Writer) error {
	h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
	for i, p := range e.parts {
		end := p.flate.Flush
		if i == len(e.parts)-1 {
			end = p.flate.Close
		}
		if err := end(); err != nil {
			return err
		}
		h.CRC32 = joinCRC(h.CRC32, p.crc, p.size)
		h.UncompressedSize64 += p.size
		h.CompressedSize64 += uint64(p.bytes.Len())
	}
	w, err := z.CreateRaw(h)
	for _, p := range e.parts {
		if err == nil {
			_, err = p.bytes.WriteTo(w)
		}
	}
	return err
}

// joinCRC is the checksum of two texts, one behind the other, from the checksum of
// each and the length of the second. Checksums are remainders of polynomials over two
// numbers: a zero byte behind a text multiplies its remainder by x to the eighth.
func joinCRC(a, b uint32, length uint64) uint32 {
	shift, power := uint32(1)<<31, uint32(1)<<(31-8) // one, and x to the eighth
	for ; length > 0; length >>= 1 {
		if length&1 != 0 {
			shift = multiply(shift, power)
		}
		power = multiply(power, power)
	}
	return multiply(a, shift) ^ b
}

// multiply multiplies two remainders, of which the highest bit is the number.
func multiply(a, b uint32) uint32 {
	product := uint32(0)
	for ; a != 0; a <<= 1 {
		if a>>31 != 0 {
			product ^= b
		}
		if b&1 != 0 {
			b = b>>1 ^ crc32.IEEE
		} else {
			b >>= 1
		}
	}
	return product
}
