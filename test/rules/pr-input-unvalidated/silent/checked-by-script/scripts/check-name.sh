#!/usr/bin/env bash
set -euo pipefail
name="${1:?a name}"
if ! [[ "$name" =~ ^[a-z0-9-]+$ ]]; then
  echo "::error::$name is no name for a preview"
  exit 1
fi
