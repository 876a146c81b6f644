package html

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/grantgraph/grantgraph/report"
	"github.com/grantgraph/grantgraph/report/internal/sample"
)

// browserBinary finds a browser, or skips the test.
func browserBinary(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser on this machine (looked for chromium, google-chrome, headless-shell): the page is not tried in one")
	return ""
}

// A tab is a page in a browser, with everything that it complained of or asked for.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	problems []string
	requests []string
}

func open(t *testing.T, d *report.Document) *tab {
	t.Helper()
	return openFile(t, written(t, d))
}

// written writes a document's page to a file.
func written(t *testing.T, d *report.Document) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(f, d); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func openFile(t *testing.T, path string) *tab {
	t.Helper()
	binary := browserBinary(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("no-first-run", true), chromedp.UserDataDir(t.TempDir()))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, url: (&url.URL{Scheme: "file", Path: path}).String()}
	// The browser lives as long as the context of the first call: no timeout here.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1400, 900)); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return b
}

// hear notes what must not happen.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, fmt.Sprint("exception: ", e.ExceptionDetails.Text))
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprint("console: ", e.Type))
	case *log.EventEntryAdded:
		b.problems = append(b.problems, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; u != b.url && !strings.HasPrefix(u, b.url+"#") {
			b.requests = append(b.requests, u)
		}
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 60*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// at opens the page at a place, afresh.
func (b *tab) at(hash string) {
	b.t.Helper()
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(b.url+hash))
	b.wait(`document.documentElement.dataset.ready === "1"`)
}

// wait waits until an expression holds. A page that is being replaced answers
// with an error for a moment.
func (b *tab) wait(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	var err error
	for ctx.Err() == nil {
		var ok bool
		if ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool](expression)); ok {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.t.Fatalf("waiting for %s: %v; the page complained: %q", expression, err, b.problems)
}

func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// silent checks that nothing went wrong and nothing was asked for.
func (b *tab) silent() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		b.t.Errorf("the page complained: %s", p)
	}
	for _, r := range b.requests {
		if r != "about:blank" {
			b.t.Errorf("the page asked for %s", r)
		}
	}
}

const panelText = `document.getElementById("panel").hidden ? "" : document.getElementById("panel").innerText`

func TestInBrowser(t *testing.T) {
	t.Parallel()
	d := small(t)
	b := open(t, d)

	b.at("")
	if got := eval[string](b, `getComputedStyle(document.querySelector(".tabs")).display`); got != "flex" {
		t.Errorf("the style is not applied: display is %q", got)
	}
	t.Run("findings filter", func(t *testing.T) { b.t = t; filterFindings(b, d) })
	t.Run("matrix", func(t *testing.T) { b.t = t; matrixPanel(b) })
	t.Run("deep links", func(t *testing.T) { b.t = t; deepLinks(b) })
	t.Run("access", func(t *testing.T) { b.t = t; accessView(b, d) })
	t.Run("escalation", func(t *testing.T) { b.t = t; escalationView(b, d) })
	t.Run("narrow", func(t *testing.T) { b.t = t; narrow(b) })
	t.Run("keyboard", func(t *testing.T) { b.t = t; keyboard(b) })
	t.Run("hostile names", func(t *testing.T) { b.t = t; hostile(b, d) })
	b.t = t
	b.silent()
}

func filterFindings(b *tab, d *report.Document) {
	rows := `document.querySelectorAll("#findings-mount .vt-row").length`
	b.at("#findings")
	if n := eval[int](b, rows); n != len(d.Findings) {
		b.t.Errorf("%d findings; want %d", n, len(d.Findings))
	}
	b.do(chromedp.Click(chromedp.CSS("#findings-mount .toggle")))
	if n := eval[int](b, rows); n != 1 {
		b.t.Errorf("%d critical findings; want 1", n)
	}
	b.at("#findings")
	b.do(chromedp.SendKeys(chromedp.CSS("#findings-mount input"), "wildcard"))
	b.wait(rows + ` === 1`)
	b.at("#findings?severity=high&tenant=" + url.QueryEscape("BPO_A"))
	b.wait(rows + ` === 1`)
	if s := eval[string](b, `document.querySelector("#findings-mount .count").textContent`); s != "1 of 5 findings, and 2 accepted or fixed" {
		b.t.Errorf("the count says %q", s)
	}
}

// accessView opens the classes, and one of them.
func accessView(b *tab, d *report.Document) {
	b.at("#access")
	if s, want := eval[string](b, `document.querySelector("#access-mount .count").textContent`), fmt.Sprintf("%d of %d", len(d.Classes), len(d.Classes)); s != want || len(d.Classes) < 2 {
		b.t.Errorf("the count says %q; want %q", s, want)
	}
	b.do(chromedp.Click(chromedp.CSS("#access-mount .vt-row")))
	b.wait(`!document.getElementById("panel").hidden`)
	first := d.Principals[d.Classes[0].Members[0]].Name
	if s := eval[string](b, panelText); !strings.Contains(s, first) || !strings.Contains(s, d.Roles[d.Holds(0)[0].Role].Name) {
		b.t.Errorf("the panel does not name %q and its role: %.300q", first, s)
	}
	b.at("#findings?status=fixed")
	if n := eval[int](b, `document.querySelectorAll("#findings-mount .vt-row").length`); n != len(d.Fixed) || n == 0 {
		b.t.Errorf("%d fixed findings; want %d", n, len(d.Fixed))
	}
}

// escalationView chooses a vertex of the picture by mouse and by keyboard.
func escalationView(b *tab, d *report.Document) {
	b.at("#escalation")
	if n := eval[int](b, `document.querySelectorAll("#net .v").length`); n != len(d.Escalation.Vertices) || n == 0 {
		b.t.Errorf("%d vertices; want %d", n, len(d.Escalation.Vertices))
	}
	rows := `document.querySelectorAll("#escalation-mount .vt-row").length`
	if n := eval[int](b, rows); n != len(d.Escalation.Paths) {
		b.t.Errorf("the list has %d ways; want %d", n, len(d.Escalation.Paths))
	}
	through := 0
	for _, p := range d.Escalation.Paths {
		if len(p.Vertices) > 0 && p.Vertices[0] == 0 {
			through++
		}
	}
	pressed := `document.querySelector('#net .v[data-v="0"]').getAttribute("aria-pressed") === "true"`
	eval[bool](b, `document.querySelector('#net .v[data-v="0"]').focus(), true`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.wait(pressed)
	if n := eval[int](b, rows); n != through {
		b.t.Errorf("%d ways through the first vertex; want %d", n, through)
	}
	b.do(chromedp.Click(chromedp.CSS(`#net .v[data-v="0"] rect`)))
	b.wait("!(" + pressed + ")")
	if n := eval[int](b, rows); n != len(d.Escalation.Paths) {
		b.t.Errorf("%d ways after the choice was undone; want %d", n, len(d.Escalation.Paths))
	}
}

// narrow looks whether any view is wider than a small window.
func narrow(b *tab) {
	b.do(chromedp.EmulateViewport(420, 900))
	defer b.do(chromedp.EmulateViewport(1400, 900))
	for _, view := range []string{"overview", "findings", "access", "principals", "roles", "clients", "escalation", "coverage", "about", "tenant/BPO_A", "class/1", "cell/Internal/BPO_A"} {
		b.at("#" + view)
		if n := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); n > 0 {
			b.t.Errorf("#%s is %d pixels wider than the window", view, n)
		}
	}
}

func matrixPanel(b *tab) {
	b.at("")
	b.do(chromedp.Click(chromedp.CSS(`a[href="#cell/Internal/BPO_A"]`)))
	b.wait(`!document.getElementById("panel").hidden`)
	s := eval[string](b, panelText)
	for _, want := range []string{"Internal → BPO_A", "Dee Director", "Eve Analyst", "Master Admin in all divisions", "QA in all divisions through group QA", "recording:recording:view", "Recording > Recording > View"} {
		if !strings.Contains(s, want) {
			b.t.Errorf("the panel does not say %q", want)
		}
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	b.wait(`document.getElementById("panel").hidden`)
	b.do(chromedp.KeyEvent(kb.Enter)) // the cell has the focus again
	b.wait(`!document.getElementById("panel").hidden`)
}

func deepLinks(b *tab) {
	for hash, want := range map[string]string{
		"#finding/TI-001/aaaa000000000001": "recording:recording:view over BPO_B",
		"#finding/TI-001/none":             "This report has no finding",
		"#matrix/BPO_A/BPO_B":              "BPO_A → BPO_B",
		"#matrix/BPO_B/BPO_A":              "No live principal of BPO_B",
		"#matrix/" + url.PathEscape("<b>Evil & Co</b>/?#") + "/BPO_A": "<b>Evil & Co</b>/?# → BPO_A",
		"#principal/bo":                    "bo@bpo-a.example",
		"#role/boss":                       "General > Admin",
		"#client/c2":                       "acts as whoever signs in",
		"#tenant/BPO_A":                    "Who reaches it",
		"#cell/BPO_A/BPO_B":                "BPO_A → BPO_B",
		"#class/1":                         "Roles, and where they are assigned",
		"#class/none":                      "No such class",
		"#path/1":                          "Step by step",
		"#finding/TI-001/cccc000000000009": "fixed",
		"#finding/ST-001/ffff000000000001": "Accepted by ciso@corp.example",
		"#principal/%E0%A4":                "No such principal",
	} {
		b.at(hash)
		if s := eval[string](b, panelText); !strings.Contains(s, want) {
			b.t.Errorf("%s opens %.80q; want %q", hash, s, want)
		}
	}
	b.at("#finding/TI-001/aaaa000000000001")
	if n := eval[int](b, `document.querySelectorAll("#panel svg g").length`); n != 4 {
		b.t.Errorf("the picture has %d boxes; want 4", n)
	}
	for _, view := range []string{"overview", "findings", "access", "escalation", "principals", "roles", "clients", "coverage", "about"} {
		b.at("#" + view)
		if !eval[bool](b, `!document.getElementById("view-`+view+`").hidden && document.querySelectorAll(".view:not([hidden])").length === 1`) {
			b.t.Errorf("#%s does not open its view alone", view)
		}
	}
}

func keyboard(b *tab) {
	b.at("#principals")
	eval[bool](b, `document.querySelector("#principals-mount .vt-body").focus(), true`)
	b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.End), chromedp.KeyEvent(kb.Enter))
	b.wait(`!document.getElementById("panel").hidden`)
	if !eval[bool](b, `document.activeElement.id === "panel"`) {
		b.t.Error("the panel does not have the focus")
	}
}

// hostile looks at every view and every finding, and whether a name did anything.
func hostile(b *tab, d *report.Document) {
	hashes := []string{"", "#findings", "#access", "#escalation", "#tenant/%3Cb%3EEvil%20%26%20Co%3C%2Fb%3E%2F%3F%23", "#class/1", "#path/1", "#principals", "#roles", "#clients", "#coverage", "#about"}
	for i := range d.Findings {
		hashes = append(hashes, "#finding/"+d.Findings[i].Fingerprint)
	}
	for i := range sample.Hostile() {
		hashes = append(hashes, fmt.Sprintf("#principal/h-%02d", i))
	}
	for _, h := range hashes {
		eval[bool](b, `location.hash = "`+h+`", true`)
		b.wait(`true`)
		if eval[bool](b, `window.pwned !== undefined || document.querySelector("img, iframe, main script, #panel script, a[href^=javascript]") !== null`) {
			b.t.Fatalf("a name became more than text at %q", h)
		}
	}
	b.at("#principal/h-00")
	if s := eval[string](b, `document.getElementById("panel-title").textContent`); s != sample.Hostile()[0] {
		b.t.Errorf("the name is shown as %q", s)
	}
}

// TestManyInBrowser opens a page with 100,000 principals and 10,000 findings, which must
// be under 30 MB, filters and sorts. It logs how long that takes: docs/reports.md tells the figures.
func TestManyInBrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short")
	}
	const n = 100_000
	path := written(t, sample.Large(n, 10_000))
	if info, err := os.Stat(path); err != nil || info.Size() > 30_000_000 {
		t.Errorf("the file has %d bytes, %v; want less than 30 MB", info.Size(), err)
	}
	b := openFile(t, path)
	b.at("#principals")
	if rows := eval[int](b, `document.querySelectorAll("#principals-mount .vt-row").length`); rows == 0 || rows > 200 {
		t.Errorf("%d rows are drawn; want those that are seen", rows)
	}
	ms := eval[float64](b, `(() => { const t = performance.now(); document.querySelectorAll("#principals-mount .vt-head button")[0].click(); return performance.now() - t; })()`)
	t.Logf("sorting took %.0f ms; opening %.0f ms", ms, eval[float64](b, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`))
	b.do(chromedp.SendKeys(chromedp.CSS("#principals-mount input"), fmt.Sprintf("lastname-%d@", n-1)))
	b.wait(`document.querySelectorAll("#principals-mount .vt-row").length === 1`)
	b.at("#findings")
	// A filter is drawn when the frame after it is.
	eval[bool](b, `(() => { const box = document.querySelector("#findings-mount input"), t = performance.now();
		box.value = "hold recording:recording:view over BPO_08"; box.dispatchEvent(new Event("input", { bubbles: true }));
		const look = () => document.querySelector("#findings-mount .count").textContent.startsWith("10,000") ? requestAnimationFrame(look) : (window.filtered = performance.now() - t);
		requestAnimationFrame(look); return true; })()`)
	b.wait(`window.filtered > 0`)
	t.Logf("filtering findings took %.0f ms: %s", eval[float64](b, `window.filtered`), eval[string](b, `document.querySelector("#findings-mount .count").textContent`))
	if s := eval[string](b, `document.querySelector("#findings-mount .count").textContent`); !strings.HasPrefix(s, "500 ") {
		t.Errorf("the filter shows %q; want 500 findings", s)
	}
	b.silent()
}
