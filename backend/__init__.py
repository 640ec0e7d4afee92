"""The township: every rule of the office, its database, its API and its pages."""
