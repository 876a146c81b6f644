package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// A cause is what went wrong under way, in words that say what to do.
type cause struct {
	text string
	err  error
	// final is set if another try would meet the same.
	final bool
	// first is set if another try makes sense only once we were answered
	// before: else the address is wrong.
	first bool
}

func (e *cause) Error() string { return e.text }
func (e *cause) Unwrap() error { return e.err }

// causeOf explains an error of the HTTP client. The URL that such errors carry
// is left out.
func causeOf(err error, host string) *cause {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	out := &cause{err: err}
	op, _ := errors.AsType[*net.OpError](err)
	switch {
	case errors.Is(err, ErrNotAllowed):
		out.final, out.text = true, err.Error()
	case op != nil && op.Op == "proxyconnect", strings.Contains(err.Error(), "Proxy Authentication Required"):
		out.first, out.text = true, fmt.Sprintf("the proxy does not let us through (%v): is its address right, is it up, does it know us?", err)
	case isKind[*net.DNSError](err):
		out.first, out.text = true, fmt.Sprintf("%s is not to be found: is the region right, and the network up?", host)
	case isKind[*tls.CertificateVerificationError](err):
		out.final, out.text = true, fmt.Sprintf("the certificate of %s is not trusted (%v): if a proxy opens TLS here, set SSL_CERT_FILE to its certificate", host, err)
	case errors.Is(err, syscall.ECONNREFUSED):
		out.first, out.text = true, fmt.Sprintf("%s does not take connections: is the address right?", host)
	case errors.Is(err, context.DeadlineExceeded):
		out.text = "it took too long"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		out.text = "the connection was cut in the middle"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		out.text = "the connection was reset"
	default:
		out.text = err.Error()
	}
	return out
}

func isKind[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
