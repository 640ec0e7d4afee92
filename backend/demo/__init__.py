"""A township to try out: real catalogue, invented people, everything on this machine. Never part of production."""
