# Keeps Azurite, the emulator of Azure Blob Storage, in a temporary folder: arguments are its main program, the port on loopback, the account and its key.
# Answers as postgres.sh does, and ends in the same way.
main=$1 port=$2
export AZURITE_ACCOUNTS="$3:$4"
trap '' INT TERM HUP
folder=$(mktemp -d /tmp/crescent-azurite-XXXXXXXX)

start() {
    : > "$folder/log"
    node "$main" --blobPort "$port" --location "$folder" --disableTelemetry < /dev/null > "$folder/log" 2>&1 &
    server=$!
    tries=0
    until grep -q 'successfully listen' "$folder/log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2> /dev/null; then
            tail -n 5 "$folder/log" >&2
            echo failed
            return
        fi
        sleep 0.1
    done
    echo ready
}

stop() {
    [ -z "${server:-}" ] || kill "-$1" "$server" 2> /dev/null
    wait "${server:-}" 2> /dev/null
    server=
}

while read -r line; do
    case $line in
        start) start ;;
        stop) stop TERM; echo stopped ;;
        kill) stop KILL; echo stopped ;;
    esac
done
stop KILL
rm -rf "$folder"
