"""Photos a citizen sends of their papers, before and after they are named in a case."""
