package sandbox_test

import (
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// The sandbox states the wire format on its own. Sharing a type with apiclient
// would make a drift of the two invisible.
func TestImportsNothingOfTheConsole(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if strings.HasPrefix(path, "github.com/alohub/agentconsole/") && path != "github.com/alohub/agentconsole/apiclient/sandbox" {
				t.Errorf("%s imports %s", entry.Name(), path)
			}
		}
	}
}
