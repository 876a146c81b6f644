package main

import (
	"errors"
	"slices"

	"github.com/grantgraph/grantgraph/analyzer"
	"github.com/grantgraph/grantgraph/graph/authz"
)

// target finds what a question is about, and notes which record was taken where
// the name could mean several.
func (p *process) target(m *analyzer.Model, name string) (analyzer.Target, error) {
	t, also, err := m.FindTarget(name)
	if err != nil {
		p.noteUnread(m, err, authz.ListDivisions, authz.ListQueues, authz.ListFlows, authz.ListObjects, authz.ListUsers)
		return t, err
	}
	if also != "" {
		p.note("%s", also)
	}
	return t, nil
}

// principal finds whom a question is about, likewise.
func (p *process) principal(m *analyzer.Model, name string) (uint32, error) {
	n, also, err := m.FindPrincipal(name)
	if err != nil {
		p.noteUnread(m, err, authz.ListUsers, authz.ListClients, authz.ListTrusteeUsers, authz.ListTrusteeGroups)
		return 0, err
	}
	if also != "" {
		p.note("%s", also)
	}
	return n, nil
}

// noteUnread says which lists that a name could stand in the snapshot lacks: what
// is not found there is not known to be absent.
func (p *process) noteUnread(m *analyzer.Model, err error, lists ...authz.List) {
	var unknown *analyzer.NotFoundError
	if !errors.As(err, &unknown) {
		return
	}
	for _, c := range m.Graph.Coverage() {
		if c.IsGap() && slices.Contains(lists, c.List) {
			p.note("the snapshot lacks the list %s (%s), where that name could stand", c.List, c.Status)
		}
	}
}
