"""What can be said of the arteries once the network has marked them."""
