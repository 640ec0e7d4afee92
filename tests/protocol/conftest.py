"""Property tests share two cores with everything else: an example may take as long as it likes."""

from hypothesis import settings

settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
