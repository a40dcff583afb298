package web_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alohub/agentconsole/web"
)

// TestDeployedMetricsExist: what the dashboard draws and the alerts watch is what the
// console counts, by name and by label; and no label is a key or an extension.
func TestDeployedMetricsExist(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	o := sound(t)
	o.Metrics = registry
	console, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer console.Close()
	descriptions := make(chan *prometheus.Desc, 100)
	registry.Describe(descriptions)
	close(descriptions)
	labels := map[string]string{}
	form := regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)
	for d := range descriptions {
		m := form.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("%s is not understood", d)
		}
		labels[m[1]] = m[2]
		for _, secret := range []string{"key", "agent", "extension", "operator", "tenant"} {
			if strings.Contains(m[2], secret) {
				t.Errorf("%s has the labels %s", m[1], m[2])
			}
		}
	}
	for _, file := range []string{"../deploy/alerts.yml", "../deploy/grafana.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(`console_[a-z_]+`).FindAllString(string(text), -1)
		if len(names) < 5 {
			t.Errorf("%s: %d metrics", file, len(names))
		}
		for _, name := range names {
			base := name
			for _, suffix := range []string{"_bucket", "_count", "_sum"} {
				base = strings.TrimSuffix(base, suffix)
			}
			if _, ok := labels[base]; !ok {
				t.Errorf("%s: there is no metric %s", file, name)
			}
		}
	}
}
