package hal

import (
	"encoding/xml"
	"fmt"
	"testing"

	"halxml/internal/jsonscan"
	"halxml/internal/xmlscan"
)

// manyScopes is a list as a large site has it.
func manyScopes(n int) *GetDHCPScopesResponse {
	r := &GetDHCPScopesResponse{TotalResults: Some(uint32(n))}
	for i := range n {
		r.DHCPScopes = append(r.DHCPScopes, DHCPScope{
			Ref:           Some(fmt.Sprintf("{#10-#%d}", i)),
			Name:          Some(fmt.Sprintf("Building %d, floor %d", i/16, i%16)),
			RangeRef:      Some(fmt.Sprintf("{#6-#%d}", i)),
			DHCPServerRef: Some("{#9-#1}"),
			Superscope:    Some(""),
			Description:   Some("workstations & printers"),
			Available:     Some(uint32(i % 250)),
			Enabled:       Some(i%7 != 0),
		})
	}
	return r
}

// xmlScopes is the same list as encoding/xml writes and reads it.
type xmlScopes struct {
	XMLName xml.Name   `xml:"r"`
	Scopes  []xmlScope `xml:"dhcpScopes>dhcpScope"`
	Total   uint32     `xml:"totalResults"`
}

type xmlScope struct {
	Ref           string `xml:"ref"`
	Name          string `xml:"name"`
	RangeRef      string `xml:"rangeRef"`
	DHCPServerRef string `xml:"dhcpServerRef"`
	Superscope    string `xml:"superscope"`
	Description   string `xml:"description"`
	Available     uint32 `xml:"available"`
	Enabled       bool   `xml:"enabled"`
}

func forEncodingXML(r *GetDHCPScopesResponse) *xmlScopes {
	x := &xmlScopes{Total: r.TotalResults.V}
	for _, s := range r.DHCPScopes {
		x.Scopes = append(x.Scopes, xmlScope{s.Ref.V, s.Name.V, s.RangeRef.V, s.DHCPServerRef.V,
			s.Superscope.V, s.Description.V, s.Available.V, s.Enabled.V})
	}
	return x
}

func document(m Message) string {
	return "<r>" + string(m.AppendXML(nil, Current)) + "</r>"
}

func BenchmarkEncodeScopes(b *testing.B) {
	r := manyScopes(1000)
	buf := r.AppendXML(nil, Current)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = r.AppendXML(buf[:0], Current)
	}
}

func BenchmarkEncodeScopesJSON(b *testing.B) {
	r := manyScopes(1000)
	buf := r.AppendJSON(nil, Current)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = r.AppendJSON(buf[:0], Current)
	}
}

func BenchmarkEncodeScopesEncodingXML(b *testing.B) {
	x := forEncodingXML(manyScopes(1000))
	b.SetBytes(int64(len(document(manyScopes(1000)))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := xml.Marshal(x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeScopes(b *testing.B) {
	doc := document(manyScopes(1000))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	s := new(xmlscan.Scanner)
	for b.Loop() {
		s.Reset(doc, xmlscan.Limits{})
		s.Child()
		var r GetDHCPScopesResponse
		if err := r.DecodeXML(s); err != nil || len(r.DHCPScopes) != 1000 {
			b.Fatal(err, len(r.DHCPScopes))
		}
	}
}

func BenchmarkDecodeScopesJSON(b *testing.B) {
	doc := string(manyScopes(1000).AppendJSON(nil, Current))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	s := new(jsonscan.Scanner)
	for b.Loop() {
		s.Reset(doc, jsonscan.Limits{})
		var r GetDHCPScopesResponse
		if err := r.DecodeJSON(s); err != nil || len(r.DHCPScopes) != 1000 {
			b.Fatal(err, len(r.DHCPScopes))
		}
	}
}

func BenchmarkDecodeScopesEncodingXML(b *testing.B) {
	doc := []byte(document(manyScopes(1000)))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		var x xmlScopes
		if err := xml.Unmarshal(doc, &x); err != nil || len(x.Scopes) != 1000 {
			b.Fatal(err, len(x.Scopes))
		}
	}
}

const smallRequest = `<AddDHCPFailoverRelationship xmlns="http://menandmice.com/webservices/"><session>bsvh5S2kLC5Q9gnPbfYM</session>` +
	`<dhcpFailoverRelationship><name>dc1-dc2</name><primaryServer>dhcp1.example.com.</primaryServer><secondaryServer>dhcp2.example.com.</secondaryServer>` +
	`<failoverMode>LoadBalance</failoverMode><failoverServerType>PrimaryServer</failoverServerType><mclt>3600</mclt><safePeriod>0</safePeriod>` +
	`<dhcpScopeRefs><ref>{#10-#1}</ref><ref>{#10-#2}</ref></dhcpScopeRefs><percentage>50</percentage></dhcpFailoverRelationship>` +
	`<saveComment>new pair</saveComment></AddDHCPFailoverRelationship>`

func BenchmarkDecodeSmallRequest(b *testing.B) {
	b.ReportAllocs()
	s := new(xmlscan.Scanner)
	for b.Loop() {
		s.Reset(smallRequest, xmlscan.Limits{})
		s.Child()
		r := new(AddDHCPFailoverRelationship)
		if err := r.DecodeXML(s); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAllocations holds the codecs to what makes them fast: a small request
// takes few allocations to read, and a response none to write but its buffer.
func TestAllocations(t *testing.T) {
	s := new(xmlscan.Scanner)
	decode := testing.AllocsPerRun(100, func() {
		s.Reset(smallRequest, xmlscan.Limits{})
		s.Child()
		if err := new(AddDHCPFailoverRelationship).DecodeXML(s); err != nil {
			t.Fatal(err)
		}
	})
	if decode > 10 {
		t.Errorf("reading a small request takes %v allocations", decode)
	}
	r := manyScopes(100)
	for _, p := range []Profile{Current, Profile2017} {
		buf := r.AppendXML(nil, p)
		if n := testing.AllocsPerRun(100, func() { buf = r.AppendXML(buf[:0], p) }); n > 0 {
			t.Errorf("writing a list as XML takes %v allocations", n)
		}
		buf = r.AppendJSON(buf[:0], p)
		if n := testing.AllocsPerRun(100, func() { buf = r.AppendJSON(buf[:0], p) }); n > 0 {
			t.Errorf("writing a list as JSON takes %v allocations", n)
		}
	}
}
