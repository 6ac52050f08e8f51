package conf_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"halxml/internal/dhcpd/conf"
)

// forgetPlaces clears what a printed tree cannot keep: file and line.
func forgetPlaces(f *conf.File) *conf.File {
	for s := range f.All() {
		s.Place().Pos = conf.Pos{}
		if peer, ok := s.(*conf.FailoverPeer); ok {
			for _, set := range peer.Settings {
				set.Pos = conf.Pos{}
			}
		}
	}
	return f
}

func TestPrintParsesToTheSameTree(t *testing.T) {
	for _, file := range accepted(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			first, err := conf.Load(file, os.ReadFile)
			if err != nil {
				t.Fatal(err)
			}
			text := conf.Print(first)
			second, err := conf.Parse(file, text, os.ReadFile)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if !conf.Equal(first, second) {
				t.Error("Equal says the trees differ")
			}
			if !reflect.DeepEqual(forgetPlaces(first), forgetPlaces(second)) {
				t.Errorf("the trees differ; printed again:\n%s\nfirst:\n%s", conf.Print(second), text)
			}
			if again := conf.Print(second); string(again) != string(text) {
				t.Errorf("printed twice, got\n%s\nfirst\n%s", again, text)
			}
		})
	}
}

// A text of every kind of statement has one printed form, which is written out here.
func TestPrintLayout(t *testing.T) {
	for _, name := range []string{"comments", "capitals", "failover-hba", "shared-network", "permits", "classes", "groups", "options", "ipv6"} {
		t.Run(name, func(t *testing.T) {
			tree, err := conf.Load("testdata/accepted/"+name+".conf", os.ReadFile)
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/printed/" + name + ".conf"
			got := conf.Print(tree)
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
