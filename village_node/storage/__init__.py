"""The node's file and folder on this computer's disk: sealed, durable, watched and backed up."""
