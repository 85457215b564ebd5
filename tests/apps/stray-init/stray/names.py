FRONT = "front"
