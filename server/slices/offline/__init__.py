"""离线: what a browser keeps for when the network is away, and the application that a phone installs."""
