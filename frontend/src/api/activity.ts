// Whether somebody sits at the page. The server lets a session go on for requests that say so,
// and for no others: what the page asks by itself must not keep a forgotten screen open.

const INPUTS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const

let unsaid = false
const listeners = new Set<() => void>()

function note() {
  const first = !unsaid
  unsaid = true
  if (first) listeners.forEach((listener) => { listener() })
}

for (const input of INPUTS) {
  window.addEventListener(input, note, { passive: true, capture: true })
}

/** Whether the person did something since this was asked last. */
export function takeActivity(): boolean {
  const active = unsaid
  unsaid = false
  return active
}

/** Calls back when the person does something, once until the next request has told the server. */
export function onActivity(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
