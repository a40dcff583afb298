package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// debian packs what is in an archive for dpkg. packaging/debian says what goes where.
func (r *release) debian(ctx context.Context, folder string, t target, entries []entry) (string, error) {
	service, err := os.ReadFile(filepath.Join("deploy", "agent-console.service"))
	if err != nil {
		return "", err
	}
	unit, err := packagedUnit(string(service))
	if err != nil {
		return "", err
	}
	for _, e := range append(slices.Clone(entries), entry{name: program + ".service", data: []byte(unit)}) {
		// The page and the longer texts are compressed in a package, as its policy has it.
		if strings.HasPrefix(e.name, "man/") || e.name == "CHANGELOG.md" || e.name == "LICENSES-OF-PARTS" {
			if e.data, err = compressed(e.data); err != nil {
				return "", err
			}
			e.name += ".gz"
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, e.name)), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(folder, e.name), e.data, e.mode()); err != nil {
			return "", err
		}
	}
	name := fmt.Sprintf("%s_%s_%s.deb", program, r.version, t.arch)
	with := *r
	with.environ = append(slices.Clone(r.environ), "RELEASE_FILES="+folder, "RELEASE_VERSION="+r.version, "RELEASE_ARCH="+t.arch)
	return name, with.tool(ctx, "nfpm", "package", "--config", "packaging/debian/nfpm.yaml", "--packager", "deb", "--target", filepath.Join(r.out, name))
}

func compressed(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Close()) // before the bytes are taken: it writes the last of them
	return b.Bytes(), err
}

// unitChanges are what a package does otherwise than whoever copies deploy's unit: the names
// of its files, one file for all settings, and a user who keeps its name, so that people can
// run `agentconsole backup` as the database's owner. What DynamicUser had switched on
// beside is named.
var unitChanges = [][2]string{
	{
		`# Agent Console under systemd. Put the binary at /usr/local/bin/console and the secret at
# /etc/agent-console/secret (openssl rand -base64 48 | install -m 600 /dev/stdin ...), then
#   systemctl enable --now agent-console
`,
		`# Agent Console under systemd. Before its first start:
#   agentconsole init /etc/agentconsole/console.env
`,
	},
	{"ExecStart=/usr/local/bin/console\n", "ExecStart=/usr/bin/agentconsole\n"},
	{"DynamicUser=yes\n", "User=agentconsole\nGroup=agentconsole\nPrivateTmp=yes\nRemoveIPC=yes\nRestrictSUIDSGID=yes\n"},
	{"StateDirectory=agent-console\n", "StateDirectory=agentconsole\nStateDirectoryMode=0750\n"},
	{"LoadCredential=secret:/etc/agent-console/secret\nEnvironment=CONSOLE_SECRET_FILE=%d/secret\n", ""},
	{"CONSOLE_DATABASE=%S/agent-console/console.db\n", "CONSOLE_DATABASE=%S/agentconsole/console.db\n"},
	{
		`# Settings of your own, one NAME=value a line; see the README.
EnvironmentFile=-/etc/agent-console/environment
`,
		`# The secret, and settings that win over those above. systemd itself reads it, so that it is
# for root alone to read.
EnvironmentFile=/etc/agentconsole/console.env
`,
	},
}

// packagedUnit is deploy's systemd unit as a package installs it.
func packagedUnit(unit string) (string, error) {
	for _, change := range unitChanges {
		if strings.Count(unit, change[0]) != 1 {
			return "", fmt.Errorf("deploy/agent-console.service has changed; packaging/release/debian.go looks for\n%s", change[0])
		}
		unit = strings.Replace(unit, change[0], change[1], 1)
	}
	return unit, nil
}
