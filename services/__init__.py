"""The door of the system: the BentoML service and its web page."""
