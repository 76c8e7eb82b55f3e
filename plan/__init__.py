"""What a network comes to: addresses, tunnels, translation, flows, rules and policies, all frozen."""
