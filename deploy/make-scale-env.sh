#!/bin/sh
# Print the environment of the profile `scale` with fresh random passwords:
#   sh deploy/make-scale-env.sh > deploy/scale.env && chmod 600 deploy/scale.env
# The file stays on the machine. Making it anew locks Weike out of the database it has (docs/runbook.md).
set -eu

random() {
    # Letters and digits only: they need no quoting in an address or in JSON.
    od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'
}

database_password=$(random 24)
key_id=$(random 10)
key_secret=$(random 24)

cat <<END
POSTGRES_USER=weike
POSTGRES_PASSWORD=$database_password
POSTGRES_DB=weike
AWS_ACCESS_KEY_ID=$key_id
AWS_SECRET_ACCESS_KEY=$key_secret
WEIKE_DATABASE_URL=postgresql+psycopg://weike:$database_password@postgres:5432/weike
WEIKE_JOBS_URL=postgresql+psycopg://weike:$database_password@postgres:5432/weike_jobs
WEIKE_STORE_URL=s3://weike
WEIKE_STORE_OPTIONS={"endpoint": "http://objects:8333", "access_key_id": "$key_id", "secret_access_key": "$key_secret", "region": "us-east-1", "client_options": {"allow_http": true}}
END
