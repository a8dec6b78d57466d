"""From a scenario to its actors, and from ended actors to a result."""
