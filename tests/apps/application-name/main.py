import app

application = app.make()
