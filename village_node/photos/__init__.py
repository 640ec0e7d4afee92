"""Photos of papers: shrunk, sealed, sent after the records and between them."""
