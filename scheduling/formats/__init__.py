"""School files in, sheets out: what can be read, told apart by content and header, never by file name."""
