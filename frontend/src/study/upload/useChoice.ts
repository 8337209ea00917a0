import { useCallback, useRef, useState } from 'react'
import { type Choice, type FoundFile, NOTHING_CHOSEN, withMore } from './chosenFiles'
import { entriesOf, readEntries } from './droppedFiles'

export interface ChosenInBrowser {
  choice: Choice
  /** How many files have been found so far while folders are being read, else null. */
  reading: number | null
  problem: string
  add: (found: readonly FoundFile[]) => void
  /** Must be called while the drop is being handled. */
  addDropped: (items: DataTransferItemList) => void
  change: (change: (choice: Choice) => Choice) => void
  /** Forgets what was chosen, and stops reading. */
  clear: () => void
}

/** What somebody has dropped or chosen to send, and has not sent yet. */
export function useChoice(): ChosenInBrowser {
  const [choice, setChoice] = useState(NOTHING_CHOSEN)
  const [reading, setReading] = useState<number | null>(null)
  const [problem, setProblem] = useState('')
  const abort = useRef(new AbortController())

  const add = useCallback((found: readonly FoundFile[]) => {
    setProblem('')
    setChoice((before) => withMore(before, found))
  }, [])

  const addDropped = useCallback(
    (items: DataTransferItemList) => {
      const entries = entriesOf(items)
      const { signal } = abort.current
      setReading(0)
      readEntries(entries, setReading, signal)
        .then((found) => {
          if (!signal.aborted) add(found)
        })
        .catch((error: unknown) => {
          if (!signal.aborted) setProblem(unreadable(error))
        })
        .finally(() => {
          if (!signal.aborted) setReading(null)
        })
    },
    [add],
  )

  const clear = useCallback(() => {
    abort.current.abort()
    abort.current = new AbortController()
    setReading(null)
    setProblem('')
    setChoice(NOTHING_CHOSEN)
  }, [])

  return { choice, reading, problem, add, addDropped, change: setChoice, clear }
}

function unreadable(error: unknown): string {
  const reason = error instanceof Error ? ` (${error.message})` : ''
  return `What you dropped could not be read${reason}. Nothing was sent. Check that you may open it, then drop it again.`
}
