async def app(scope, receive, send):
    await send({})
