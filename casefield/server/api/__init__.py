"""The routes, one file a resource; each declares what it needs."""
