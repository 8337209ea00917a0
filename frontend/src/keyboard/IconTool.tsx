import { ActionIcon, Tooltip } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'

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

/** How long a pointer rests on a tool before its words come up. */
const REST_MS = 300

/**
 * A tool beside images: an icon, its words and its key on hover.
 *
 * A room has some fifty tools. Each gets its tooltip when a pointer rests on it, not before.
 */
export function IconTool({
  icon: Glyph,
  words,
  shownKey,
  size,
  pressed,
  ...rest
}: IconToolProps & { size: keyof typeof ICON_PX }) {
  const button = useRef<HTMLButtonElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [told, setTold] = useState(false)
  const leave = () => {
    clearTimeout(timer.current)
    setTold(false)
  }
  useEffect(
    () => () => {
      clearTimeout(timer.current)
    },
    [],
  )
  return (
    <>
      <ActionIcon
        ref={button}
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'petrol' : 'gray'}
        size={size}
        aria-label={words}
        aria-pressed={pressed}
        onPointerEnter={() => {
          timer.current = setTimeout(() => {
            setTold(true)
          }, REST_MS)
        }}
        onPointerLeave={leave}
        {...rest}
      >
        <Glyph size={ICON_PX[size]} stroke={1.7} />
      </ActionIcon>
      {told && (
        <Tooltip
          target={button}
          label={shownKey ? `${words} · ${shownKey}` : words}
          opened
          withArrow
        />
      )}
    </>
  )
}
