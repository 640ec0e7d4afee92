"""What has to leave the township: written with what it tells, sent later, tried again, and never lost in silence."""
