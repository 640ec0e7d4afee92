"""What is printed or shown as a QR code, alike on township and village node. Knows no case, only finished words."""
