import { Button } from '@mantine/core'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { BackToStudies } from '../Notice'
import { patchBeside, PATCHES } from './displayPattern'
import { PatternPatch } from './PatternPatch'
import { screenFacts, screenWarnings } from './screenFacts'
import { useWindowSize } from './useWindowSize'
import classes from './before.module.css'
import room from '../room.module.css'

export interface Seen {
  /** The patches in which a mark was seen, counted from black. */
  patches: number[]
  roomIsDim: boolean
}

interface DisplayPatternProps {
  empty: readonly number[]
  busy: boolean
  onDone: (seen: Seen) => void
}

const ALL = Array.from({ length: PATCHES }, (_, patch) => patch)

/** The pattern, and what is asked about it. All of it can be answered by keys alone. */
export function DisplayPattern({ empty, busy, onDone }: DisplayPatternProps) {
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set())
  const [current, setCurrent] = useState(0)
  const [roomIsDim, setRoomIsDim] = useState<boolean | null>(null)
  const pattern = useRef<HTMLDivElement>(null)
  const complete = roomIsDim !== null

  useEffect(() => {
    pattern.current?.querySelector<HTMLElement>('[data-patch]')?.focus()
  }, [])
  const focus = (patch: number) => {
    setCurrent(patch)
    pattern.current?.querySelector<HTMLElement>(`[data-patch="${patch}"]`)?.focus()
  }
  const done = () => {
    if (complete && !busy) onDone({ patches: [...seen].sort((a, b) => a - b), roomIsDim })
  }
  const toggle = (patch: number) => {
    setCurrent(patch)
    const next = new Set(seen)
    if (!next.delete(patch)) next.add(patch)
    setSeen(next)
  }
  const onPatchKey = (patch: number) => (event: KeyboardEvent) => {
    const beside = patchBeside(patch, event.key)
    if (beside !== null) focus(beside)
    else if (event.key === 'Enter') done()
    if (event.key.startsWith('Arrow') || event.key === 'Enter') event.preventDefault()
  }
  const onPageKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.toLowerCase()
    if (key === 'a') setSeen(new Set(ALL))
    else if (key === 'y') setRoomIsDim(true)
    else if (key === 'n') setRoomIsDim(false)
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys for its buttons
    <div className={classes.check} onKeyDown={onPageKey}>
      <h1>In which patches do you see a mark?</h1>
      <p>
        A faint square in the middle. {empty.length} of the {PATCHES} have none. Press{' '}
        <kbd>A</kbd> for all, then the arrows and <kbd>Space</kbd> to take out those without, or
        click.
      </p>
      <div ref={pattern} className={classes.pattern} role="group" aria-label="Test pattern">
        {ALL.map((patch) => (
          <PatternPatch
            key={patch}
            patch={patch}
            hasMark={!empty.includes(patch)}
            seen={seen.has(patch)}
            isTabStop={patch === current}
            onToggle={() => {
              toggle(patch)
            }}
            onKeyDown={onPatchKey(patch)}
          />
        ))}
      </div>
      <div className={classes.light} role="group" aria-labelledby="room-light">
        <span id="room-light">Is the room dim, and no window or lamp mirrored in the screen?</span>
        {([true, false] as const).map((value) => (
          <button
            key={String(value)}
            type="button"
            className={room.level}
            aria-pressed={roomIsDim === value}
            onClick={() => {
              setRoomIsDim(value)
            }}
          >
            <kbd>{value ? 'Y' : 'N'}</kbd>
            {value ? 'Yes' : 'No'}
          </button>
        ))}
      </div>
      <ScreenLine />
      <div className={room.choices}>
        <Button
          variant="default"
          onClick={() => {
            setSeen(new Set(ALL))
          }}
        >
          A mark in all
        </Button>
        <Button
          color="petrol.8"
          loading={busy}
          aria-disabled={!complete}
          data-disabled={!complete || undefined}
          onClick={done}
        >
          Done
        </Button>
        <BackToStudies />
      </div>
      <p className={classes.hint} aria-live="polite">
        {complete ? 'Enter on a patch is Done, too.' : 'Answer about the light in the room.'}
      </p>
    </div>
  )
}

function ScreenLine() {
  useWindowSize()
  const facts = screenFacts()
  const zoom = facts.zoom_percent === null ? '' : ` · zoom ${facts.zoom_percent} %`
  return (
    <div className={classes.screenLine}>
      <p>
        This screen: {facts.screen_width} × {facts.screen_height} · pixel ratio {facts.pixel_ratio}{' '}
        · {facts.colour_depth} bits{zoom}
      </p>
      {screenWarnings(facts).map((warning) => (
        <p key={warning} role="note" className={classes.warning}>
          {warning}
        </p>
      ))}
    </div>
  )
}
