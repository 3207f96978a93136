"""The HTTP API of the training room, a file a resource."""
