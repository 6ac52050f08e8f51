package hal

// AppendXMLText appends s as text of an element, for codecs that write messages
// of their own, such as faults.
func AppendXMLText(b []byte, s string) []byte { return appendXMLText(b, s) }

// AppendJSONString appends s as a JSON string.
func AppendJSONString(b []byte, s string) []byte { return appendJSONString(b, s) }
