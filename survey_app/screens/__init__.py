"""Staff screens in Streamlit: one screen a file, beside the pieces that several screens share."""
