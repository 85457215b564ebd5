class App:
    async def __call__(self, scope, receive, send):
        await send({})


app = App()
