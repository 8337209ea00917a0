import type { Level } from '../../api/types'
import { keyOf, keyOfLevel, type Command } from '../shortcuts'
import classes from '../room.module.css'

const HINTS: readonly (readonly [Command, string])[] = [
  ['play', 'play the DSA'],
  ['anchors', 'what each grade means'],
  ['submit', 'submit, next case'],
  ['pause', 'take a break'],
  ['help', 'all keys'],
]

/** The few keys that are needed from the first case on. */
export function KeyHints({ levels }: { levels: readonly Level[] }) {
  const first = levels[0]
  const last = levels.at(-1)
  return (
    <dl className={classes.keyHints}>
      {first && last && (
        <div>
          <dt>
            <kbd>{keyOfLevel(first.value)}</kbd>–<kbd>{keyOfLevel(last.value)}</kbd>
          </dt>
          <dd>grade</dd>
        </div>
      )}
      {HINTS.map(([command, words]) => (
        <div key={command}>
          <dt>
            <kbd>{keyOf(command)}</kbd>
          </dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  )
}
