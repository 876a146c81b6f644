package graph

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"unsafe"
)

// ErrImage says that an image cannot be used: it is another's, damaged, or of
// another form. The records are as good as ever: build from them.
var ErrImage = errors.New("the graph's image cannot be used")

// An image file is a header, then sections of whole numbers as they lie in
// memory: what is read is not decoded. A number that reads differently on a
// machine of the other byte order refuses files from there.
const (
	imageMagic = "grantgraph image\x01"
	imageOrder = uint32(0x01020304)
	imageAlign = 64
)

type section struct {
	at, size int64
	sum      uint32
}

// The sections, in the order in which they are written.
const (
	secStringEnds = iota
	secStrings
	secHead
	secRoles
	secPrincipals
	secUsers
	secSeen
	secSmall
	secUpOff
	secUpVal
	secActsOff
	secActsVal
	secActorsOff
	secActorsVal
	secQueuesOff
	secQueuesVal
	secDownOff
	secDownVal
	secFirst
	secNext
	secByNode
	secGrants
	secCells
	secPosting
	secActing
	secDormant
	sections
)

// number is what sections are made of: no pointers, no holes.
type number interface {
	uint32 | uint64 | int64 | holding | cell
}

// bytesOf returns the memory of a list.
func bytesOf[T number](list []T) []byte {
	if len(list) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(list))), len(list)*int(unsafe.Sizeof(list[0])))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// writeSections writes a header and the sections.
func writeSections(w io.Writer, key string, data [sections][]byte) error {
	var head bytes.Buffer
	head.WriteString(imageMagic)
	order := imageOrder
	head.Write(bytesOf([]uint32{order}))
	put := func(v any) { _ = binary.Write(&head, binary.LittleEndian, v) } // a buffer takes everything
	put(uint32(len(key)))
	head.WriteString(key)
	at := align(int64(head.Len()) + sections*20 + 4)
	for _, d := range data {
		put(at)
		put(int64(len(d)))
		put(crc32.Checksum(d, castagnoli))
		at = align(at + int64(len(d)))
	}
	put(crc32.Checksum(head.Bytes(), castagnoli))
	pos := int64(head.Len())
	if _, err := w.Write(head.Bytes()); err != nil {
		return err
	}
	for _, d := range data {
		pad := make([]byte, align(pos)-pos)
		if _, err := w.Write(append(pad, d[:min(len(d), imageAlign)]...)); err != nil {
			return err
		}
		if len(d) > imageAlign {
			if _, err := w.Write(d[imageAlign:]); err != nil {
				return err
			}
		}
		pos += int64(len(pad) + len(d))
	}
	return nil
}

func align(n int64) int64 { return (n + imageAlign - 1) / imageAlign * imageAlign }

// An imageReader finds the sections of an image.
type imageReader struct {
	data []byte
	secs [sections]section
}

func badImage(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrImage}, args...)...)
}

// openSections reads and checks a header.
func openSections(data []byte, key string) (*imageReader, error) {
	fixed := int64(len(imageMagic) + 8)
	size, n := int64(len(data)), fixed+int64(len(key))+sections*20+4
	if size < n {
		return nil, badImage("it is cut off")
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(data)))%8 != 0 {
		return nil, badImage("it does not lie where numbers can")
	}
	head := data[:n]
	order := imageOrder
	switch at := len(imageMagic); {
	case string(head[:at]) != imageMagic, !bytes.Equal(head[at:at+4], bytesOf([]uint32{order})):
		return nil, badImage("it is of another form")
	case binary.LittleEndian.Uint32(head[at+4:]) != uint32(len(key)), string(head[fixed:fixed+int64(len(key))]) != key:
		return nil, badImage("it belongs to another snapshot or program")
	case binary.LittleEndian.Uint32(head[n-4:]) != crc32.Checksum(head[:n-4], castagnoli):
		return nil, badImage("its header is damaged")
	}
	x := &imageReader{data: data}
	b := head[fixed+int64(len(key)):]
	for i := range x.secs {
		s := section{int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint64(b[8:])), binary.LittleEndian.Uint32(b[16:])}
		if s.at < n || s.at%imageAlign != 0 || s.size < 0 || s.at > size || s.size > size-s.at {
			return nil, badImage("section %d lies outside it", i)
		}
		x.secs[i], b = s, b[20:]
	}
	return x, nil
}

// bytes returns a section as it lies there, once it is found to be undamaged.
func (x *imageReader) bytes(n int) ([]byte, error) {
	s := x.secs[n]
	b := x.data[s.at : s.at+s.size : s.at+s.size]
	if crc32.Checksum(b, castagnoli) != s.sum {
		return nil, badImage("section %d is damaged", n)
	}
	return b, nil
}

// read returns a section as a list of numbers, where it lies.
func read[T number](x *imageReader, n int) ([]T, error) {
	var one T
	width := int64(unsafe.Sizeof(one))
	if size := x.secs[n].size; size%width != 0 || size/width > math.MaxInt32 {
		return nil, badImage("section %d has a wrong size", n)
	}
	b, err := x.bytes(n)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(width)), nil
}

// A textTable is an image's strings: one text, and where each of them ends.
type textTable struct {
	text string
	ends []uint32
}

func (x *imageReader) readTexts() (textTable, error) {
	var t textTable
	var err error
	if t.ends, err = read[uint32](x, secStringEnds); err != nil {
		return t, err
	}
	b, err := x.bytes(secStrings)
	if err != nil {
		return t, err
	}
	t.text = unsafe.String(unsafe.SliceData(b), len(b))
	if n := len(t.ends); !slices.IsSorted(t.ends) || (n > 0 && int64(t.ends[n-1]) > int64(len(b))) {
		return t, badImage("its strings do not add up")
	}
	return t, nil
}

func (t textTable) has(n uint32) bool { return int64(n) < int64(len(t.ends)) }

// at returns string n, which there must be. It is not copied.
func (t textTable) at(n uint32) string {
	if n == 0 {
		return t.text[:t.ends[0]]
	}
	return t.text[t.ends[n-1]:t.ends[n]]
}
