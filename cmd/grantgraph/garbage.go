package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// reportRoom is the heap in bytes that a report of a large organization may use before
// garbage is looked for.
const reportRoom = 640 << 20

// usualGrowth is how much a heap grows between collections, in percent.
const usualGrowth = 100

// roomyGC gives the heap room while a report is made, each time that garbage was
// collected: up to reportRoom, or four times what was in use at first if that is less.
// A model stays, and to go over it again and again costs a fifth of a report's time. A
// heap that is in use to more than half of its room grows as usual. The function that
// it returns ends that. What GOGC says holds.
func roomyGC(getenv func(string) string) (end func()) {
	was := debug.SetGCPercent(usualGrowth)
	if was != usualGrowth || getenv("GOGC") != "" { // postponed still, or told by somebody
		debug.SetGCPercent(was)
		return func() {}
	}
	room := min(reportRoom, 4*inUse())
	var over atomic.Bool
	give := func() bool {
		if over.Load() {
			return false
		}
		debug.SetGCPercent(growth(room, inUse()))
		return true
	}
	give()
	afterGC(give)
	return func() {
		over.Store(true)
		debug.SetGCPercent(usualGrowth)
	}
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

// afterGC calls a function after each collection until it returns false.
func afterGC(do func() bool) {
	type mark struct{ *mark } // has a pointer: the runtime puts those without together with others
	runtime.AddCleanup(&mark{}, func(int) {
		if do() {
			afterGC(do)
		}
	}, 0)
}
