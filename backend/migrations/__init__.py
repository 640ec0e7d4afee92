"""The history of the schema, one file a step; written by `python -m backend.migrate make`."""
