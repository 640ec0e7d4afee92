"""The way upward: what a 一体化平台 is told of cases and items, with its receipts."""
