package xmlscan

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is an element as encoding/xml reads it.
type node struct {
	name  xml.Name
	attrs []xml.Attr
	text  string
	kids  []*node
}

// oracle reads a document with encoding/xml to its end.
func oracle(s string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(s))
	doc := &node{}
	stack := []*node{doc}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{name: t.Name, attrs: t.Copy().Attr}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(stack) != 1 {
		return nil, errors.New("not closed")
	}
	return doc, nil
}

// skims reports whether the scanner takes the document when it skips the root.
func skims(s string, l Limits) error {
	x := New(s, l)
	if _, _, err := x.Child(); err != nil {
		return err
	}
	if err := x.Skip(); err != nil {
		return err
	}
	return x.End()
}

// walk reads the element that x stands in as n says it is, and tells how they
// differ; an error of the scanner, which may be stricter, ends the walk.
func walk(x *Scanner, n *node) (difference string, err error) {
	if len(n.kids) == 0 {
		text, err := x.Text()
		if err == nil && text != n.text {
			return fmt.Sprintf("<%s>: text %q, want %q", n.name.Local, text, n.text), nil
		}
		return "", err
	}
	for _, k := range n.kids {
		name, ok, err := x.Child()
		if err != nil {
			return "", err
		}
		if !ok || name.Local != k.name.Local || name.Space != k.name.Space {
			return fmt.Sprintf("child %v %v, want %v", name, ok, k.name), nil
		}
		if diff := sameAttrs(x.Attrs(), k.attrs); diff != "" {
			return diff, nil
		}
		if diff, err := walk(x, k); diff != "" || err != nil {
			return diff, err
		}
	}
	if _, ok, err := x.Child(); ok || err != nil {
		if ok {
			return "too many children", nil
		}
		return "", err
	}
	return "", nil
}

func sameAttrs(got []Attr, want []xml.Attr) string {
	i := 0
	for _, w := range want {
		if w.Name.Space == "xmlns" || w.Name.Space == "" && w.Name.Local == "xmlns" {
			continue
		}
		if i == len(got) || got[i].Space != w.Name.Space || got[i].Local != w.Name.Local || got[i].Value != w.Value {
			return fmt.Sprintf("attributes %v, want %v", got, want)
		}
		i++
	}
	if i != len(got) {
		return fmt.Sprintf("attributes %v, want %v", got, want)
	}
	return ""
}

// compare holds the scanner to encoding/xml on one document.
func compare(s string) error {
	doc, err := oracle(s)
	skim := skims(s, Limits{})
	if err != nil {
		if skim == nil {
			return fmt.Errorf("accepted, but encoding/xml says %w", err)
		}
		return nil
	}
	x := New(s, Limits{})
	root, _, werr := x.Child()
	var diff string
	if werr == nil {
		k := doc.kids[0]
		if root.Local != k.name.Local || root.Space != k.name.Space {
			return fmt.Errorf("root %v, want %v", root, k.name)
		}
		if diff = sameAttrs(x.Attrs(), k.attrs); diff == "" {
			diff, werr = walk(x, k)
		}
		if werr == nil && diff == "" {
			werr = x.End()
		}
	}
	switch {
	case diff != "":
		return errors.New(diff)
	case werr == nil && skim != nil:
		return fmt.Errorf("read, but not skipped: %w", skim)
	}
	return nil
}
