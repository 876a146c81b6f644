package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/grantgraph/grantgraph/"

// imports returns what each package of the module imports, tests left out, by the
// package's folder.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || (len(d.Name()) > 1 && d.Name()[0] == '.')):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			out[path.Dir(name)] = append(out[path.Dir(name)], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func within(dir, tree string) bool { return dir == tree || strings.HasPrefix(dir, tree+"/") }

// TestDirections holds the packages to the way that data goes: in at the
// collector, through graph, analyzer and rules, out at report, with nothing
// flowing back.
func TestDirections(t *testing.T) {
	t.Parallel()
	all := imports(t)
	for _, dir := range []string{"graph", "graph/authz", "analyzer", "rules", "report", "collector/snapshot"} {
		if len(all[dir]) == 0 {
			t.Errorf("package %s imports nothing: is the tree where this test looks for it?", dir)
		}
	}
	for dir, list := range all {
		for _, p := range list {
			if why := forbidden(dir, p); why != "" {
				t.Errorf("%s imports %s: %s", dir, p, why)
			}
		}
	}
}

// forbidden says why a package of a folder must not import another, or nothing.
func forbidden(dir, imported string) string {
	local, ours := strings.CutPrefix(imported, module)
	pure := within(dir, "graph") || within(dir, "analyzer") || within(dir, "rules")
	switch {
	case pure && slices.Contains([]string{"os", "net/http", "net", "database/sql", "os/exec"}, imported):
		return "what computes touches neither disk nor network"
	case ours && pure && within(local, "collector"):
		return "what computes does not know where records come from"
	case dir == "graph/authz" && (ours || strings.Contains(strings.Split(imported, "/")[0], ".")):
		return "the vocabulary is made of the standard library only"
	case ours && within(dir, "graph/authz") && local != "graph/authz":
		return "the vocabulary, and the law beside it, know nothing else"
	case ours && within(local, "cmd") && !within(dir, "cmd"):
		return "nothing imports the program"
	case ours && within(dir, "collector") && within(local, "graph") && !within(local, "graph/authz"):
		return "sources record and never conclude"
	case ours && within(dir, "collector") && (within(local, "analyzer") || within(local, "rules") || within(local, "report")):
		return "sources record and never conclude"
	case ours && within(dir, "internal/parallel"):
		return "everything may stand on it"
	case ours && within(dir, "graph") && !within(local, "graph") && local != "internal/parallel":
		return "the graph stands below all that asks it"
	case ours && within(dir, "analyzer") && (within(local, "rules") || within(local, "report")):
		return "questions do not know what is made of their answers"
	case ours && within(dir, "rules") && within(local, "report"):
		return "rules do not know how findings are shown"
	default:
		return ""
	}
}

func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		dir, imported string
		bad           bool
	}{
		{"graph", "os", true},
		{"graph", module + "internal/parallel", false},
		{"graph", module + "analyzer", true},
		{"graph/authz", module + "internal/parallel", true},
		{"internal/parallel", module + "graph", true},
		{"rules", "net/http", true},
		{"analyzer", module + "collector/snapshot", true},
		{"graph/authz", "github.com/x/y", true},
		{"graph/authz", "strings", false},
		{"graph/authz", module + "graph", true},
		{"graph/authz/authztest", module + "graph/authz", false},
		{"graph/authz/reference", module + "graph/authz", false},
		{"graph/authz/reference", module + "graph", true},
		{"report/html", module + "cmd/grantgraph/internal/term", true},
		{"cmd/grantgraph", module + "cmd/grantgraph/internal/term", false},
		{"collector/bundle", module + "graph/authz", false},
		{"collector/bundle", module + "graph", true},
		{"collector/simulator", module + "graph/lexicon", true},
		{"collector/bundle", "os", false},
		{"rules", module + "analyzer", false},
		{"analyzer", module + "rules", true},
	} {
		if got := forbidden(test.dir, test.imported) != ""; got != test.bad {
			t.Errorf("forbidden(%s, %s) = %t; want %t", test.dir, test.imported, got, test.bad)
		}
	}
}
