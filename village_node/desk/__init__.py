"""The clerk's work: cases, drafts, slips, corrections, money, people to call."""
