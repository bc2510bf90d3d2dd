"""The promises of the system: Great Expectations suites and the release rule."""
