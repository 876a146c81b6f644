package genesyscloud

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/grantgraph/grantgraph/graph/authz"
)

// compare reads a list once more, when all else was read. Where something
// changed, the list is what it is now, and what belongs to the records that
// changed is read again.
func (r *run) compare(ctx context.Context, name string) error {
	list := r.readings[name]
	if len(list) != 1 || !list[0].complete() {
		return nil
	}
	old, k := list[0], r.keepsOf(r.row(name))
	now := &reading{at: old.at}
	r.begin(now.at)
	if err := r.read(ctx, now, k); err != nil {
		return err
	}
	changed := differing(old.prints, now.prints)
	switch {
	case now.again: // the kept answers are its own
	case now.err != nil:
		r.unsure[old.at.list] = why(now.err)
		return nil //nolint:nilerr // what was read first stands, and the ledger says so
	case len(changed) == 0:
		return nil
	default:
		// The log has the list twice; it is read into a clean place.
		if err := r.forget(now); err != nil {
			return err
		}
		now = &reading{at: old.at}
		r.begin(now.at)
		if err := r.read(ctx, now, k); err != nil {
			return err
		}
		changed = differing(old.prints, now.prints)
	}
	now.done()
	r.readings[name] = []*reading{now}
	r.changed[old.at.list] += len(changed)
	return r.renew(name, changed, old)
}

// differing returns the ids that only one of two readings has, or that differ
// between them, sorted.
func differing(a, b map[string]uint64) []string {
	set := map[string]bool{}
	for id, h := range a {
		if g, ok := b[id]; !ok || g != h {
			set[id] = true
		}
	}
	for id := range b {
		if _, ok := a[id]; !ok {
			set[id] = true
		}
	}
	return sortedKeys(set)
}

// renew reads again what belongs to records that changed.
func (r *run) renew(name string, changed []string, old *reading) error {
	child := r.row(rowGroupMembers)
	if name == rowRoles {
		child = r.row(rowSubjects)
	}
	if !r.reads(child) {
		return nil
	}
	now := r.readings[name][0]
	for _, id := range changed {
		_, is := now.prints[id]
		_, was := old.prints[id]
		if !is || name == rowRoles && was {
			continue // gone, or only what is in the role changed
		}
		if was {
			if err := r.drop(child, id); err != nil {
				return err
			}
		}
		r.enqueue(child, id)
	}
	return nil
}

// drop forgets what was read of an endpoint for one id.
func (r *run) drop(e *endpoint, id string) error {
	r.readings[e.name] = slices.DeleteFunc(r.readings[e.name], func(q *reading) bool { return q.of == id })
	return r.forget(&reading{at: e, of: id})
}

// settle puts the readings of each row in an order, and counts them.
func (s *Source) settle() {
	for name, list := range s.readings {
		slices.SortFunc(list, func(a, b *reading) int { return cmp.Compare(a.of, b.of) })
		s.readings[name] = list
		for _, q := range list {
			s.stats.Answers += int64(q.pages)
			s.stats.Least += q.least()
		}
	}
}

// least is how many calls the entities of a reading take at the page size that
// the platform took.
func (q *reading) least() int64 {
	n := int64(1)
	if q.size > 0 && q.received > 0 {
		n = (q.received + int64(q.size) - 1) / int64(q.size)
	}
	switch {
	case q.at.name == rowAudits:
		return n + 2 // it is begun, and asked whether it is done
	case q.at.style == job:
		return n + 1
	default:
		return n
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// nothing reports whether the platform gave nothing of what matters. Some of the
// lists it refuses; others it answers with an empty one.
func (s *Source) nothing() bool {
	if len(s.o.Only) > 0 {
		return false
	}
	for _, e := range s.rows {
		if e.list != authz.ListUsers && e.list != authz.ListRoles && e.list != authz.ListGrants {
			continue
		}
		if slices.ContainsFunc(s.readings[e.name], func(q *reading) bool { return q.received > 0 }) {
			return false
		}
	}
	return true
}
