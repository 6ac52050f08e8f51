package interop

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halxml/internal/realtool"
)

const (
	wsdlPath = "/_mmwebext/mmwebext.dll?wsdl"
	soapPath = "/_mmwebext/mmwebext.dll?Soap"
)

// scenario is what every client prints when it sets up a failover pair and
// takes it down again: the same calls in the same order, whatever the language.
const scenario = `
session: 20 characters
relationships at first: 0
server: {#3-#1}
server: {#3-#2}
scope: {#7-#1}
scope: {#7-#2}
scope: {#7-#3}
pool: {#10-#1}
add relationship: done
on the primary: fo1 dhcp1.example.com. dhcp2.example.com. LoadBalance PrimaryServer mclt 3600 percentage 50
on the secondary: SecondaryServer scopes none
modify relationship: done
modified: mclt 1800 percentage 50
add scope: done
relationships of the secondary: 1 scopes {#7-#4}
peer of the pool: fo1
page: lan-1 of 3
filter: lan-2 of 1
no match: none of 0
remove scope: done
left on the secondary: none of 0
set properties: done
description: Büro "Nord" <1> & mehr
wrong password: 16394 Invalid username or password.
unknown scope: 2049 Object not found for reference "{#7-#99}" (dhcpScopeRef: no such DHCP scope)
unknown relationship: 2049 dhcpRefAndFailoverRelationshipNames.dhcpFailoverRelationshipName: no failover relationship "fo9" on server dhcp1.example.com.
remove relationship: done
relationships at last: 0
newest event: Deletion by administrator: no more pair
oldest event: Creation by administrator: new pair
logout: done
after logout: 5003 Invalid or expired session
`

func TestScenario(t *testing.T) {
	for _, client := range []struct {
		name string
		run  func(t *testing.T, base string) string
	}{
		{"zeep", zeep("1.1")},
		{"zeep 1.2", zeep("1.2")},
		{"suds", sudsClient},
		{"PHP SoapClient", php("1.1")},
		{"PHP SoapClient 1.2", php("1.2")},
		{"node soap", node("1.1")},
		{"node soap 1.2", node("1.2")},
		{"SOAP::Lite", soapLite},
		{"gSOAP", gsoap("1.1")},
		{"gSOAP 1.2", gsoap("1.2")},
		{".NET proxy", mono("SOAP")},
		{".NET proxy 1.2", mono("SOAP12")},
		{"gowsdl", gowsdl},
	} {
		t.Run(client.name, func(t *testing.T) {
			compare(t, client.run(t, startService(t)), strings.TrimLeft(scenario, "\n"))
		})
	}
}

// TestScenarioOf2017 serves the interface without its extensions: its answers
// must be valid against the schema of 2017, which the Python client checks.
func TestScenarioOf2017(t *testing.T) {
	base := startService(t, "--set", "api.profile=2017")
	if strings.Contains(fetch(t, base+wsdlPath), "loadBalanceMaxSeconds") {
		t.Error("the WSDL declares an extension")
	}
	compare(t, zeep("1.1")(t, base), strings.TrimLeft(scenario, "\n"))
}

// compare reports the first line that differs: later ones follow from it.
func compare(t *testing.T, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for n, line := range wantLines {
		if n >= len(gotLines) || gotLines[n] != line {
			t.Fatalf("line %d is not %q; the client printed:\n%s", n+1, line, got)
		}
	}
	if len(gotLines) > len(wantLines) {
		t.Fatalf("lines too many; the client printed:\n%s", got)
	}
}

func zeep(version string) func(*testing.T, string) string {
	return func(t *testing.T, base string) string {
		return output(t, "testdata/zeep", realtool.Python(t, "zeep"), "client.py", base, password, version)
	}
}

func sudsClient(t *testing.T, base string) string {
	return output(t, "testdata/suds", realtool.Python(t, "suds"), "client.py", base, password)
}

func php(version string) func(*testing.T, string) string {
	return func(t *testing.T, base string) string {
		realtool.Works(t, "PHP's SoapClient", "php", "-r", "class_exists('SoapClient') or exit(1);")
		return output(t, "testdata/php", "php", "client.php", base, password, version)
	}
}

func node(version string) func(*testing.T, string) string {
	return func(t *testing.T, base string) string {
		realtool.Works(t, "node's package soap", "node", "-e", "require('./testdata/node/node_modules/soap')")
		return output(t, "testdata/node", "node", "client.js", base, password, version)
	}
}

func soapLite(t *testing.T, base string) string {
	realtool.Works(t, "Perl's SOAP::Lite", "perl", "-MSOAP::Lite", "-e", "1")
	return output(t, "testdata/perl", "perl", "client.pl", base, password)
}

// mono makes the proxy from the WSDL of the running service, whose address it
// then calls, as PowerShell's New-WebServiceProxy does.
func mono(protocol string) func(*testing.T, string) string {
	return func(t *testing.T, base string) string {
		importer, compiler, mono := realtool.Path(t, "wsdl"), realtool.Path(t, "mcs"), realtool.Path(t, "mono")
		source, err := filepath.Abs("testdata/mono/client.cs")
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		output(t, folder, importer, "/nologo", "/protocol:"+protocol, "/out:Proxy.cs", base+wsdlPath)
		output(t, folder, compiler, "-codepage:utf8", "-nowarn:0169,0414", "-r:System.Web.Services,System.Xml",
			"-out:client.exe", "Proxy.cs", source)
		return output(t, folder, mono, "client.exe", password)
	}
}

func gsoap(version string) func(*testing.T, string) string {
	return func(t *testing.T, base string) string {
		return output(t, ".", gsoapClient(t, base), base, password, version)
	}
}

// gsoapClient compiles the C++ client from the WSDL that the service serves.
// The compiler needs about a minute, so a client is kept for its WSDL and source.
func gsoapClient(t *testing.T, base string) string {
	t.Helper()
	importer, generator, compiler := realtool.Path(t, "wsdl2h"), realtool.Path(t, "soapcpp2"), realtool.Path(t, "g++")
	source, err := filepath.Abs("testdata/gsoap/client.cpp")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	key := sha256.Sum256([]byte(strings.ReplaceAll(fetch(t, base+wsdlPath), base, "") + string(text)))
	tools, err := filepath.Abs(filepath.Join(moduleRoot, ".tools"))
	if err != nil {
		t.Fatal(err)
	}
	client := filepath.Join(tools, fmt.Sprintf("gsoap-client-%x", key[:8]))
	if _, err := os.Stat(client); err == nil {
		return client
	}
	if err := os.MkdirAll(tools, 0o755); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	output(t, folder, importer, "-o", "service.h", base+wsdlPath)
	output(t, folder, generator, "-j", "-C", "-L", "-x", "-c++11", "-I/usr/share/gsoap/import", "service.h")
	output(t, folder, compiler, "-O0", "-std=c++14", "-I.", source, "soapC.cpp", "soapServiceSoapProxy.cpp",
		"-lgsoap++", "-o", "client")
	// A rename is whole: two runs at once do not see half a client.
	finished := filepath.Join(tools, filepath.Base(folder)+".new")
	output(t, folder, "cp", "client", finished)
	if err := os.Rename(finished, client); err != nil {
		t.Fatal(err)
	}
	return client
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", url, response.Status)
	}
	return string(body)
}
