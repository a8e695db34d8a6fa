#!/bin/sh
# Start nginx with the secrets that sign media addresses, and reload it when they change. They are read from
# Weike's own file (the present one, and below it the one before) and written to where only this container
# looks; they never stand in the repository or in the environment.
set -eu

secret_file=${MEDIA_SECRET_FILE:-/data/media_secret}
folder=${NGINX_RUN_FOLDER:-/tmp/nginx}
config=${NGINX_CONFIG:-/etc/nginx/nginx.conf}
look_s=2

# Print the map from the name of a secret (server/delivery/signing.py: key_id) to the secret.
keys() {
    count=0
    lines=
    while IFS= read -r secret || [ -n "$secret" ]; do
        secret=${secret%"$(printf '\r')"}
        case $secret in
            '') continue ;;
            *[!A-Za-z0-9_-]*) count=9 ;;
        esac
        count=$((count + 1))
        name=$(printf 'weike media key %s' "$secret" | sha256sum | cut -c1-8)
        lines="$lines
    \"$name\" \"$secret\";"
    done < "$secret_file"
    if [ "$count" -lt 1 ] || [ "$count" -gt 2 ]; then
        echo "start-nginx.sh: $secret_file must hold one word of letters, digits, - and _ or two, one per line" >&2
        return 1
    fi
    # map, because a variable set in a server block would be unset in its error pages.
    printf 'map $media_key $media_secret {\n    default "";%s\n}\n' "$lines"
}

write() {
    printf '%s\n' "$1" > "$folder/media_secret.new"
    mv "$folder/media_secret.new" "$folder/media_secret.conf"
}

# Tell the nginx of process $1 of new secrets, for as long as it runs. A file that cannot be used changes nothing.
watch() {
    while sleep "$look_s" && kill -0 "$1" 2> /dev/null; do
        fresh=$(keys 2> /dev/null) || continue
        [ "$fresh" = "$known" ] && continue
        known=$fresh
        write "$known"
        kill -HUP "$1"
        echo "start-nginx.sh: other media secrets, nginx reloads" >&2
    done
}

# Print what takes the path of WEIKE_PUBLIC_URL off: https://site/weike leaves /weike.
prefix() {
    rest=${WEIKE_PUBLIC_URL:-}
    rest=${rest#*://}
    path=/${rest#*/}
    [ "$rest" = "${rest#*/}" ] && path=
    path=$(printf '%s' "$path" | sed 's:/*$::')
    case $path in
        '') return ;;
        *[!A-Za-z0-9/_.~-]* | *//* | */.*)
            echo "start-nginx.sh: the path in WEIKE_PUBLIC_URL may have letters, digits, - and _ only" >&2
            return 1
            ;;
    esac
    pattern=$(printf '%s' "$path" | sed 's/[.]/\\./g')
    printf 'rewrite "^%s(?:/(.*))?$" /$1;\n' "$pattern"
}

# Print the map that tells browsers who came by https to come so from now on (WEIKE_HSTS_S, as Weike itself does):
# what nginx answers by itself never passes Weike.
hsts() {
    seconds=${WEIKE_HSTS_S:-31536000}
    case $seconds in
        *[!0-9]*)
            echo "start-nginx.sh: WEIKE_HSTS_S must be a number of seconds" >&2
            return 1
            ;;
    esac
    said="max-age=$seconds"
    [ "$seconds" -eq 0 ] && said=
    otherwise=
    case ${WEIKE_PUBLIC_URL:-} in
        https://*) otherwise=$said ;;
    esac
    printf 'map $seen_scheme $hsts {\n    default "%s";\n    https "%s";\n}\n' "$otherwise" "$said"
}

umask 077
mkdir -p "$folder/cache"
taken_off=$(prefix)
printf '%s\n' "$taken_off" > "$folder/prefix.conf"
kept_on_https=$(hsts)
printf '%s\n' "$kept_on_https" > "$folder/hsts.conf"
known=$(keys)
write "$known"
if [ $# -eq 0 ]; then
    watch $$ &
fi
exec nginx -c "$config" -g 'daemon off;' "$@"
