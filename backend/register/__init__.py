"""What every register of the township does alike, be it cases or errands; it knows neither of them."""
