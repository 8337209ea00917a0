// What waits while a session is over: requests that are sent again once the person is back.

type Listener = () => void

let ended = false
let waiting: Listener[] = []
const listeners = new Set<Listener>()

function tell() {
  listeners.forEach((listener) => { listener() })
}

/** The session is over; resolves when the same person has logged in again. */
export function untilSignedInAgain(): Promise<void> {
  noteSessionEnd()
  return new Promise((resolve) => {
    waiting.push(resolve)
  })
}

export function noteSessionEnd() {
  if (ended) return
  ended = true
  tell()
}

export function noteSignedInAgain() {
  ended = false
  const released = waiting
  waiting = []
  released.forEach((release) => { release() })
  tell()
}

export const hasSessionEnded = () => ended

export function onSessionEnd(listener: Listener): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
