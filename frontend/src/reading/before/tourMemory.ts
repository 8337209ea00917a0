/** Whether a person has seen the tour in this browser. */

const KEY = 'reader-study.tour-seen'

/** Navigation state of who comes from the list, not by the address of a case. */
export const FROM_LIST = { fromList: true } as const

export function isFromList(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'fromList' in state
}

export function hasSeenTour(username: string): boolean {
  return seenBy().includes(username)
}

export function rememberTour(username: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...new Set([...seenBy(), username])]))
  } catch {
    // A browser that stores nothing shows the tour again.
  }
}

function seenBy(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}
