"""Pages that belong to no feature: home, finding one's progress, help, privacy, and the assets of all pages."""
