package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const halDir = "../../wsdl/hal"

// TestGeneratedFilesAreFresh fails when the WSDL or the generator changed and
// go generate ./wsdl was not run.
func TestGeneratedFilesAreFresh(t *testing.T) {
	wsdl, err := os.ReadFile("../../wsdl/halxmlcommand.wsdl")
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(wsdl)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(halDir, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what the WSDL gives; run go generate ./wsdl", name)
		}
	}
	have, _ := filepath.Glob(filepath.Join(halDir, "*_gen.go"))
	for _, f := range have {
		if _, ok := files[filepath.Base(f)]; !ok {
			t.Errorf("%s is left over", f)
		}
	}
}
