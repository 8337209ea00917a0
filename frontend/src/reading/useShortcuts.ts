import { useEffect, useEffectEvent } from 'react'
import type { Level } from '../api/types'
import { meaningOf, type Command } from './shortcuts'

interface Handlers {
  onCommand: (command: Command) => void
  onGrade: (value: number) => void
}

/** Listens for the keys of the reading room, wherever the focus is. */
export function useShortcuts(levels: readonly Level[], { onCommand, onGrade }: Handlers): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const meaning = meaningOf(event, levels)
    if (!meaning) return
    event.preventDefault()
    if ('grade' in meaning) onGrade(meaning.grade)
    else if (!event.repeat || meaning.repeats) onCommand(meaning.command)
  })
  useEffect(() => {
    window.addEventListener('keydown', press)
    return () => {
      window.removeEventListener('keydown', press)
    }
  }, [])
}
