// Package filter is the language in which list commands are filtered, sorted
// and paged. It knows fields by name and kind, never what they mean; how rows
// are read from the store is the commands' business.
//
// Two notations exist and may be mixed in one filter: the quick filter of the
// older interface (name:^lan$ type:isc) and the operators of the newer one
// (name=lan AND type in (isc, kea)).
//
//	filter    = [ or ]
//	or        = and { ( "|" | "||" | "or" ) and }
//	and       = not { [ "&" | "&&" | "and" | "," ] not }
//	not       = { "!" | "not" } primary
//	primary   = "(" or ")" | quick | operator | text
//	quick     = field ":" ( pattern { "|" pattern } | "(" or ")" )
//	operator  = field comparison value
//	          | field [ "not" ] "in" "(" [ value ] { "," [ value ] } ")"
//	text      = pattern                        (looked for in every field)
//	pattern   = { "!" } [ "^" ] characters [ "$" ]
//	comparison= "=" | "==" | "!=" | "<>"       equals, or not
//	          | ">" | ">=" | "<" | "<="        order
//	          | "=@" | "!@"                    contains
//	          | "=^" | "!^"                    starts with
//	          | "=$" | "!$"                    ends with
//	          | "=~" | "!~"                    regular expression (RE2)
//
// Words of the language and all comparisons are without regard to case. White
// space means AND, and stray commas are skipped.
//
// Fields. A name is one word or quoted. A colon separates only after a known
// field, because MAC and IPv6 addresses hold colons; a comparison after
// anything else is an error that names it. Where rows have custom properties,
// their names are fields too.
//
// Patterns. ^ starts with, $ ends with, both exactly, neither contains; ! is
// not, so description:!^$ finds what has a description. Characters end at white
// space, & and |, and a closing parenthesis of an open group. Quotes keep those
// and colons in the text; a backslash does it for one character. A pattern with
// [...], *, + or ? is a regular expression in which . ( ) { } are literal, the
// other way round from usual: \. \( \) \{ \} have the special meaning. A
// repetition sign in front is literal (*.corp.net). An alternative that follows
// without white space stays in the field: name:a|b looks for both in name,
// while name:a | b looks for b everywhere. In name:(a | b) the group belongs to
// the field.
//
// Values of comparisons end like patterns do, or are quoted, with \" for a
// quote. After = and != an unquoted leading ^ or $ and a trailing $ anchor like
// in a pattern. The expression after =~ ends at white space only.
//
// Kinds. Text is equal without regard to a final dot (model.FoldName).
// Addresses, numbers, dates and truth values are equal when their values are,
// and ordered by value; starts with, ends with, contains and expressions look at
// the text. A reference may be given as {#7-#12}, DHCPScopes/12 or a name that
// the caller's Resolve knows. A list matches when one of its elements does.
package filter
