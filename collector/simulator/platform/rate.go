package platform

import (
	"net/http"
	"strconv"
)

// rateHeaders tells how many requests were made, how many may be, and in how many
// seconds the count begins anew.
func rateHeaders(h http.Header, count, allowed, reset int) {
	h.Set("inin-ratelimit-count", strconv.Itoa(count))
	h.Set("inin-ratelimit-allowed", strconv.Itoa(allowed))
	h.Set("inin-ratelimit-reset", strconv.Itoa(reset))
}
