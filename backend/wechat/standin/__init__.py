"""模拟微信: a server that keeps WeChat's documented behaviour, for demonstrations and tests only.

`python -m backend.wechat.standin --port 8099 --people demo --mode demo`

Everything is in memory. The adapter must work against it with nothing changed but the base URL, so it
knows nothing of the township: no case, no person but its own few phone owners.

Paths of WeChat are in `api`, the page a person sees in `authorize`; `control` holds what WeChat does not
have: making codes, moving the clock, breaking calls, reading sent messages, all below ``/_standin/``.
"""
