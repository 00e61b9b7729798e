"""The demo: invented people, two workers, headquarters on loopback; never near real data."""
