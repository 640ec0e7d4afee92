"""通知: telling people what happened to their business, by WeChat, short message or a person on the phone."""
