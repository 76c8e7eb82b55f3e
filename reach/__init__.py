"""Who can reach whom, and why: an evaluation of the rules, routes, tunnels and policies emitted."""
