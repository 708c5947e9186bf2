"""What the page Players shows and does, apart from Streamlit."""
