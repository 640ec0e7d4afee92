"""`make bench`: the product's speed as ratios to a bare handler in the same process and the same run.

Absolute rates of a shared machine say little; the ratios carry over. What each row measures stands beside its goal.
"""
