"""How it is spoken: what comes from outside becomes records, and the other way round."""
