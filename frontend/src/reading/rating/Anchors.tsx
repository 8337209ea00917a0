import { exampleAddress } from '../../api/client'
import type { Level } from '../../api/types'
import classes from './anchors.module.css'

interface AnchorsProps {
  studyId: string
  levels: readonly Level[]
}

/** Every grade of the scale: what it means, with an example where the protocol has one. */
export function Anchors({ studyId, levels }: AnchorsProps) {
  return (
    <ol className={classes.anchors} aria-label="What each grade means">
      {levels.map(({ value, name, anchor, example_image: example }) => (
        <li key={value} className={classes.anchor}>
          {example && (
            <img
              src={exampleAddress(studyId, example)}
              alt={`Example of grade ${value}, ${name}`}
            />
          )}
          <strong>
            <kbd>{value}</kbd> {name}
          </strong>
          <span>{anchor}</span>
        </li>
      ))}
    </ol>
  )
}
