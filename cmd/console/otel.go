package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Telemetry is what the OTEL_* variables ask for. They are OpenTelemetry's, not ours:
// they have no flags, and the SDK reads those that say how. Here is what is decided by
// them, and what is wrong with them, which the SDK would pass over in silence.
type Telemetry struct {
	Traces, Logs                 bool
	TracesProtocol, LogsProtocol string
	where                        []string // "traces to https://…", for people
}

// The protocols of OTLP that are built in.
const (
	overHTTP = "http/protobuf"
	overGRPC = "grpc"
)

// String says what is sent where.
func (t Telemetry) String() string {
	if len(t.where) == 0 {
		return "OpenTelemetry is off."
	}
	return "OpenTelemetry sends " + strings.Join(t.where, ", ") + "."
}

// readTelemetry decides what is on. Traces are off unless an address for them is set or
// they are asked for by name: nobody who has not heard of this sends anything anywhere.
func (c *Config) readTelemetry(environ []string) {
	vars := otelVars{}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if value = strings.TrimSpace(value); value != "" && strings.HasPrefix(name, "OTEL_") {
			vars[name] = value
		}
	}
	disabled, err := truth(vars["OTEL_SDK_DISABLED"])
	if err != nil {
		c.problem("OTEL_SDK_DISABLED", "OTEL_SDK_DISABLED: %v", err)
	}
	if disabled {
		return // and nobody reads the rest
	}
	addressed := vars["OTEL_EXPORTER_OTLP_ENDPOINT"] != "" || vars["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] != ""
	t := &c.Telemetry
	t.Traces = c.exporter(vars, "OTEL_TRACES_EXPORTER", addressed)
	t.Logs = c.exporter(vars, "OTEL_LOGS_EXPORTER", false)
	if m := vars["OTEL_METRICS_EXPORTER"]; m != "" && m != "none" {
		c.warn("OTEL_METRICS_EXPORTER: metrics are not sent; Prometheus reads them where CONSOLE_METRICS_LISTEN says")
	}
	if p := vars["OTEL_PROPAGATORS"]; p != "" && t.Traces && !slices.Contains(words(p), "tracecontext") {
		c.warn("OTEL_PROPAGATORS: traceparent alone is read, of CONSOLE_TRUSTED_PROXIES; %q is not", p)
	}
	if vars["OTEL_CONFIG_FILE"] != "" {
		c.warn("OTEL_CONFIG_FILE: not read; use the other OTEL_* variables")
	}
	if !t.Traces && !t.Logs {
		return
	}
	if t.Traces {
		t.TracesProtocol = c.protocol(vars, "TRACES")
		t.where = append(t.where, "traces to "+vars.address("TRACES", t.TracesProtocol))
	}
	if t.Logs {
		t.LogsProtocol = c.protocol(vars, "LOGS")
		t.where = append(t.where, "logs to "+vars.address("LOGS", t.LogsProtocol))
	}
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if err := checkOtel(name, vars[name]); err != nil {
			c.problem(name, "%s: %v", name, err)
		}
	}
	c.checkSampler(vars)
}

type otelVars map[string]string

func truth(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", value)
}

// ofSignal is a variable of a signal, "TRACES" or "LOGS", or the one for all.
func (v otelVars) ofSignal(signal, what string) (name, value string) {
	name = "OTEL_EXPORTER_OTLP_" + signal + "_" + what
	if v[name] == "" {
		name = "OTEL_EXPORTER_OTLP_" + what
	}
	return name, v[name]
}

// address is where a signal goes, as the SDK has it, without anything secret.
func (v otelVars) address(signal, protocol string) string {
	name, text := v.ofSignal(signal, "ENDPOINT")
	if text == "" {
		text = map[string]string{overHTTP: "http://localhost:4318", overGRPC: "http://localhost:4317"}[protocol]
	}
	u, err := url.Parse(text)
	if err != nil {
		return "an address that cannot be read"
	}
	path := u.Path
	if protocol == overHTTP && name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
		path = strings.TrimRight(path, "/") + "/v1/" + strings.ToLower(signal)
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String() + " (" + protocol + ")"
}

// exporter reports whether a signal is to be sent. otherwise holds where nothing is said.
func (c *Config) exporter(vars otelVars, name string, otherwise bool) bool {
	switch word := vars[name]; word {
	case "":
		return otherwise
	case "none":
		return false
	case "otlp":
		return true
	default:
		c.problem(name, "%s: there is otlp and none, not %q", name, word)
		return false
	}
}

func (c *Config) protocol(vars otelVars, signal string) string {
	name, word := vars.ofSignal(signal, "PROTOCOL")
	switch word {
	case "", overHTTP:
		return overHTTP
	case overGRPC:
		return overGRPC
	}
	c.problem(name, "%s: there is %s and %s, not %q", name, overHTTP, overGRPC, word)
	return overHTTP
}

func (c *Config) checkSampler(vars otelVars) {
	const name, arg = "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"
	switch word := strings.ToLower(vars[name]); word {
	case "", "always_on", "always_off", "parentbased_always_on", "parentbased_always_off":
		return
	case "traceidratio", "parentbased_traceidratio":
		if share, err := strconv.ParseFloat(vars[arg], 64); vars[arg] != "" && (err != nil || !(share >= 0 && share <= 1)) {
			c.problem(arg, "%s: %q is not a share between 0 and 1", arg, vars[arg])
		}
	default:
		c.problem(name, "%s: there is no sampler %q", name, word)
	}
}

// checkOtel says what is wrong with one variable. It never repeats a header's value, nor
// an address, which may hold a password.
func checkOtel(name, value string) error {
	what, isExporter := strings.CutPrefix(name, "OTEL_EXPORTER_OTLP_")
	what = strings.TrimPrefix(strings.TrimPrefix(what, "TRACES_"), "LOGS_")
	switch {
	case isExporter && what == "ENDPOINT":
		return checkCollector(value)
	case isExporter && what == "HEADERS", name == "OTEL_RESOURCE_ATTRIBUTES":
		return checkPairs(value)
	case isExporter && what == "COMPRESSION":
		if value != "gzip" && value != "none" {
			return fmt.Errorf("there is gzip and none, not %q", value)
		}
	case isExporter && what == "INSECURE":
		_, err := truth(value)
		return err
	case isExporter && slices.Contains([]string{"CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"}, what):
		_, err := os.Stat(value)
		return err
	case isExporter && what == "TIMEOUT", strings.HasPrefix(name, "OTEL_BSP_"), strings.HasPrefix(name, "OTEL_BLRP_"):
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return fmt.Errorf("%q is not a whole number", value)
		}
	case strings.HasSuffix(name, "_LIMIT"): // negative: none
		if _, err := strconv.Atoi(value); err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
	}
	return nil
}

func checkCollector(value string) error {
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return errors.New("cannot be read as a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("must begin with http:// or https://")
	case u.Hostname() == "":
		return errors.New("names no host")
	case u.User != nil:
		return errors.New("must not carry a user or password, which the log would show; use OTEL_EXPORTER_OTLP_HEADERS")
	}
	return nil
}

// checkPairs checks a list such as "name=value,other=percent%20encoded".
func checkPairs(value string) error {
	for i, pair := range strings.Split(value, ",") {
		name, text, ok := strings.Cut(pair, "=")
		if _, err := url.PathUnescape(text); !ok || strings.TrimSpace(name) == "" || err != nil {
			return fmt.Errorf("part %d is not of the form name=value", i+1)
		}
	}
	return nil
}

// words splits a list at commas.
func words(text string) []string {
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
