package config
import ("testing";"strings";"time")
func TestZZ(t *testing.T) {
	for name, s := range map[string]string{
		"flow": strings.Repeat("[", 1<<22),
		"flow2": strings.Repeat("[]", 1<<21),
		"flowclosed": strings.Repeat("]", 1<<22),
		"bal": strings.Repeat("[", 31)+strings.Repeat("],[", 1<<19),
		"dash": strings.Repeat("- ", 1<<21),
		"dashes": strings.Repeat("- a\n", 1<<20),
		"quest": strings.Repeat("? ", 1<<21),
		"questnl": strings.Repeat("?\n", 1<<21),
		"colon": strings.Repeat("a: ", 1<<20),
		"colonnl": strings.Repeat(":\n", 1<<21),
		"anchor": strings.Repeat("&a ", 1<<20),
		"anchornl": strings.Repeat("&a\n", 1<<20),
		"tag": strings.Repeat("!a ", 1<<20),
		"tagnl": strings.Repeat("!a\n", 1<<20),
		"pipes": strings.Repeat("a: |\n", 1<<19),
		"docs": strings.Repeat("---\n", 1<<20),
		"keys": "version: 1\n"+strings.Repeat("a: 1\n", 1<<18),
		"text": strings.Repeat("x", 1<<22),
		"lines": strings.Repeat("x\n", 1<<21),
		"quote": "\""+strings.Repeat("\\n", 1<<20),
		"spaces": strings.Repeat(" ", 1<<22),
		"nested": func() string { var b strings.Builder; for i := range 2000 { b.WriteString(strings.Repeat(" ", i)); b.WriteString("a:\n") }; return b.String() }(),
		"nesteddash": func() string { var b strings.Builder; for i := range 2000 { b.WriteString(strings.Repeat(" ", i)); b.WriteString("-\n") }; return b.String() }(),
		"merge": strings.Repeat("<<: ", 1<<20),
		"comment": strings.Repeat("#\n", 1<<21),
		"list": "version: 1\nassert:\n"+strings.Repeat("  - \"no principal of A can see B\"\n", 100000),
	} {
		a := time.Now()
		done := make(chan string, 1)
		go func() { _, err := Parse("f", []byte(s)); m := "ok"; if err != nil { m = err.Error(); if len(m) > 90 { m = m[:90] } }; done <- m }()
		select { case m := <-done: t.Logf("%-10s %6dms %s", name, time.Since(a).Milliseconds(), m)
		case <-time.After(12*time.Second): t.Logf("%-10s >12s", name) }
	}
}
