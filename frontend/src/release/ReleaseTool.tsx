import { ActionIcon, Tooltip } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { keyOf, type Command } from './releaseKeys'

interface ReleaseToolProps {
  icon: Icon
  words: string
  command: Command
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
}

/** A tool beside the picture: an icon, its words and its key on hover. */
export function ReleaseTool({ icon: Glyph, words, command, pressed, ...rest }: ReleaseToolProps) {
  return (
    <Tooltip label={`${words} · ${keyOf(command)}`} openDelay={300} withArrow>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'petrol' : 'gray'}
        size="md"
        aria-label={words}
        aria-pressed={pressed}
        {...rest}
      >
        <Glyph size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
