"""What a network comes to: addresses, tunnels, flows, rules and policies, all frozen."""
