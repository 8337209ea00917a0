import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { Answers, Level, RaterProtocol } from '../../api/types'
import { answering, choicesOf, itemsOf, type Choice, type Item } from './items'
import { isClosed, type Rating } from './rating'
import classes from './items.module.css'

interface ItemsPanelProps {
  id: string
  protocol: RaterProtocol
  rating: Rating
  onEdit: (answers: Partial<Answers>) => void
  /** Some level is looked at; null when it is no more. */
  onPointedAt: (level: Level | null) => void
  onClose: () => void
}

/** Territories and questions, one slim row each. A key answers the row and goes to the next. */
export function ItemsPanel(props: ItemsPanelProps) {
  const { protocol, rating, onEdit, onClose } = props
  const { levels } = protocol
  const panel = useRef<HTMLDivElement>(null)
  const items = itemsOf(protocol, rating.answers)

  useEffect(() => {
    const all = rowsOf(panel.current)
    const open = all.find((row) => row.dataset.answered === undefined)
    const first = open ?? all[0]
    first?.focus()
  }, [])

  const press = (
    event: KeyboardEvent<HTMLDivElement>,
    item: Item,
    choices: readonly Choice[],
  ): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const row = event.currentTarget
    const goTo = (steps: number) => {
      const rows = rowsOf(panel.current)
      rows[rows.indexOf(row) + steps]?.focus()
    }
    const choice = choices.find((entry) => entry.key === key)
    if (choice) {
      // A key that is held down answers one row, not all of them.
      if (!event.repeat) {
        onEdit(answering(rating.answers, item, choice.value))
        goTo(1)
      }
    } else if (key === 'ArrowDown' || key === 'ArrowUp') goTo(key === 'ArrowDown' ? 1 : -1)
    else if (key === 'ArrowRight' || key === 'ArrowLeft') {
      focusBeside(row, key === 'ArrowRight' ? 1 : -1)
    } else if (key === 'Backspace' || key === 'Delete') {
      onEdit(answering(rating.answers, item, undefined))
    } else if (key === 'Escape') onClose()
    // A digit that this row does not know must not become the grade of the whole case.
    else if (!/^\d$/.test(key)) return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div
      ref={panel}
      id={props.id}
      role="group"
      aria-label="Territories and questions"
      className={classes.panel}
      style={{ columnWidth: 250 + 34 * levels.length }}
    >
      {items.map((item) => {
        const choices = choicesOf(item, levels)
        return (
          <div
            key={`${item.kind} ${item.code}`}
            role="radiogroup"
            aria-label={item.label}
            aria-required={item.required}
            // The row has the focus, not its first choice: Enter and Space still mean the case.
            tabIndex={0}
            className={classes.row}
            data-answered={item.answer === undefined ? undefined : ''}
            data-required={item.required || undefined}
            onKeyDown={(event) => {
              press(event, item, choices)
            }}
          >
            <span className={classes.label} title={item.label}>
              {item.label}
            </span>
            {!item.required && <span className={classes.optional}>optional</span>}
            {choices.map((choice) => {
              const checked = item.answer === choice.value
              const level = levels.find(({ value }) => value === choice.value) ?? null
              return (
                <button
                  key={choice.key}
                  type="button"
                  role="radio"
                  aria-checked={checked}
                  aria-label={choice.words}
                  title={`${choice.words} · ${choice.key.toUpperCase()}`}
                  tabIndex={-1}
                  className={classes.choice}
                  disabled={isClosed(rating)}
                  onClick={() => {
                    const value = checked ? undefined : choice.value
                    onEdit(answering(rating.answers, item, value))
                  }}
                  onPointerEnter={() => {
                    props.onPointedAt(level)
                  }}
                  onPointerLeave={() => {
                    props.onPointedAt(null)
                  }}
                >
                  {choice.shown}
                </button>
              )
            })}
          </div>
        )
      })}
    </div>
  )
}

function rowsOf(panel: HTMLElement | null): HTMLElement[] {
  return [...(panel?.querySelectorAll<HTMLElement>('[role="radiogroup"]') ?? [])]
}

/** Go along the choices of a row; from the row itself to the first or the last one. */
function focusBeside(row: HTMLElement, step: 1 | -1): void {
  const choices = [...row.querySelectorAll<HTMLElement>('[role="radio"]')]
  const at = choices.findIndex((choice) => choice === document.activeElement)
  const next = at < 0 ? choices.at(step > 0 ? 0 : -1) : choices[at + step]
  next?.focus()
}
