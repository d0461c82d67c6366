"""What the paper did: each study is a function from settings to plain arrays."""
