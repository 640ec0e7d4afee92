"""Proxy errands (代办): what the centre runs for people at the six utilities, with mandate, consent, papers and money."""
