"""What village nodes send and fetch: the township's side of sync/1."""
