package conf

import (
	"iter"
	"net/netip"
)

// All visits every statement of the block in file order, outer ones before those inside them. Statements of included
// files come in the place of the include.
func (b *Block) All() iter.Seq[Statement] {
	return func(yield func(Statement) bool) { b.visit(yield) }
}

func (b *Block) visit(yield func(Statement) bool) bool {
	for _, s := range b.Statements {
		if !yield(s) {
			return false
		}
		if n, ok := s.(Nested); ok {
			if !n.Body().visit(yield) {
				return false
			}
		}
	}
	return true
}

// Direct visits the statements that apply in this very block: its own and those of included files, without what stands
// inside other declarations.
func (b *Block) Direct() iter.Seq[Statement] {
	return func(yield func(Statement) bool) { b.direct(yield) }
}

func (b *Block) direct(yield func(Statement) bool) bool {
	for _, s := range b.Statements {
		if inc, ok := s.(*Include); ok && inc.Expanded {
			if !inc.Block.direct(yield) {
				return false
			}
			continue
		}
		if !yield(s) {
			return false
		}
	}
	return true
}

// Prefix returns the subnet as a prefix; ok is false for a mask with holes or host bits in the address.
func (s *Subnet) Prefix() (prefix netip.Prefix, ok bool) {
	if !s.Network.Is4() || !s.Mask.Is4() {
		return netip.Prefix{}, false
	}
	m := s.Mask.As4()
	bits := 0
	for bits < 32 && m[bits/8]&(0x80>>(bits%8)) != 0 {
		bits++
	}
	for i := bits; i < 32; i++ {
		if m[i/8]&(0x80>>(i%8)) != 0 {
			return netip.Prefix{}, false
		}
	}
	prefix = netip.PrefixFrom(s.Network, bits)
	return prefix, prefix.Masked() == prefix
}

// MAC returns the address in lower case with two digits a byte, the form in which equal addresses are equal. ok is false
// when it is not a list of hexadecimal bytes with colons between.
func (s *Hardware) MAC() (mac string, ok bool) {
	const hexDigits = "0123456789abcdef"
	out := make([]byte, 0, len(s.Address)+6)
	digits, value := 0, 0
	for i := 0; i <= len(s.Address); i++ {
		if i == len(s.Address) || s.Address[i] == ':' {
			if digits == 0 {
				return "", false
			}
			if len(out) > 0 {
				out = append(out, ':')
			}
			out = append(out, hexDigits[value>>4], hexDigits[value&15])
			digits, value = 0, 0
			continue
		}
		d := hexDigit(s.Address[i])
		if digits++; d < 0 || digits > 2 {
			return "", false
		}
		value = value<<4 | d
	}
	return string(out), true
}
