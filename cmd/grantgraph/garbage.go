package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// usualGrowth is how much a heap grows between collections, in percent.
const usualGrowth = 100

// roomyGC lets the heap grow to a size in bytes before garbage is looked for, and gives
// it that room anew each time that garbage was collected. What a graph, a model and an
// image hold stays: to go over it again and again costs a fifth of the time of an audit
// or a report, and most questions are answered before there is any garbage to speak of.
// A heap that is in use to more than half of its room grows as usual. A GOGC that says
// other than usual holds, and so does a GOMEMLIMIT below the room.
func roomyGC(room int64) {
	if percent := debug.SetGCPercent(-1); percent != usualGrowth { // roomy already, or told by somebody
		debug.SetGCPercent(percent)
		return
	}
	limit := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(limit, room)) // how much a heap grows says nothing while it is nearly empty
	afterGC(func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(growth(uint64(room), inUse()))
	})
}

// inUse is how many bytes of the heap were in use when garbage was collected last.
func inUse() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return max(live[0].Value.Uint64(), 1)
}

// growth is how much a heap may grow that is to have some room, in percent of what
// is in use.
func growth(room, live uint64) int { return max(usualGrowth, int((room-min(room, live))*100/live)) }

// afterGC calls a function after each collection.
func afterGC(do func()) {
	type mark struct{ *mark } // has a pointer: the runtime puts those without together with others
	runtime.AddCleanup(&mark{}, func(int) {
		do()
		afterGC(do)
	}, 0)
}
