"""What `manage.py up` does: checks, embedded servers, and one supervisor for every process."""
