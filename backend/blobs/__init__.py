"""Photos and scanned papers: received in pieces, checked apart, sealed, shown to staff."""
