"""微信: what the township says to WeChat's servers, and a stand-in for demo and tests.

`client` is the adapter, `faults` what can go wrong, `push` the signature on events WeChat sends us.
`standin` is a separate program; nothing in the adapter knows of it but the base URL it is given.
"""
