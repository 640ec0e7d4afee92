"""Tortoise engines that survive cancellation; they know drivers, no tables."""
