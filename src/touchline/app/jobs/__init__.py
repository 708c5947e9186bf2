"""Long work in processes of its own, which outlive the page and the app that started them."""
