"""案卷: one finished case as a closed file that proves itself, without this program and without its database."""
