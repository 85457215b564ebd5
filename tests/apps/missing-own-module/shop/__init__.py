import shop.settings_prod

app = shop.settings_prod
