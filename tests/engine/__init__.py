"""Tests of the built-in engine, against programs written for the purpose."""
