"""How the township is: for service managers, proxies and Prometheus."""
