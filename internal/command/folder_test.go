package command_test

import (
	"fmt"
	"strings"
	"testing"

	"halxml/internal/errs"
)

// folder adds a folder for objects of a type, at the top unless parent is given.
func (s *service) folder(name, contentType, parent string) string {
	s.t.Helper()
	return s.add("AddFolder", fmt.Sprintf(`{"folder":{"name":%q,"contentType":%q,"parentRef":%q}}`, name, contentType, parent))
}

// inFolder are the names of a folder's objects.
func (s *service) inFolder(ref string) string {
	s.t.Helper()
	return s.names("GetObjectsInFolder", fmt.Sprintf(`{"folderRef":%q}`, ref), "objects", "name")
}

func TestFoldersAnswerWhatTheyWereGiven(t *testing.T) {
	s := newService(t)
	top := s.folder("Offices", "Range", "")
	inner := s.folder(" Vienna ", "Range", top)
	s.folder("Offices", "DHCPScope", "")
	want := `{"folder":{"ref":"{#21-#2}","name":"Vienna","contentType":"Range","parentRef":"{#21-#1}"}}`
	for _, name := range []string{inner, "vienna", "Folders/2", "folders/Vienna"} {
		if got := s.text("GetFolder", fmt.Sprintf(`{"folderRef":%q}`, name)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := s.text("GetFolders", `{"limit":1}`); got != `{"folders":[{"ref":"{#21-#1}","name":"Offices","contentType":"Range"}],"totalResults":3}` {
		t.Errorf("GetFolders: %s", got)
	}
	for _, c := range []struct{ params, want string }{
		{`{"filter":"contentType=DHCPScope"}`, "Offices"},
		{`{"filter":"parentRef={#21-#1}"}`, "Vienna"},
		{`{"sortBy":"name","sortOrder":"Descending"}`, "Vienna Offices Offices"},
		{`{"filter":"name=^vi"}`, "Vienna"},
		{`{"offset":2}`, "Offices"},
	} {
		if got := s.names("GetFolders", c.params, "folders", "name"); got != c.want {
			t.Errorf("%s: %s, want %s", c.params, got, c.want)
		}
	}
	if got := s.text("GetProperties", fmt.Sprintf(`{"ref":%q}`, inner)); got != `{"properties":[{"name":"name","value":"Vienna"},{"name":"contentType","value":"Range"},{"name":"parentRef","value":"{#21-#1}"}]}` {
		t.Errorf("GetProperties: %s", got)
	}
	s.text("SetProperties", fmt.Sprintf(`{"ref":%q,"properties":{"name":"Wien","parentRef":""}}`, inner))
	if got := s.text("GetFolder", `{"folderRef":"Wien"}`); got != `{"folder":{"ref":"{#21-#2}","name":"Wien","contentType":"Range"}}` {
		t.Errorf("after the move: %s", got)
	}
	if got := s.text("GetCustomFilters", `{}`); got != `{"filters":[],"totalResults":0}` {
		t.Errorf("GetCustomFilters: %s", got)
	}
}

func TestObjectsLieInOneFolder(t *testing.T) {
	s := newService(t)
	a, b := s.folder("a", "Range", ""), s.folder("b", "Range", "")
	ranges := []string{s.rng("10.0.0.0/24"), s.rng("10.0.1.0/24"), s.rng("10.0.2.0/24")}
	s.text("PlaceInFolder", fmt.Sprintf(`{"folderRef":"a","objRefs":[%q,"10.0.2.0/24",%q],"saveComment":"tidy"}`, ranges[1], ranges[0]))
	if got := s.text("GetObjectsInFolder", fmt.Sprintf(`{"folderRef":%q}`, a)); got != `{"objects":[{"ref":"{#6-#1}","objType":"Range","name":"10.0.0.0/24"},{"ref":"{#6-#2}","objType":"Range","name":"10.0.1.0/24"},{"ref":"{#6-#3}","objType":"Range","name":"10.0.2.0/24"}],"totalResults":3}` {
		t.Errorf("in a: %s", got)
	}
	if got := s.names("GetHistory", `{"filter":"saveComment=tidy"}`, "events", "eventText"); got != "10.0.0.0/24 placed in the folder a 10.0.2.0/24 placed in the folder a 10.0.1.0/24 placed in the folder a" {
		t.Errorf("history: %s", got)
	}
	s.text("PlaceInFolder", fmt.Sprintf(`{"folderRef":%q,"objRefs":[%q]}`, b, ranges[1]))
	if got := s.inFolder(a) + "|" + s.inFolder(b); got != "10.0.0.0/24 10.0.2.0/24|10.0.1.0/24" {
		t.Errorf("in a and b: %s", got)
	}
	if got := s.text("GetFolderForObject", `{"ref":"10.0.1.0/24","objType":"Range"}`); got != `{"folder":"{#21-#2}"}` {
		t.Errorf("folder of 10.0.1.0/24: %s", got)
	}
	for _, c := range []struct{ params, want string }{
		{`{"folderRef":"a"}`, "10.0.0.0/24 10.0.2.0/24"},
		{`{"folderRef":"a","sortBy":"name","sortOrder":"Descending","limit":1}`, "10.0.2.0/24"},
		{`{"folderRef":"a","filter":"to=10.0.2.255"}`, "10.0.2.0/24"},
		{`{"folderRef":"a","filter":"10.0.1.7"}`, ""},
		{`{"folderRef":"b"}`, "10.0.1.0/24"},
	} {
		if got := s.names("GetRanges", c.params, "ranges", "name"); got != c.want {
			t.Errorf("GetRanges %s: %s, want %s", c.params, got, c.want)
		}
	}
	s.text("RemoveFromFolder", fmt.Sprintf(`{"folderRef":%q,"objRefs":["10.0.0.0/24"]}`, a))
	s.text("RemoveFromFolder", fmt.Sprintf(`{"objRefs":[%q]}`, ranges[1]))
	if got := s.names("GetRanges", `{"folderRef":"a"}`, "ranges", "name") + "|" + s.names("GetRanges", `{"folderRef":"b"}`, "ranges", "name"); got != "10.0.2.0/24|" {
		t.Errorf("ranges in a and b: %s", got)
	}
	if got := s.text("GetFolderForObject", fmt.Sprintf(`{"ref":%q}`, ranges[1])); strings.Contains(got, "21") {
		t.Errorf("folder of 10.0.1.0/24: %s", got)
	}
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q}`, ranges[2]))
	if got := s.inFolder(a); got != "" {
		t.Errorf("in a after the removal of its last range: %s", got)
	}
}

func TestScopesLeaveTheirFolderWithTheServer(t *testing.T) {
	s := newService(t)
	f := s.folder("scopes", "DHCPScope", "")
	server := s.server("a", "ISC")
	s.text("PlaceInFolder", fmt.Sprintf(`{"folderRef":%q,"objRefs":[%q]}`, f, s.scope(server, "10.0.0.0/24")))
	if got := s.inFolder(f); got != "10.0.0.0/24" {
		t.Errorf("in the folder: %s", got)
	}
	if got := s.names("GetRanges", `{"folderRef":"scopes"}`, "ranges", "name"); got != "" {
		t.Errorf("ranges in a folder for scopes: %s", got)
	}
	s.text("RemoveObject", fmt.Sprintf(`{"ref":%q,"forceRemoval":true}`, server))
	if got := s.inFolder(f); got != "" {
		t.Errorf("in the folder afterwards: %s", got)
	}
}

func TestRemovingAFolderKeepsItsObjects(t *testing.T) {
	s := newService(t)
	outer := s.folder("outer", "Range", "")
	inner := s.folder("inner", "Range", outer)
	one, two := s.rng("10.0.0.0/24"), s.rng("10.0.1.0/24")
	s.text("PlaceInFolder", fmt.Sprintf(`{"folderRef":%q,"objRefs":[%q]}`, outer, one))
	s.text("PlaceInFolder", fmt.Sprintf(`{"folderRef":%q,"objRefs":[%q]}`, inner, two))
	s.refused(errs.InUse, "RemoveObject", fmt.Sprintf(`{"ref":%q}`, outer), "outer", "1 folder", "forceRemoval")
	s.text("RemoveObject", `{"ref":"OUTER","objType":"Folder","forceRemoval":true}`)
	if got := s.names("GetFolders", `{}`, "folders", "name"); got != "" {
		t.Errorf("folders left: %s", got)
	}
	if got := s.names("GetRanges", `{}`, "ranges", "name"); got != "10.0.0.0/24 10.0.1.0/24" {
		t.Errorf("ranges left: %s", got)
	}
	if got := s.names("GetHistory", `{"eventType":"Deletion"}`, "events", "eventText"); got != "Folder outer removed; 1 object left it Folder inner removed; 1 object left it" {
		t.Errorf("history: %s", got)
	}
	s.folder("outer", "Range", "")
}

func TestFoldersRefuse(t *testing.T) {
	s := newService(t)
	a := s.folder("a", "Range", "")
	s.folder("b", "Range", a)
	s.folder("scopes", "DHCPScope", "")
	rng := s.rng("10.0.0.0/24")
	scope := s.scope(s.server("srv", "ISC"), rng)
	for _, c := range []struct {
		operation, params string
		code              errs.Code
		words             []string
	}{
		{"AddFolder", `{}`, errs.Missing, []string{"folder: required"}},
		{"AddFolder", `{"folder":{"contentType":"Range"}}`, errs.Missing, []string{"folder.name"}},
		{"AddFolder", `{"folder":{"name":"x"}}`, errs.Missing, []string{"folder.contentType"}},
		{"AddFolder", `{"folder":{"name":"x","contentType":"DNSZone"}}`, errs.NotSupported, []string{"folder.contentType", "DNSZone"}},
		{"AddFolder", `{"folder":{"name":"{#21-#1}","contentType":"Range"}}`, errs.Invalid, []string{"reference"}},
		{"AddFolder", `{"folder":{"name":"A","contentType":"Range"}}`, errs.Conflict, []string{"folder.name", `"a"`}},
		{"AddFolder", `{"folder":{"name":"x","contentType":"Range","parentRef":"z"}}`, errs.NotFound, []string{"folder.parentRef", "z"}},
		{"AddFolder", `{"folder":{"name":"x","contentType":"Range","parentRef":"scopes"}}`, errs.Invalid, []string{"folder.parentRef", "DHCPScope"}},
		{"SetProperties", `{"ref":"{#21-#1}","properties":{"parentRef":"b"}}`, errs.Invalid, []string{"properties.parentRef", "itself"}},
		{"SetProperties", `{"ref":"{#21-#1}","properties":{"contentType":"DHCPScope"}}`, errs.Invalid, []string{"contentType", "read-only"}},
		{"SetProperties", `{"ref":"{#21-#2}","properties":{"name":"a","parentRef":""}}`, errs.Conflict, []string{"properties.name"}},
		{"PlaceInFolder", `{"objRefs":["10.0.0.0/24"]}`, errs.Missing, []string{"folderRef"}},
		{"PlaceInFolder", `{"folderRef":"a"}`, errs.Missing, []string{"objRefs"}},
		{"PlaceInFolder", fmt.Sprintf(`{"folderRef":"a","objRefs":["10.0.0.0/24",%q]}`, scope), errs.Invalid, []string{"objRefs", "DHCPScope"}},
		{"PlaceInFolder", `{"folderRef":"a","objRefs":["10.0.0.0/24","10.9.0.0/24"]}`, errs.NotFound, []string{"objRefs", "10.9.0.0/24"}},
		{"RemoveFromFolder", fmt.Sprintf(`{"objRefs":[%q]}`, rng), errs.Invalid, []string{"objRefs", "no folder"}},
		{"RemoveFromFolder", `{"folderRef":"c","objRefs":["10.0.0.0/24"]}`, errs.NotFound, []string{"folderRef", "c"}},
		{"RemoveFromFolder", `{"folderRef":"a"}`, errs.Missing, []string{"objRefs"}},
		{"GetFolder", `{}`, errs.Missing, []string{"folderRef"}},
		{"GetFolder", `{"folderRef":"{#21-#9}"}`, errs.NotFound, []string{"{#21-#9}"}},
		{"GetObjectsInFolder", `{"folderRef":"c"}`, errs.NotFound, []string{"c"}},
		{"GetFolderForObject", `{"ref":"10.9.0.0/24"}`, errs.NotFound, []string{"10.9.0.0/24"}},
		{"GetRanges", `{"folderRef":"c"}`, errs.NotFound, []string{"folderRef", "c"}},
		{"GetRanges", `{"adSiteRef":"Vienna"}`, errs.NotFound, []string{"adSiteRef"}},
		{"GetFolders", `{"sortBy":"size"}`, errs.Invalid, []string{"sortBy", "size"}},
	} {
		s.refused(c.code, c.operation, c.params, c.words...)
	}
	s.text("PlaceInFolder", `{"folderRef":"b","objRefs":["10.0.0.0/24"]}`)
	s.refused(errs.Invalid, "RemoveFromFolder", `{"folderRef":"a","objRefs":["10.0.0.0/24"]}`, "objRefs", "folder a")
}
