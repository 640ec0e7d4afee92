"""Who may open this computer, what proves that it is the township's, and how both change hands."""
