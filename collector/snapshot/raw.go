package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"math"

	"github.com/klauspost/compress/zstd"

	"github.com/grantgraph/grantgraph/graph/authz"
)

const (
	blockSize = 256 << 10 // of JSON, before compression
	maxRaw    = 64 << 20  // of one record
)

// A rawBlock is a run of texts, numbered from first, with their keys.
type rawBlock struct {
	first, texts int64
	data         []byte
}

// rawTexts gathers the JSON of records into blocks and compresses them beside
// the goroutine that writes.
type rawTexts struct {
	next    int64 // number of the next text
	open    rawBlock
	in, out chan rawBlock
	waiting int // blocks that went in and did not come out
	sum     hash.Hash
}

func newRawTexts() (*rawTexts, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	t := &rawTexts{next: 1, open: rawBlock{first: 1}, in: make(chan rawBlock, 2), out: make(chan rawBlock, 4), sum: sha256.New()}
	go func() {
		defer close(t.out)
		for b := range t.in {
			b.data = enc.EncodeAll(b.data, nil)
			t.out <- b
		}
	}()
	return t, nil
}

// add keeps the JSON of a record and returns its number, 0 where there is none.
// full is set if a block should be written now.
func (t *rawTexts) add(k authz.Key, raw json.RawMessage) (n int64, full bool, err error) {
	if len(raw) == 0 {
		return 0, false, nil
	}
	raw, err = withoutSecrets(raw)
	if err != nil {
		return 0, false, err
	}
	if len(raw) > maxRaw {
		return 0, false, fmt.Errorf("raw json: %d bytes are more than %d", len(raw), maxRaw)
	}
	if t.next == math.MaxUint32 {
		return 0, false, fmt.Errorf("raw json: more than %d texts", t.next)
	}
	if t.open.data == nil {
		t.open.data = make([]byte, 0, blockSize+blockSize/8)
	}
	n = t.next
	t.next++
	t.open.texts++
	t.open.data = appendRaw(t.open.data, k, raw)
	return n, len(t.open.data) >= blockSize, nil
}

// appendRaw writes the length of the key, the key as in a leaf, the length of
// the text, and the text.
func appendRaw(b []byte, k authz.Key, raw []byte) []byte {
	kind := k.Kind.String()
	b = binary.BigEndian.AppendUint32(b, uint32(12+len(kind)+len(k.Org)+len(k.ID)))
	b = appendText(appendText(appendText(b, kind), k.Org), k.ID)
	b = binary.BigEndian.AppendUint32(b, uint32(len(raw)))
	return append(b, raw...)
}

// turn hands the open block over to be compressed and writes those that are done.
func (t *rawTexts) turn(write func(rawBlock) error) error {
	t.in <- t.open
	t.waiting++
	t.open = rawBlock{first: t.next}
	for t.waiting > cap(t.in) {
		if err := t.written(write); err != nil {
			return err
		}
	}
	return nil
}

func (t *rawTexts) written(write func(rawBlock) error) error {
	b := <-t.out
	t.waiting--
	addRawSum(t.sum, b)
	return write(b)
}

// finish writes the rest.
func (t *rawTexts) finish(write func(rawBlock) error) error {
	if t.open.texts > 0 {
		if err := t.turn(write); err != nil {
			return err
		}
	}
	for t.waiting > 0 {
		if err := t.written(write); err != nil {
			return err
		}
	}
	return nil
}

// stop ends the goroutine; what was not written is forgotten.
func (t *rawTexts) stop() {
	close(t.in)
	for range t.out {
		continue
	}
}

// addRawSum adds a block to the digest of the raw blocks, which meta holds.
func addRawSum(sum hash.Hash, b rawBlock) {
	var head [24]byte
	binary.BigEndian.PutUint64(head[:], uint64(b.first))
	binary.BigEndian.PutUint64(head[8:], uint64(b.texts))
	binary.BigEndian.PutUint64(head[16:], uint64(len(b.data)))
	sum.Write(head[:])
	sum.Write(b.data)
}

// textOf returns the text with the given number from a block, if it belongs to
// the record with that key.
func textOf(b rawBlock, number int64, k authz.Key) (json.RawMessage, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxRaw))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	data, err := dec.DecodeAll(b.data, nil)
	if err != nil {
		return nil, err
	}
	var key, text []byte
	for n := b.first; n <= number; n++ {
		var ok1, ok2 bool
		key, data, ok1 = cutText(data)
		text, data, ok2 = cutText(data)
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("block %d ends before text %d", b.first, number)
		}
	}
	if want := appendText(appendText(appendText(nil, k.Kind.String()), k.Org), k.ID); string(key) != string(want) {
		return nil, fmt.Errorf("text %d is that of another record", number)
	}
	return text, nil
}

func cutText(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := int64(binary.BigEndian.Uint32(b))
	if int64(len(b)-4) < n {
		return nil, nil, false
	}
	return b[4 : 4+n], b[4+n:], true
}
