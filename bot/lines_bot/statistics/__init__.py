"""Samples of the queues, and the figures made of them."""
