"""The router lab: turns one description of a network into machines that send real packets."""
