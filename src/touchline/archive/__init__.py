"""What happens after labelling: labels kept in files, photos sorted and tagged, and taken back."""
