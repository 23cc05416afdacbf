# Keeps a PostgreSQL cluster in a temporary folder: arguments are the folder of the programs, the port on loopback and the superuser's password.
# Answers each line of standard input with one line: "start", "stop" and "kill" (as a power failure would) give "ready" and "stopped", or "failed".
# When standard input ends, because its process is done or dead, the cluster ends and its folder goes.
bin=$1 port=$2 password=$3
trap '' INT TERM HUP
folder=$(mktemp -d /tmp/crescent-postgres-XXXXXXXX)
data=$folder/data

# While the server is down, a connection of somebody else may have taken its port for its own end, and lets go of it again soon.
start() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        "$bin/pg_ctl" -D "$data" -s -w -t 60 -l "$folder/log" -o "-p $port -k $folder" start < /dev/null > /dev/null 2>&1 && { echo ready; return; }
        sleep 1
    done
    tail -n 5 "$folder/log" >&2
    echo failed
}

stop() {
    "$bin/pg_ctl" -D "$data" -s -w -t 60 -m "$1" stop > /dev/null 2>&1
}

echo "$password" > "$folder/password"
"$bin/initdb" -D "$data" -U postgres -A scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C.UTF-8 --no-sync > "$folder/log" 2>&1 || cat "$folder/log" >&2
cat >> "$data/postgresql.conf" << SETTINGS
listen_addresses = '127.0.0.1'
max_connections = 200
SETTINGS

while read -r line; do
    case $line in
        start) start ;;
        stop) stop fast; echo stopped ;;
        kill) stop immediate; echo stopped ;;
    esac
done
stop immediate
rm -rf "$folder"
