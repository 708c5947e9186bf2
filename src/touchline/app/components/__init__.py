"""What pages show that Streamlit has no element for; words from files are set as text only."""
