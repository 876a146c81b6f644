package platform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// An apiError is what the API answers instead of what was asked for.
type apiError struct {
	status        int
	code, message string
	params        map[string]string // of the message, by name
	header        http.Header
}

// Error implements error.
func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.status, e.code, e.message) }

// body returns the error in the API's form.
func (e *apiError) body(contextID string) []byte {
	template, params := e.message, e.params
	if params == nil {
		params = map[string]string{}
	}
	for name, value := range params {
		template = strings.ReplaceAll(template, value, "{"+name+"}")
	}
	b, err := json.Marshal(map[string]any{
		"status": e.status, "code": e.code, "message": e.message, "messageWithParams": template, "messageParams": params,
		"contextId": contextID, "details": []any{}, "errors": []any{},
	})
	if err != nil { // of texts and numbers alone
		return []byte(`{"status":500,"code":"internal.server.error"}`)
	}
	return b
}

func badRequest(code, format string, args ...any) error {
	return &apiError{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &apiError{status: http.StatusNotFound, code: "not.found", message: fmt.Sprintf(format, args...)}
}

// missing names the permissions that the caller lacks. If oneOf is set, one of
// them would do.
func missing(permissions []string, oneOf bool) error {
	names := strings.Join(permissions, ", ")
	e := &apiError{status: http.StatusForbidden, params: map[string]string{"permissions": names}}
	if oneOf {
		e.code, e.message = "missing.any.permissions", "You are missing at least one of the following permission(s): "+names
	} else {
		e.code, e.message = "missing.permissions", "You are missing the following permission(s): "+names
	}
	return e
}

// statusError is a fault of the platform itself.
func statusError(status int) *apiError {
	e := &apiError{status: status, code: "internal.server.error", message: "The server encountered an unexpected condition which prevented it from fulfilling the request."}
	switch status {
	case http.StatusServiceUnavailable:
		e.code, e.message = "service.unavailable", "The service is currently unavailable."
	case http.StatusGatewayTimeout:
		e.code, e.message = "request.timeout", "The request timed out."
	case http.StatusBadRequest:
		e.code, e.message = "bad.request", "The request could not be understood by the server due to malformed syntax."
	case http.StatusNotFound:
		e.code, e.message = "not.found", "The requested resource was not found."
	}
	return e
}

func tooMany(allowed, seconds, wait int) error {
	return &apiError{
		status: http.StatusTooManyRequests, code: "too.many.requests",
		message: fmt.Sprintf("Rate limit exceeded the maximum [%d] requests within [%d] seconds", allowed, seconds),
		header:  http.Header{"Retry-After": {fmt.Sprint(wait)}},
	}
}

func unauthorized(code, message string) error {
	return &apiError{status: http.StatusUnauthorized, code: code, message: message}
}

// loginError is the body of an error of the login host, which has a form of its own.
func loginError(code, text string) []byte {
	b, err := json.Marshal(map[string]string{"error": code, "description": text, "error_description": text})
	if err != nil { // of texts alone
		return nil
	}
	return b
}

// quote returns a string as JSON, with &, < and > as they are.
func quote(s string) []byte {
	if plain(s) {
		return append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // a string is always JSON
		return []byte(`""`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// plain reports whether a string stands in JSON as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
