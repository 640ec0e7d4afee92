"""All parts of the pages in every state, for who designs or checks them."""
