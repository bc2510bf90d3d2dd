"""Whether a classifier looks where it should: what becomes of its answers when films are changed on purpose."""
