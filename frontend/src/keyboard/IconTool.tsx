import { ActionIcon, Tooltip } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'

export interface IconToolProps {
  icon: Icon
  words: string
  /** The key that does the same, as it is written on screen; empty where there is none. */
  shownKey: string
  /** For tools that are on or off. */
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
}

const ICON_PX = { sm: 16, md: 18 }

/** A tool beside images: an icon, its words and its key on hover. */
export function IconTool({
  icon: Glyph,
  words,
  shownKey,
  size,
  pressed,
  ...rest
}: IconToolProps & { size: keyof typeof ICON_PX }) {
  return (
    <Tooltip label={shownKey ? `${words} · ${shownKey}` : words} openDelay={300} withArrow>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'petrol' : 'gray'}
        size={size}
        aria-label={words}
        aria-pressed={pressed}
        {...rest}
      >
        <Glyph size={ICON_PX[size]} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  )
}
