package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// presentedKey is the key a request carries; wrong says what is wrong with how it does.
func (s *Server) presentedKey(r *http.Request) (key, wrong string) {
	s.mu.Lock()
	accepted := s.behaviour.AuthHeaders
	s.mu.Unlock()

	named := bareKey(r.Header.Get("X-Api-Key"))
	general := bareKey(r.Header.Get("Authorization"))
	switch {
	case accepted == OnlyXAPIKey:
		return named, ""
	case accepted == OnlyAuthorization:
		return general, ""
	case accepted == OneHeader && named != "" && general != "":
		return named, "Duplicate API key found"
	case accepted == BothHeaders && (named == "" || general == ""):
		return "", ""
	case named == "":
		return general, ""
	case general != "" && general != named:
		return named, "Invalid API key"
	default:
		return named, ""
	}
}

func (s *Server) tenantHeader() TenantHeader {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behaviour.Tenant
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
	presented, wrong := s.presentedKey(x.r)
	key, known := s.keys[presented]
	switch {
	case presented == "":
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED", "Missing API key")
	case wrong != "":
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED", "%s", wrong)
	case !known:
		return refuse(http.StatusUnauthorized, "UNAUTHORIZED", "Invalid API key")
	case !slices.Contains(key.Scopes, ScopeAgent):
		return refuse(http.StatusForbidden, "INSUFFICIENT_SCOPE", "API key does not have scope %s", ScopeAgent)
	}
	named := x.r.Header.Get("X-Tenant-ID")
	switch handling := s.tenantHeader(); {
	case handling == TenantIgnored:
		named = ""
	case handling == TenantNeeded && named == "":
		a := invalid("X-Tenant-ID is missing")
		return 0, nil, &a
	case handling == TenantRefused && named != "":
		return refuse(http.StatusForbidden, "FORBIDDEN", "X-Tenant-ID is not for clients to send")
	}
	tenant, ok := key.tenant(named)
	if !ok {
		return refuse(http.StatusForbidden, "INSUFFICIENT_SCOPE", "API key is not allowed tenant %s", named)
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
