"""The clerk's page: server-rendered, works without JavaScript, listens on this computer unless told otherwise."""
