package rest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// An askKey is what a question is known by.
type askKey struct{ method, path, query, body string }

// A slot is the place of an answer: the n-th to a question.
type slot struct {
	key askKey
	nth int
}

// entryHead is what stands before the body of an answer.
type entryHead struct {
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	Body   string    `json:"body,omitempty"` // digest of the body that was sent
	Nth    int       `json:"nth,omitempty"`
	Status int       `json:"status"`
	At     time.Time `json:"at"`
	Size   int       `json:"size"` // of the body, -1 if there is none
}

func (h *entryHead) key() askKey { return askKey{h.Method, h.Path, h.Query, h.Body} }

// A packer compresses bodies. Both halves are safe for any number of goroutines.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

var newPacker = sync.OnceValues(func() (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	if err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxBody+1<<20), zstd.WithDecoderConcurrency(2))
	return &packer{enc, dec}, err
})

// encodeAnswer makes the payload of an answer: the length of the head, the head
// as JSON, the body compressed.
func (p *packer) encodeAnswer(s slot, a *answer) ([]byte, error) {
	size := len(a.body)
	if a.body == nil {
		size = -1
	}
	head, err := json.Marshal(entryHead{
		Method: s.key.method, Path: s.key.path, Query: s.key.query, Body: s.key.body,
		Nth: s.nth, Status: a.status, At: a.at.UTC(), Size: size,
	})
	if err != nil {
		return nil, err
	}
	out := append(binary.AppendUvarint(nil, uint64(len(head))), head...)
	return p.enc.EncodeAll(a.body, out), nil
}

var errEntry = errors.New("an answer in the log is not readable")

// decodeHead reads the head of a payload and returns the packed body.
func decodeHead(payload []byte) (entryHead, []byte, error) {
	var h entryHead
	n, width := binary.Uvarint(payload)
	if width <= 0 || n > uint64(len(payload)-width) {
		return h, nil, errEntry
	}
	head, rest := payload[width:width+int(n)], payload[width+int(n):]
	if json.Unmarshal(head, &h) != nil || h.Nth < 0 || h.Nth > maxNth || h.Size > maxBody || h.Size < -1 {
		return h, nil, errEntry
	}
	return h, rest, nil
}

// maxNth bounds how often the same is asked.
const maxNth = 1 << 20

// decodeAnswer reads a payload.
func (p *packer) decodeAnswer(payload []byte) (*answer, error) {
	h, packed, err := decodeHead(payload)
	if err != nil {
		return nil, err
	}
	a := &answer{status: h.Status, at: h.At, replayed: true}
	if h.Size < 0 {
		return a, nil
	}
	a.body, err = p.dec.DecodeAll(packed, make([]byte, 0, min(h.Size, 64*len(packed)+1024)))
	if err != nil || len(a.body) != h.Size || !bytes.Equal(a.body, bytes.TrimSpace(a.body)) {
		return nil, errEntry
	}
	return a, nil
}
