"""sync/1 from the village's side: what is written down goes up, what concerns it comes down."""
