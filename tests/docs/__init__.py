"""Parts of README and docs that are made from the program; `make docs` writes them."""
