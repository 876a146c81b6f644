package snapshot

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// A numberedOther is a record with the number of its JSON; 0 is none.
type numberedOther struct {
	record authz.Other
	text   int64
}

// OtherRecords yields the records that the model does not interpret (audit
// events, reports, integrations …) with their JSON.
func (r *Reader) OtherRecords() iter.Seq2[authz.OtherRecord, error] {
	return func(yield func(authz.OtherRecord, error) bool) {
		// They were written one after the other, so that most blocks are opened once.
		t := &texts{r: r}
		for n, err := range r.numberedOthers() {
			var raw json.RawMessage
			if err == nil && n.text != 0 {
				raw, err = t.of(n.text, n.record.Key())
			}
			if err != nil {
				yield(authz.OtherRecord{}, err)
				return
			}
			if !yield(authz.OtherRecord{Other: n.record, JSON: raw}, nil) {
				return
			}
		}
	}
}

func (r *Reader) numberedOthers() iter.Seq2[numberedOther, error] {
	return bulk(r, "other", "SELECT ref, list, name, raw FROM other ORDER BY ref",
		func(f *fields, _ *ladder) numberedOther {
			k := f.key(authz.KindOther)
			list := f.text()
			o := authz.Other{Org: k.Org, ID: strings.TrimPrefix(k.ID, list+"/"), List: authz.List(list), Name: f.text()}
			return numberedOther{o, f.number()}
		})
}

// texts reads JSON by number and keeps the block that it came from.
type texts struct {
	r     *Reader
	block rawBlock
	at    int64  // number of the text that rest begins with
	rest  []byte // of the block, decompressed
	all   []byte
}

// of returns the text with a number, if it is that of the record with a key.
func (t *texts) of(number int64, key authz.Key) (json.RawMessage, error) {
	wrong := func(err error) error { return fmt.Errorf("raw json of %v: %w: %w", key, ErrDamaged, err) }
	if number < t.block.first || number >= t.block.first+t.block.texts {
		if err := t.load(number); err != nil {
			return nil, wrong(err)
		}
	}
	if number < t.at {
		t.at, t.rest = t.block.first, t.all
	}
	for {
		k, rest, ok := cutText(t.rest)
		text, rest, more := cutText(rest)
		if !ok || !more {
			return nil, wrong(fmt.Errorf("block %d ends before text %d", t.block.first, number))
		}
		t.at, t.rest = t.at+1, rest
		if t.at <= number {
			continue
		}
		if want := appendText(appendText(appendText(nil, key.Kind.String()), key.Org), key.ID); string(k) != string(want) {
			return nil, wrong(fmt.Errorf("text %d is that of another record", number))
		}
		return text, nil
	}
}

func (t *texts) load(number int64) error {
	t.block = rawBlock{}
	for f, err := range t.r.rows("SELECT first, texts, data FROM raw_block WHERE first <= ? ORDER BY first DESC LIMIT 1", number) {
		if err != nil {
			return err
		}
		t.block = rawBlock{first: f.number(), texts: f.number(), data: f.blob()}
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxRaw))
	if err != nil {
		return err
	}
	defer dec.Close()
	if t.all, err = dec.DecodeAll(t.block.data, nil); err != nil {
		return err
	}
	t.block.data = nil
	t.at, t.rest = t.block.first, t.all
	if number >= t.block.first+t.block.texts {
		return fmt.Errorf("no block has text %d", number)
	}
	return nil
}
