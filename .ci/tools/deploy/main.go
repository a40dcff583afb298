// Command deploy reads the deployment files with the libraries of the tools they are for:
// Compose's own loader, and Kubernetes' own types, strictly.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: deploy COMPOSE-FILE KUBERNETES-FILE")
		os.Exit(2)
	}
	if err := errors.Join(compose(os.Args[1]), kubernetes(os.Args[2])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compose(path string) error {
	options, err := cli.NewProjectOptions([]string{path})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	fmt.Printf("%s: %d services\n", path, len(project.Services))
	return nil
}

func kubernetes(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	n := 0
	for i, part := range bytes.Split(text, []byte("\n---\n")) {
		var kind struct{ Kind string }
		if err := yaml.Unmarshal(part, &kind); err != nil {
			return fmt.Errorf("%s, document %d: %w", path, i+1, err)
		}
		into := map[string]any{
			"Deployment": &appsv1.Deployment{}, "Service": &corev1.Service{}, "PodDisruptionBudget": &policyv1.PodDisruptionBudget{},
		}[kind.Kind]
		if into == nil {
			return fmt.Errorf("%s, document %d: nobody checks a %q", path, i+1, kind.Kind)
		}
		if err := yaml.UnmarshalStrict(part, into); err != nil {
			return fmt.Errorf("%s, document %d: %w", path, i+1, err)
		}
		n++
	}
	fmt.Printf("%s: %d objects\n", path, n)
	return nil
}
