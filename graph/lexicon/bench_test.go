package lexicon

import "testing"

// BenchmarkLexicon asks everything about each permission of the platform once.
func BenchmarkLexicon(b *testing.B) {
	l := Default()
	all := platform(b)
	see, _ := l.Verb("see")
	for b.Loop() {
		for _, p := range all {
			l.Class(p)
			l.Carries(p, l.Aware(p))
			l.About(p)
			l.Elevated(p)
			l.Forbidden(p)
			l.ConversationLevel(p)
			see.Covers(p)
		}
	}
}
