import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { Answers, Level, RaterProtocol } from '../api/types'
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
    focusOn(open ?? all[0])
  }, [])

  const press = (event: KeyboardEvent<HTMLElement>, item: Item, choices: readonly Choice[]) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const rows = rowsOf(panel.current)
    const row = event.currentTarget.closest<HTMLElement>('[role="radiogroup"]')
    const goTo = (steps: number) => {
      if (row) focusOn(rows[rows.indexOf(row) + steps])
    }
    const choice = choices.find((entry) => entry.key === key)
    if (choice) {
      onEdit(answering(rating.answers, item, choice.value))
      goTo(1)
    } else if (key === 'ArrowDown' || key === 'ArrowUp') goTo(key === 'ArrowDown' ? 1 : -1)
    else if (key === 'ArrowRight') focusBeside(event.currentTarget, 'nextElementSibling')
    else if (key === 'ArrowLeft') focusBeside(event.currentTarget, 'previousElementSibling')
    else if (key === 'Backspace' || key === 'Delete') {
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
            className={classes.row}
            data-answered={item.answer === undefined ? undefined : ''}
            data-required={item.required || undefined}
          >
            <span className={classes.label} title={item.label}>
              {item.label}
            </span>
            {!item.required && <span className={classes.optional}>optional</span>}
            {choices.map((choice, index) => {
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
                  tabIndex={checked || (item.answer === undefined && index === 0) ? 0 : -1}
                  className={classes.choice}
                  disabled={isClosed(rating)}
                  onClick={() => {
                    const value = checked ? undefined : choice.value
                    onEdit(answering(rating.answers, item, value))
                  }}
                  onKeyDown={(event) => {
                    press(event, item, choices)
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

function focusOn(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
}

function focusBeside(button: Element, where: 'nextElementSibling' | 'previousElementSibling') {
  const beside = button[where]
  if (beside instanceof HTMLButtonElement) beside.focus()
}
