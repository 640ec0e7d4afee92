"""Events for programs outside: CloudEvents, signed, without personal data."""
