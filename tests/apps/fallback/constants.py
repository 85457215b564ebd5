app = "a name"
