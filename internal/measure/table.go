package main

import (
	"fmt"
	"io"
	"strings"

	"halxml/store/bolt"
)

// printGrowth prints the rows as a table in Markdown, a column for each size.
func printGrowth(w io.Writer, sizes []int, rows []*growth) {
	head, line := "| growth | target |", "|---|---|"
	for _, n := range sizes {
		head += " " + thousands(n) + " scopes |"
		line += "---:|"
	}
	fmt.Fprintf(w, "%s\n%s\n", head, line)
	for _, r := range rows {
		fmt.Fprintf(w, "| %s | %s | %s |\n", r.name, r.target, strings.Join(r.values, " | "))
	}
}

// printUsage prints what of the file each bucket takes, bytes for each scope of
// the largest data.
func printUsage(w io.Writer, sizes []int, usage map[string][]bolt.Usage) {
	n := sizes[len(sizes)-1]
	fmt.Fprintf(w, "\n| bucket (%s scopes) | keys | bytes used for each scope | pages for each scope |\n|---|---:|---:|---:|\n", thousands(n))
	var used, taken int64
	for _, u := range usage[fmt.Sprint(n)] {
		used, taken = used+u.Used, taken+u.Taken
		if u.Taken >= int64(n) {
			fmt.Fprintf(w, "| %s | %s | %d | %d |\n", u.Bucket, thousands(u.Keys), u.Used/int64(n), u.Taken/int64(n))
		}
	}
	fmt.Fprintf(w, "| all | | %d | %d |\n", used/int64(n), taken/int64(n))
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
