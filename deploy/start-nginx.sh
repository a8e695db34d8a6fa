#!/bin/sh
# Start nginx with the secret that signs media addresses. It is read from Weike's own file and written to where
# only this container looks; it never stands in the repository or in the environment.
set -eu

secret_file=${MEDIA_SECRET_FILE:-/data/media_secret}
folder=${NGINX_RUN_FOLDER:-/tmp/nginx}
config=${NGINX_CONFIG:-/etc/nginx/nginx.conf}

secret=$(tr -d '\r\n' < "$secret_file")
case $secret in
    '' | *[!A-Za-z0-9_-]*)
        echo "start-nginx.sh: $secret_file must hold one word of letters, digits, - and _" >&2
        exit 1
        ;;
esac

umask 077
mkdir -p "$folder/cache"
# map, because a variable set in a server block would be unset in its error pages.
printf 'map "" $media_secret { default "%s"; }\n' "$secret" > "$folder/media_secret.conf"
exec nginx -c "$config" -g 'daemon off;' "$@"
