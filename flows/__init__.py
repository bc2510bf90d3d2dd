"""The order of the system: Prefect flows, one verb a file, and the command line."""
