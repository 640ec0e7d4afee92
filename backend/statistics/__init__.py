"""Statistics: figures that keep outcomes apart, hot spots (堵点), each person's yearly work; all derived from the cases."""
