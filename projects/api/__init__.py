"""The HTTP API of the data room, a file a resource."""
