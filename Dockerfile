# syntax=docker/dockerfile:1

# One static binary, no shell, nobody's user. Build it with
#   docker build -t agentconsole .
# and run it with a secret and, for the default SQLite database, a volume:
#   docker run -p 8080:8080 -e CONSOLE_SECRET="$(openssl rand -base64 48)" -v console:/data agentconsole

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
# With .git, so that `console -version` names the commit it was built from.
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/console ./cmd/console \
 && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /out/console /console
COPY --from=build --chown=65532:65532 /out/data /data
# A number, since the image has no /etc/passwd and Kubernetes' runAsNonRoot wants one.
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV CONSOLE_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=4s --start-period=5s CMD ["/console", "healthcheck"]
# Longer than CONSOLE_SHUTDOWN_TIMEOUT: docker stop kills after 10 s unless told otherwise (-t 30).
STOPSIGNAL SIGTERM
ENTRYPOINT ["/console"]
