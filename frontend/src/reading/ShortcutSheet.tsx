import { Button } from '@mantine/core'
import type { Level } from '../api/types'
import { KeySheet } from '../keyboard/KeySheet'
import { keyOfLevel, SHORTCUTS } from './shortcuts'

interface ShortcutSheetProps {
  opened: boolean
  levels: readonly Level[]
  onTour: () => void
  onClose: () => void
}

const MOUSE = {
  title: 'Mouse',
  keys: [
    { shown: 'Click', words: 'CT: all planes go to this point' },
    { shown: 'Drag', words: 'CT and DSA: window and level. Tree: turn it' },
    { shown: 'Wheel', words: 'CT: slices. DSA: frames. Tree: zoom' },
    { shown: 'Double click', words: 'Enlarge this view, or go back' },
  ],
}

export function ShortcutSheet({ levels, onTour, ...rest }: ShortcutSheetProps) {
  const grades = levels.map(({ value, name }) => ({ shown: keyOfLevel(value), words: name }))
  const groups = SHORTCUTS.groups.map(({ title, shortcuts }) => ({
    title,
    keys: title === 'Rating' ? [...grades, ...shortcuts] : shortcuts,
  }))
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
