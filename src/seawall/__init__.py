"""Any Python web app behind Nginx and a production server, with one command."""

__version__ = "0.1.0"
