"""Which times suit whom, and booking one of them."""
