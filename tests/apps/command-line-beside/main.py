class Typer:
    def __call__(self, *arguments, **named):
        raise SystemExit(2)


app = Typer()
