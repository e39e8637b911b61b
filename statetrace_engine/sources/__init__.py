"""Where signals come from: each source is one module that listens or asks, and puts what it hears into the inbox."""
