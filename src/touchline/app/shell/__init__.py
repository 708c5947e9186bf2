"""What Streamlit runs for each look at the app, alone in its folder."""
