#!/bin/sh
set -e
docker build -t ghcr.io/acme/web:latest .
docker push ghcr.io/acme/web:latest
