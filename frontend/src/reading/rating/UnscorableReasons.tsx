import { Menu } from '@mantine/core'
import { useEffect, useEffectEvent } from 'react'
import type { Answers, RaterProtocol } from '../../api/types'
import { isClosed, type Rating } from './rating'
import { keyOf } from '../shortcuts'
import classes from '../room.module.css'

interface UnscorableReasonsProps {
  protocol: RaterProtocol
  rating: Rating
  reasonsShown: boolean
  onReasonsShown: (shown: boolean) => void
  onEdit: (answers: Partial<Answers>) => void
}

/** “Cannot be scored”, and why. */
export function UnscorableReasons(props: UnscorableReasonsProps) {
  const { protocol, rating, reasonsShown, onReasonsShown, onEdit } = props
  const reasons = protocol.unscorable_reasons
  const chosen = reasons.find(({ code }) => code === rating.answers.unscorable_reason)
  /** Takes a digit for the reason that it stands before; returns whether it is one. */
  const choose = (event: Pick<KeyboardEvent, 'key'>): boolean => {
    const reason = reasons[Number(event.key) - 1]
    if (!/^[1-9]$/.test(event.key) || !reason) return false
    onEdit({ unscorable_reason: reason.code })
    onReasonsShown(false)
    return true
  }
  const chooseUnfocused = useEffectEvent((event: KeyboardEvent) => {
    const withModifier = event.ctrlKey || event.metaKey || event.altKey
    if (!event.defaultPrevented && !withModifier && choose(event)) event.preventDefault()
  })
  // The menu is open before the focus is in it; a digit that is no grade was not heard till then.
  useEffect(() => {
    if (!reasonsShown) return
    window.addEventListener('keydown', chooseUnfocused)
    return () => {
      window.removeEventListener('keydown', chooseUnfocused)
    }
  }, [reasonsShown])
  return (
    // Gone at once, and the focus does not go back to the button: the next Enter submits the case.
    // A key pressed before the focus is in the menu is no reason to close it: it may be the answer.
    <Menu
      opened={reasonsShown}
      onChange={onReasonsShown}
      position="top"
      withArrow
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      withinPortal={false}
      clickOutsideEvents={['mousedown', 'touchstart']}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          className={classes.level}
          aria-pressed={chosen !== undefined}
          disabled={isClosed(rating)}
        >
          <kbd>{keyOf('unscorable')}</kbd>
          <span>{chosen ? chosen.label : 'Cannot be scored'}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown
        onKeyDown={(event) => {
          // By the time the page hears of it, the menu is gone, and the digit would be a grade.
          if (choose(event)) event.stopPropagation()
        }}
      >
        <Menu.Label>Why can it not be scored?</Menu.Label>
        {reasons.map(({ code, label }, place) => (
          <Menu.Item
            key={code}
            leftSection={place < 9 && <kbd className={classes.menuKey}>{place + 1}</kbd>}
            onClick={() => {
              onEdit({ unscorable_reason: code })
            }}
          >
            {label}
          </Menu.Item>
        ))}
        {chosen && (
          <Menu.Item
            onClick={() => {
              onEdit({ unscorable_reason: null })
            }}
          >
            It can be scored after all
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
