import { Button } from '@mantine/core'
import type { Level } from '../api/types'
import { KeySheet } from '../keyboard/KeySheet'
import { keyOfLevel, SHORTCUTS, type Command } from './shortcuts'

interface ShortcutSheetProps {
  opened: boolean
  levels: readonly Level[]
  /** The protocol has the tree's outline over the DSA. */
  outline: boolean
  onTour: () => void
  onClose: () => void
}

const OUTLINE_COMMANDS = new Set<Command>([
  'tree over runs',
  'tree over runs stronger',
  'tree over runs weaker',
])

const MOUSE = {
  title: 'Mouse',
  keys: [
    { shown: 'Click', words: 'CT: all planes go to this point' },
    { shown: 'Drag', words: 'CT and DSA: window and level. Tree: turn it' },
    { shown: 'Wheel', words: 'CT: slices. DSA: frames. Tree: zoom' },
    { shown: 'Double click', words: 'Enlarge this view, or go back' },
  ],
}

export function ShortcutSheet({ levels, outline, onTour, ...rest }: ShortcutSheetProps) {
  const grades = levels.map(({ value, name }) => ({ shown: keyOfLevel(value), words: name }))
  const groups = SHORTCUTS.groups.map(({ title, shortcuts }) => {
    const keys = shortcuts.filter(({ command }) => outline || !OUTLINE_COMMANDS.has(command))
    return { title, keys: title === 'Rating' ? [...grades, ...keys] : keys }
  })
  return (
    <KeySheet
      groups={[...groups, MOUSE]}
      foot={
        <Button size="compact-sm" variant="default" onClick={onTour}>
          Show the tour of the room
        </Button>
      }
      {...rest}
    />
  )
}
