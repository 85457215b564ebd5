import surely_not_installed.inner

app = surely_not_installed.inner
