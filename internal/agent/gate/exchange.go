package gate

import (
	"net/http"
	"time"

	"halxml/internal/agent"
	"halxml/internal/errs"
)

// state answers a report of the server's state.
func (r *Remote) state(e *exchange) (any, *refusal) {
	var m agent.Report
	if f := e.decode(&m, &m.Hello); f != nil {
		return nil, f
	}
	r.mu.Lock()
	r.seeLocked(m.Seen)
	r.mu.Unlock()
	return agent.Heard{Version: agent.Version, Service: r.gate.word}, nil
}

// next takes what became of a task and answers with the one that is to be done
// next, as soon as there is one.
func (r *Remote) next(e *exchange) (any, *refusal) {
	var m agent.Next
	if f := e.decode(&m, &m.Hello); f != nil {
		return nil, f
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.Done != nil {
		r.seeLocked(m.Done.Seen)
		r.doneLocked(m.Hello.Agent, m.Done)
	}
	none := agent.Work{Version: agent.Version, Service: r.gate.word}
	if m.Leaving {
		r.leftLocked("has taken leave")
		r.former = []string{m.Hello.Agent} // what of it still arrives is late
		return none, nil
	}
	r.turn++
	turn := r.turn
	wait := time.NewTimer(agent.Wait)
	defer wait.Stop()
	r.wakeLocked() // one that still waits is a connection that has ended
	for {
		if r.turn != turn || r.agent != m.Hello.Agent {
			return none, nil
		}
		if len(r.calls) > 0 {
			c := r.calls[0]
			c.handed = m.Hello.Agent
			return agent.Work{Version: agent.Version, Service: r.gate.word, Task: &c.task}, nil
		}
		wake := r.wake
		r.mu.Unlock()
		over, cut := false, false
		select {
		case <-wake:
		case <-wait.C:
			over = true
		case <-r.gate.end:
			over = true
		case <-e.Context().Done():
			cut = true
		}
		r.mu.Lock()
		switch {
		case cut && r.turn == turn && r.agent == m.Hello.Agent:
			r.broken = r.gate.o.Now()
			return nil, &refusal{http.StatusServiceUnavailable, errs.Unavailable, "The agent has gone"}
		case over || cut:
			r.heard = r.gate.o.Now()
			return none, nil
		}
	}
}

// doneLocked ends the call that an agent has done. What became of others is of
// no interest any more: of those that were given up, or of a service that has
// ended.
func (r *Remote) doneLocked(word string, result *agent.Result) {
	if len(r.calls) == 0 || r.calls[0].task.ID != result.ID || r.calls[0].handed != word {
		return
	}
	c := r.calls[0]
	r.calls = r.calls[1:]
	c.result = result
	close(c.done)
}

// part takes a piece of the server's lease file.
func (r *Remote) part(e *exchange) (any, *refusal) {
	var m agent.Part
	if f := e.decode(&m, &m.Hello); f != nil {
		return nil, f
	}
	if m.At < 0 || len(m.Data) > agent.MaxPart {
		return nil, &refusal{http.StatusBadRequest, errs.Malformed, "The part of the lease file is not where one can be"}
	}
	size, err := r.spool.add(m.Hello.Agent+" "+m.Copy, m.At, m.Data, m.End)
	kept := agent.Kept{Version: agent.Version, Copy: m.Copy, Size: size}
	switch {
	case err == errTooLarge:
		return nil, &refusal{http.StatusRequestEntityTooLarge, errs.TooLarge, "The lease file is too large to be kept here"}
	case err == errUnknown:
		kept.Copy = ""
	case err != nil:
		r.gate.o.Log.Error().Err(err).Str("server", r.server).Msg("the lease file cannot be kept")
		return nil, &refusal{http.StatusInternalServerError, errs.Internal, "The lease file cannot be kept here; the service's log says why"}
	}
	return kept, nil
}
