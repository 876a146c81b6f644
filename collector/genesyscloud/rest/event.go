package rest

import "time"

// EventKind says what happened.
type EventKind int

// The kinds of events.
const (
	// Asked is an answer of the platform to one try, of any status.
	Asked EventKind = iota + 1
	// Replayed is an answer from the log.
	Replayed
	// Retrying is a try that broke or was put off, and will be made again after
	// Wait.
	Retrying
	// Waiting is that requests wait for the rate limit until Until.
	Waiting
	// TokenRenewed is a new access token.
	TokenRenewed
)

// An Event is something that happened on the way to an answer. It carries no
// secret.
type Event struct {
	Kind EventKind
	// Method and Path are of the request; the path has no query.
	Method, Path string
	// Try counts from 1.
	Try int
	// Status is that of the answer, 0 if there was none.
	Status int
	// Took is how long the try took.
	Took time.Duration
	// Wait and Until say how long there will be nothing.
	Wait  time.Duration
	Until time.Time
	// Why is the cause of Retrying and Waiting, for people.
	Why string
}

// tell hands an event to who observes, one at a time.
func (c *Client) tell(e Event) {
	if c.o.Observe == nil {
		return
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	c.o.Observe(e)
}
