"""What the page Review shows and does, apart from Streamlit."""
