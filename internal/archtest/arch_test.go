package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// maxLines is the length a file may have; a longer one holds two nouns.
const maxLines = 500

// goPackage is what `go list` tells of a package.
type goPackage struct {
	ImportPath, Dir                    string
	Imports, TestImports, XTestImports []string
	GoFiles, TestGoFiles, XTestGoFiles []string
}

// room is the package's path in the module; "" for another module's.
func room(importPath string) string {
	rest, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return rest
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,GoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestArrowsGoOneWay holds the imports of all packages, tests aside, against
// the table of docs/architecture.md.
func TestArrowsGoOneWay(t *testing.T) {
	all := packages(t)
	r, err := readRules(table(t, "room", "may import of ours"), func(short string) (string, error) {
		// hal is in wsdl/, soap at the top, most are in internal/.
		for _, place := range []string{"internal/", "", "wsdl/", "store/", "internal/interop/"} {
			if info, err := os.Stat(filepath.Join(root, place+short)); err == nil && info.IsDir() {
				return place + short, nil
			}
		}
		return "", fmt.Errorf("the table of arrows names %s, which is no package", short)
	})
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string][]string{}
	for _, p := range all {
		var imports []string
		for _, i := range p.Imports {
			if room(i) != "" {
				imports = append(imports, room(i))
			}
		}
		ours[room(p.ImportPath)] = imports
	}
	for _, wrong := range r.check(ours) {
		t.Error(wrong)
	}
}

// TestModulesStayInTheirRooms keeps third-party packages that would shape the
// code around them to the rooms that wrap them.
func TestModulesStayInTheirRooms(t *testing.T) {
	for _, tt := range []struct {
		module string
		rooms  []string // with all below them
	}{
		{"go.etcd.io/bbolt", []string{"store/bolt"}},
		{"github.com/hooklift/gowsdl", []string{"internal/wsdlgen", "internal/interop"}},
		{"github.com/alecthomas/kong", []string{"cmd/halxml"}},
		{"github.com/BurntSushi/toml", []string{"internal/config"}},
	} {
		for _, p := range packages(t) {
			at := room(p.ImportPath)
			if slices.ContainsFunc(tt.rooms, func(r string) bool { return at == r || strings.HasPrefix(at, r+"/") }) {
				continue
			}
			for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
				if i == tt.module || strings.HasPrefix(i, tt.module+"/") {
					t.Errorf("%s imports %s, which is for %s", at, i, strings.Join(tt.rooms, " and "))
				}
			}
		}
	}
}

// TestDependenciesHaveReasons holds go.mod against the table of dependencies.
func TestDependenciesHaveReasons(t *testing.T) {
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, row := range table(t, "module", "why") {
		reasons[row[0]] = row[1]
	}
	for _, m := range mod.Require {
		name := m.Path + " " + m.Version
		if !m.Indirect && reasons[name] == "" {
			t.Errorf("docs/architecture.md gives no reason for the dependency %s", name)
		}
		delete(reasons, name)
	}
	for name := range reasons {
		t.Errorf("docs/architecture.md gives a reason for %s, which go.mod does not have", name)
	}
}

// TestEveryPackageIsARoom holds the packages against the table of rooms.
func TestEveryPackageIsARoom(t *testing.T) {
	rooms := map[string]bool{} // and whether it has a package
	for _, row := range table(t, "room", "purpose") {
		for _, name := range list(row[0]) {
			rooms[name] = false
		}
	}
	for _, p := range packages(t) {
		at := room(p.ImportPath)
		for ; at != "."; at = path.Dir(at) {
			if _, ok := rooms[at]; ok {
				rooms[at] = true
				break
			}
		}
		if at == "." {
			t.Errorf("package %s is in no room of docs/architecture.md", room(p.ImportPath))
		}
	}
	for name, has := range rooms {
		if !has {
			t.Errorf("docs/architecture.md has a room %s without a package", name)
		}
	}
}

// TestFilesKeepTheHouseRules looks into every file of Go that is no generated one.
func TestFilesKeepTheHouseRules(t *testing.T) {
	banned := []string{"util", "utils", "common", "helper", "helpers", "misc", "shared"}
	seen := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if generated.Match(text) {
			return nil
		}
		seen++
		if n := bytes.Count(text, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", name, n, maxLines)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if slices.Contains(banned, strings.TrimSuffix(file.Name.Name, "_test")) {
			t.Errorf("%s: package %s says nothing about what is in it", name, file.Name.Name)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function; what happens at start is said where it starts", name)
			}
		}
		return nil
	})
	if err != nil || seen == 0 {
		t.Fatalf("%d files seen, error %v", seen, err)
	}
}

// TestPackagesSayWhatTheyAreFor wants a doc comment in every package.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range packages(t) {
		documented := len(p.GoFiles) == 0
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			documented = documented || file.Doc != nil
		}
		if !documented {
			t.Errorf("package %s has no doc comment", room(p.ImportPath))
		}
	}
}
