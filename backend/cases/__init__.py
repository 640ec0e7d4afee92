"""Cases (办件): filed, received, decided and handed over; a case is its chained history."""
