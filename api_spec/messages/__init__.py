"""Bodies and answers, one file per feature. Bodies are pydantic models (`Message`), answers are msgspec Structs (`Answer`)."""
