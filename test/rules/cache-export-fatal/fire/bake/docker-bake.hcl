group "default" {
  targets = ["shop", "web"]
}

target "shop" {
  tags     = ["ghcr.io/acme/shop:1.4.2"]
  cache-to = ["type=registry,ref=ghcr.io/acme/cache:shop"]
}

target "web" {
  tags     = ["ghcr.io/acme/web:1.4.2"]
  cache-to = ["type=registry,ref=ghcr.io/acme/cache:web,ignore-error=true"]
}
