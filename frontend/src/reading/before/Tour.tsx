import { Button } from '@mantine/core'
import { useEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react'
import { createPortal } from 'react-dom'
import { around, cardPlace, type Rect } from './cardPlace'
import { stepsOf, type TourStep } from './tourSteps'
import classes from './before.module.css'

/** The tallest card, so that it can be placed before it is drawn. */
const CARD = { width: 340, height: 190 }

/** Points at one part of the room after the other. Enter goes on, Esc ends it. */
export function Tour({ onEnd }: { onEnd: () => void }) {
  const [place, setPlace] = useState(0)
  const goOn = useRef<HTMLButtonElement>(null)
  const steps = useSteps()
  const step = steps[Math.min(place, steps.length - 1)]
  const target = useTarget(step)
  useEffect(() => {
    goOn.current?.focus()
  }, [step])
  if (!step) return null

  const isLast = place >= steps.length - 1
  const forward = () => {
    if (isLast) onEnd()
    else setPlace(place + 1)
  }
  const back = () => {
    setPlace(Math.max(0, place - 1))
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onEnd()
    else if (event.key === 'ArrowRight') forward()
    else if (event.key === 'ArrowLeft') back()
    else return
    event.preventDefault()
  }
  const { x, y } = cardPlace(target, CARD, { width: innerWidth, height: innerHeight })
  return createPortal(
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys for its buttons
    <div
      className={classes.tour}
      role="dialog"
      aria-modal="true"
      aria-label="Tour of the room"
      aria-describedby="tour-words"
      onKeyDown={onKey}
      onMouseDown={(event) => {
        // The keys stay with the tour, wherever one clicks.
        if (!(event.target as Element).closest('button')) event.preventDefault()
      }}
    >
      {target && (
        <div
          className={classes.spot}
          style={{ left: target.x, top: target.y, width: target.width, height: target.height }}
        />
      )}
      <div className={classes.tourCard} style={{ left: x, top: y }}>
        <h2>{step.title}</h2>
        <p id="tour-words">{withKeys(step.words)}</p>
        <div className={classes.tourFoot}>
          <span>
            {place + 1} of {steps.length}
          </span>
          {!isLast && (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={onEnd}>
              Skip
            </Button>
          )}
          {place > 0 && (
            <Button size="compact-sm" variant="default" onClick={back}>
              Back
            </Button>
          )}
          <Button ref={goOn} size="compact-sm" color="petrol.8" onClick={forward}>
            {isLast ? 'Begin' : 'Next'}
          </Button>
        </div>
      </div>
    </div>,
    document.body,
  )
}

/** The steps of what is on the page; it may come after the tour. */
function useSteps(): readonly TourStep[] {
  const titles = useSyncExternalStore(onLayout, () =>
    stepsOf(document)
      .map(({ title }) => title)
      .join('|'),
  )
  return titles ? stepsOf(document) : []
}

function useTarget(step: TourStep | undefined): Rect | null {
  const read = () => {
    if (!step) return ''
    const rects = [...document.querySelectorAll(step.target)]
      .map((element) => element.getBoundingClientRect())
      .filter(({ width, height }) => width > 0 && height > 0)
    const rect = around(rects)
    return rect ? [rect.x, rect.y, rect.width, rect.height].join(',') : ''
  }
  const [x, y, width, height] = useSyncExternalStore(onLayout, read).split(',').map(Number)
  if (x === undefined || y === undefined || width === undefined || height === undefined) return null
  return { x, y, width, height }
}

function onLayout(listener: () => void): () => void {
  const observer = new ResizeObserver(listener)
  observer.observe(document.body)
  // Panes arrive and change their size without that of the page.
  const timer = setInterval(listener, 250)
  return () => {
    observer.disconnect()
    clearInterval(timer)
  }
}

/** Words with what stands in braces as keys. */
function withKeys(words: string) {
  return words
    .split(/\{(.+?)\}/)
    .map((part, place) => (place % 2 ? <kbd key={place}>{part}</kbd> : part))
}
