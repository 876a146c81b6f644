package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `package sample

func Small(n int) bool { return n < 3 }

func Kind(s string) int {
	switch s {
	case "a", "b":
		return 1
	}
	return 2
}

func Sum(list []int) int {
	sum := 0
	for i := 0; i < len(list); i++ {
		if list[i] == 0 || !Small(list[i]) && list[i] != 7 {
			continue
		}
		sum += list[i]
	}
	return sum
}

func Never(on bool) bool { return on && false }
`

const sampleTest = `package sample

import "testing"

func TestAll(t *testing.T) {
	if !Small(2) || Small(4) || Kind("a") != 1 || Kind("c") != 2 || Sum([]int{1, 2, 5, 0, 7}) != 10 {
		t.Fatal()
	}
}
`

// What the tests of a small module notice, and what not.
func TestMutate(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module sample\n\ngo 1.26\n", "sample.go": sample, "sample_test.go": sampleTest,
		"equivalent.txt": "# why not\n. Sum: list[i] == 0 => list[i] != 0\n\tnot true\n\n. Sum: gone => away\n\tgone\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	s, err := parse([]string{"-equivalent", "equivalent.txt", "-recheck", "."})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	ok, err := mutate(t.Context(), s, &out, io.Discard)
	if ok || err != nil {
		t.Errorf("ok %v, error %v", ok, err)
	}
	for _, want := range []string{
		"lived: ./sample.go:3: Small: n < 3 => n <= 3\n",
		"lived: ./sample.go:7: Kind: case \"b\" => never\n",
		"not reached: ./sample.go:24: Never: on && false => on || false\n",
		"equivalent.txt:2: . TestAll notices it: . Sum: list[i] == 0 => list[i] != 0\n",
		"equivalent.txt:5: no such change any more: . Sum: gone => away\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	for _, not := range []string{"case \"a\"", "n >= 3", "continue => break", "i++ =>"} {
		if strings.Contains(out.String(), not) {
			t.Errorf("the output has %q", not)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
