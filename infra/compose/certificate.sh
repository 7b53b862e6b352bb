# A certificate for the host of PUBLIC_ORIGIN, signed by itself: HTTPS for trying, and what Traefik needs to start.
set -euo pipefail
cd /certificate
if [ -s tls.crt ] && [ -s tls.key ]; then echo "There is a certificate."; exit 0; fi
host=${PUBLIC_ORIGIN#*://}; host=${host%%[:/]*}
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 825 -keyout tls.key -out tls.crt \
  -subj "/CN=$host" -addext "subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1" 2>/dev/null
chown "$OWNER" tls.key tls.crt
echo "Made a certificate for $host."
