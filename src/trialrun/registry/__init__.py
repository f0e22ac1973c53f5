"""Many records together: what comes in, what has changed, and (later) what is found and alike."""
