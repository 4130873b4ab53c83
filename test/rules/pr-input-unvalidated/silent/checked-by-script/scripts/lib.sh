require_name() {
  case "$1" in
    '' | *[!a-z0-9-]*) echo "not a name: $1" >&2; exit 1 ;;
  esac
}
