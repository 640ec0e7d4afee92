"""The contract between phones, village nodes and the township, and what both sides must do identically.

Imports no other package of this repository.
"""

from typing import Final

VERSION: Final = "0.4.0"
"""Of both programs: they are released together, though a village may run an older one for long."""
