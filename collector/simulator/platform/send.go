package platform

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

// errReset is no answer at all.
var errReset = errors.New("the connection is reset")

// send writes an answer, or what the call's faults make of it.
func (s *Server) send(w http.ResponseWriter, c *call, status int, body []byte) {
	if status == http.StatusOK {
		body = c.spoil(w.Header(), body)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	switch {
	case c.has(faultTruncated) && status == http.StatusOK:
		s.write(w, body[:len(body)/2])
		flush(w)
		reset(w)
	case c.has(faultSlow):
		s.slowly(w, c, body)
	default:
		s.write(w, body)
	}
}

// spoil changes a body that would have been right.
func (c *call) spoil(h http.Header, body []byte) []byte {
	switch {
	case c.has(faultCut):
		return body[:len(body)/2]
	case c.has(faultMalformed):
		return malformed(body)
	case c.has(faultEmpty):
		return nil
	case c.has(faultHTML):
		h.Set("Content-Type", "text/html")
		return []byte("<html><head><title>Gateway</title></head><body>Please try again later.</body></html>")
	default:
		return body
	}
}

// malformed puts an error into the middle of JSON, between two tokens if there is
// such a place.
func malformed(body []byte) []byte {
	at := len(body) / 2
	if i := bytes.Index(body[at:], []byte(`":`)); i >= 0 {
		at += i + 1
	}
	return append(append(bytes.Clone(body[:at]), ";;"...), body[at:]...)
}

// pieces is in how many parts a slow body comes.
const pieces = 5

func (s *Server) slowly(w http.ResponseWriter, c *call, body []byte) {
	for i := range pieces {
		if i > 0 && s.o.Sleep(c.r.Context(), time.Second/(pieces-1)) != nil {
			return
		}
		s.write(w, body[i*len(body)/pieces:(i+1)*len(body)/pieces])
		flush(w)
	}
}

// write writes a part of a body. A caller who has gone away misses nothing.
func (s *Server) write(w http.ResponseWriter, b []byte) { _, _ = w.Write(b) }

func flush(w http.ResponseWriter) {
	// A writer that cannot flush, as those of tests, has nothing to wait for.
	_ = http.NewResponseController(w).Flush()
}

// reset ends the connection without an end: with RST where it can be had.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
