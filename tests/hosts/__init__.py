"""Bots of others that ours is put into, each run as a process of its own."""
