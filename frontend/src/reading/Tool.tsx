import { ActionIcon, Tooltip } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { keyOf, type Command } from './shortcuts'

interface ToolProps {
  icon: Icon
  words: string
  command?: Command
  /** For tools that are on or off. */
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
}

/** A tool of the reading room: an icon, its words and its key on hover. */
export function Tool({ icon: Glyph, words, command, pressed, disabled, onClick }: ToolProps) {
  const key = command ? keyOf(command) : ''
  return (
    <Tooltip label={key ? `${words} · ${key}` : words} openDelay={300} withArrow>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'petrol' : 'gray'}
        size="sm"
        aria-label={words}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={onClick}
      >
        <Glyph size={16} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
