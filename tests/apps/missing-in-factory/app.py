def create_app():
    import surely_not_installed

    return surely_not_installed.app
