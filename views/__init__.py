"""Results as files for people and programs; views show and decide nothing."""
