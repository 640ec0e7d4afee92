"""Applications begun and not yet sent."""
