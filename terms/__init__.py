"""The vocabulary that every room shares: enums, value types and the problem record."""
