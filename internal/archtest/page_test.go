package archtest

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// root is the module's directory, seen from this package.
const root = "../.."

// module is the module's path, with which every import of ours begins.
const module = "halxml"

// table reads the table of docs/architecture.md whose first row has these
// headings; each row is a slice of cells.
func table(t *testing.T, headings ...string) [][]string {
	t.Helper()
	page, err := os.ReadFile(path.Join(root, "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, ok := parseTable(string(page), headings...)
	if !ok || len(rows) == 0 {
		t.Fatalf("docs/architecture.md has no table with the headings %q", headings)
	}
	return rows
}

func parseTable(page string, headings ...string) (rows [][]string, found bool) {
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			if found {
				return rows, true
			}
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !found:
			found = strings.Join(cells, "|") == strings.Join(headings, "|")
		case strings.Trim(cells[0], "-: ") != "":
			rows = append(rows, cells)
		}
	}
	return rows, found
}

// allBut says that a room may import every other one but some.
const allBut = "all but "

// rules is the table of arrows: for each room, the rooms it may import.
type rules map[string]func(room string) bool

// readRules makes rules of the rows of the table; resolve turns a short name
// of a room into the package's path in the module.
func readRules(rows [][]string, resolve func(string) (string, error)) (rules, error) {
	all := rules{}
	for _, row := range rows {
		text, inverted := strings.CutPrefix(row[1], allBut)
		named := map[string]bool{}
		if text != "nothing" {
			for _, short := range list(text) {
				room, err := resolve(short)
				if err != nil {
					return nil, err
				}
				named[room] = true
			}
		}
		for _, short := range list(row[0]) {
			room, err := resolve(short)
			if err != nil {
				return nil, err
			}
			if all[room] != nil {
				return nil, fmt.Errorf("room %s has two rows", room)
			}
			all[room] = func(other string) bool { return named[other] != inverted }
		}
	}
	return all, nil
}

// list splits the names in a cell, which may be set in code.
func list(cell string) []string {
	var names []string
	for _, name := range strings.Split(cell, ",") {
		names = append(names, strings.Trim(strings.TrimSpace(name), "`"))
	}
	return names
}

// roomOf is the room that a package belongs to: its own row or that of the
// nearest package above it.
func (r rules) roomOf(pkg string) (string, bool) {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		if r[pkg] != nil {
			return pkg, true
		}
	}
	return "", false
}

// check tells which imports of ours the rules do not allow, and which packages
// they do not know.
func (r rules) check(packages map[string][]string) []string {
	var wrong []string
	for pkg, imports := range packages {
		room, ok := r.roomOf(pkg)
		if !ok {
			wrong = append(wrong, fmt.Sprintf("package %s has no row in the table of arrows", pkg))
			continue
		}
		for _, imported := range imports {
			if other, ok := r.roomOf(imported); ok && other != room && !r[room](other) {
				wrong = append(wrong, fmt.Sprintf("%s must not import %s", pkg, imported))
			}
		}
	}
	return wrong
}

func TestTheTableOfArrowsIsReadRight(t *testing.T) {
	page := "text\n| a | b |\n|---|---|\n| x | y |\n\n| room | may import of ours |\n|---|---|\n| base, `deep/one` | nothing |\n| mid | base |\n| top | all but deep/one |\n\nmore"
	rows, ok := parseTable(page, "room", "may import of ours")
	if !ok || len(rows) != 3 {
		t.Fatalf("rows %q", rows)
	}
	r, err := readRules(rows, func(s string) (string, error) { return s, nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ room, imports, want string }{
		{"base", "", ""},
		{"base", "mid", "base must not import mid"},
		{"deep/one", "base", "deep/one must not import base"},
		{"mid", "base", ""},
		{"mid/part", "base", ""},
		{"mid/part", "mid", ""},
		{"mid/part", "deep/one", "mid/part must not import deep/one"},
		{"base", "mid/part", "base must not import mid/part"},
		{"mid", "top", "mid must not import top"},
		{"top", "mid", ""},
		{"top", "deep/one", "top must not import deep/one"},
		{"other", "base", "package other has no row in the table of arrows"},
	} {
		packages := map[string][]string{tt.room: nil}
		if tt.imports != "" {
			packages[tt.room] = []string{tt.imports}
		}
		if got := strings.Join(r.check(packages), "; "); got != tt.want {
			t.Errorf("%s imports %q: %q, want %q", tt.room, tt.imports, got, tt.want)
		}
	}
}

// generated is the line by which tools know a generated file.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
