"""The way without a line: bundles on a stick, out and back."""
