"""The five pages of the app; each module has one `render(workspace)`."""
