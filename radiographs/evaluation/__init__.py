"""How good a classifier is, how sure we are of that, and whether it may be released."""
