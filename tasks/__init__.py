"""The effects of the system: thin Prefect tasks, each around one call of the domain."""
