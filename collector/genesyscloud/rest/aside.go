package rest

import "time"

// Aside returns a client that asks beside this one: with the same token, within
// the same rate budget, and without its log. It gives a question up after so many
// tries, or so much time.
func (c *Client) Aside(tries int, patience time.Duration) *Client {
	o := c.o
	o.Log, o.Tries, o.Patience, o.Observe = nil, tries, patience, c.tell
	d := &Client{o: o, http: c.http, slots: make(chan struct{}, o.InFlight), budget: c.budget, token: c.token}
	d.reached.Store(c.reached.Load())
	return d
}
