package sqlstore

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// trips tells of statements on their way. The driver is the one place that all of them
// pass, those that begin and end a transaction included.
type trips struct {
	told func(ctx context.Context, system, verb string) func(error)
}

var _ pgx.QueryTracer = trips{}

type tripKey struct{}

// TraceQueryStart implements pgx.QueryTracer.
func (t trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, tripKey{}, t.told(ctx, "postgresql", verbOf(data.SQL)))
}

// TraceQueryEnd implements pgx.QueryTracer.
func (t trips) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if ended, ok := ctx.Value(tripKey{}).(func(error)); ok {
		ended(data.Err)
	}
}

// verbOf is a statement's first word; of the rest a text may be made of values.
func verbOf(statement string) string {
	for word := range strings.FieldsSeq(strings.TrimLeft(statement, "-; \t\r\n")) {
		return strings.ToUpper(strings.TrimRight(word, ";"))
	}
	return ""
}
