package sandbox

import (
	"encoding/binary"
	"hash/fnv"
	"time"
)

// status is an agent's system and user status at now. Without drift, for a
// pinned or inactive agent, and where the status is null, it is the stored one.
func (s *Server) status(tenant int64, a *Agent, now time.Time) (system, user string) {
	system, user = a.SystemStatus, a.UserStatus
	if s.behaviour.Drift <= 0 || a.Pinned || !a.Active {
		return system, user
	}
	own := hash(s.seed, uint64(tenant), a.ID, 0)
	// Each agent has a pace and a phase of its own, or the whole tenant would
	// change at one moment.
	pace := s.behaviour.Drift + time.Duration(own%8)*s.behaviour.Drift/8
	phase := time.Duration(own % uint64(pace))
	roll := hash(s.seed, uint64(tenant), a.ID, uint64((now.UnixNano()+int64(phase))/int64(pace)))
	if user != "" {
		user = choose(roll%100 < 70, Available, Logout)
	}
	if system != "" {
		system = choose((roll/100)%100 < 85, Available, NotAvailable)
	}
	return system, user
}

func choose(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func hash(seed, tenant uint64, id string, n uint64) uint64 {
	h := fnv.New64a()
	var numbers [24]byte
	binary.LittleEndian.PutUint64(numbers[0:], seed)
	binary.LittleEndian.PutUint64(numbers[8:], tenant)
	binary.LittleEndian.PutUint64(numbers[16:], n)
	h.Write(numbers[:])
	h.Write([]byte(id))
	// FNV's low bits follow its last input byte too closely to be a die.
	v := h.Sum64()
	v ^= v >> 33
	v *= 0xff51afd7ed558ccd
	v ^= v >> 33
	return v
}
