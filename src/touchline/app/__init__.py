"""The app: pages in a browser that call the same functions as the command line."""
