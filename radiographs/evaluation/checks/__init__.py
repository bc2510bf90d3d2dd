"""The checks of the release rule, each with the sentence that a person reads."""
