package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// presentedKey is the key a request carries; ok is false where two headers
// carry different ones.
func (s *Server) presentedKey(r *http.Request) (key string, ok bool) {
	s.mu.Lock()
	accepted := s.behaviour.AuthHeaders
	s.mu.Unlock()

	named := bareKey(r.Header.Get("X-Api-Key"))
	general := bareKey(r.Header.Get("Authorization"))
	switch {
	case accepted == OnlyXAPIKey:
		return named, true
	case accepted == OnlyAuthorization:
		return general, true
	case named == "":
		return general, true
	default:
		return named, general == "" || general == named
	}
}

func bareKey(value string) string {
	value = strings.TrimSpace(value)
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(rest)
	}
	return value
}

// admit does the gateway's work: the key, the tenant, the limits. Either refused
// is set, or tenant and the limit headers that belong on the answer are.
func (s *Server) admit(x *exchange) (tenant int64, header http.Header, refused *answer) {
	refuse := func(status int, code, format string, args ...any) (int64, http.Header, *answer) {
		a := refusal(status, code, fmt.Sprintf(format, args...))
		return 0, nil, &a
	}
	presented, consistent := s.presentedKey(x.r)
	key, known := s.keys[presented]
	switch {
	case presented == "":
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED", "Missing API key")
	case !known, !consistent:
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED", "Invalid API key")
	case !slices.Contains(key.Scopes, ScopeAgent):
		return refuse(http.StatusForbidden, "INSUFFICIENT_SCOPE", "API key does not have scope %s", ScopeAgent)
	}
	tenant, ok := key.tenant(x.r.Header.Get("X-Tenant-ID"))
	if !ok {
		return refuse(http.StatusForbidden, "INSUFFICIENT_SCOPE", "API key is not allowed tenant %s", x.r.Header.Get("X-Tenant-ID"))
	}
	if team := x.query.Get("team_id"); x.route.op == OpList && team != "" {
		n, err := strconv.ParseInt(team, 10, 64)
		if err != nil {
			a := invalid("team_id must be a number")
			return 0, nil, &a
		}
		if !key.allows(n) {
			return refuse(http.StatusForbidden, "INSUFFICIENT_SCOPE", "API key is not allowed tenant %d", n)
		}
		tenant = n
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	x.call.Tenant = tenant
	header, by := s.limiter.admit(tenant, x.route.op, s.clock())
	if by == nil {
		return tenant, header, nil
	}
	a := refusal(http.StatusTooManyRequests, "RATE_LIMIT_EXCEEDED",
		fmt.Sprintf("%s limit of %d requests per %s exceeded", by.name, by.limit, s.limiter.limits.WindowLength()))
	maps.Copy(a.header, header)
	return 0, nil, &a
}

// tenant is the one a request means: the header's, or the key's own.
func (k Key) tenant(header string) (int64, bool) {
	if header = strings.TrimSpace(header); header == "" {
		if len(k.Tenants) == 0 {
			return 0, false
		}
		return k.Tenants[0], true
	}
	n, err := strconv.ParseInt(header, 10, 64)
	return n, err == nil && k.allows(n)
}
