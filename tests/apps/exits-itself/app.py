import sys

print("no website configured", file=sys.stderr)
sys.exit(1)
