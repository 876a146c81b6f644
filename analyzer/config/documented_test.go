package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/grantgraph/grantgraph/analyzer/config"
	"github.com/grantgraph/grantgraph/graph/lexicon"
)

// The example of the documentation is a configuration that is read without a
// word, and that names every key but those for which it says so.
func TestDocumentedExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "```yaml\n")
	example, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("docs/configuration.md has no example")
	}
	c, err := config.Parse("docs/configuration.md", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tenants) != 3 || len(c.Shared) != 2 || len(c.Allow) != 1 || len(c.Accept) != 1 || c.Naming.Clients == nil {
		t.Errorf("the example was read as %+v", c)
	}
	if _, err := c.Lexicon(lexicon.Default()); err != nil {
		t.Error(err)
	}
}
