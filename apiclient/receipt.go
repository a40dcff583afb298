package apiclient

import (
	"errors"
	"net/http"
)

// receiptOf turns a 2xx to a write into a receipt. Only an explicit success is
// one; an explicit "0" is a refusal where its error_code is one that the vendor
// documents; anything else is left open by leavesOpen.
func (a *Caller) receiptOf(op string, ans *answer) (*Receipt, error) {
	env, err := a.envelopeOf(op, ans, false)
	if err != nil {
		return nil, err
	}
	switch env.success {
	case yes:
		return &Receipt{Message: a.creds.Key.clean(env.text, maxMessage), ReceivedAt: ans.at}, nil
	case no:
		return nil, a.failedEnvelope(op, ans, env)
	case odd:
		return nil, &oddSuccessError{a.failedEnvelope(op, ans, env)}
	}
	return nil, a.notAPI(op, ans, "JSON that says neither success nor failure")
}

// oddSuccessError marks a refusal whose success is neither yes nor no.
type oddSuccessError struct{ error }

func (e *oddSuccessError) Unwrap() error { return e.error }

// leavesOpen reports whether a write that failed with err may have been applied.
func leavesOpen(err error) bool {
	var (
		refused     *RefusedError
		unreachable *UnreachableError
		uncertain   *oddSuccessError
	)
	switch {
	case err == nil:
		return false
	case errors.As(err, &uncertain):
		return true
	case errors.As(err, &refused):
		// A 200 that says no has to say it in a word that is documented: a code nobody
		// knows may as well mean that it was done and something after it went wrong.
		undocumented := errors.Is(refused, ErrFailed) && refused.Code != CodeFail
		return refused.Status >= http.StatusInternalServerError || undocumented
	case errors.As(err, &unreachable):
		if unreachable.Reason == ReachRedirect {
			// The others turn a request away; a 303 is how some answer a POST
			// or PUT that they carried out.
			return unreachable.Status == http.StatusSeeOther
		}
		return unreachable.Sent
	}
	return false
}
