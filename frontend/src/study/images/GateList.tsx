import { Anchor, Text } from '@mantine/core'
import { useState } from 'react'
import type { Gate } from '../../api/types'
import { countOf } from '../../format'
import classes from './images.module.css'
import { VERDICT_NAME } from './seriesWords'
import { VERDICT_SIGN } from './VerdictBadge'

/** What did not simply pass; the other checks on demand. */
export function GateList({ series, gates }: { series: string; gates: Gate[] }) {
  const [all, setAll] = useState(false)
  const passed = gates.filter(({ verdict }) => verdict === 'pass').length
  const shown = all ? gates : gates.filter(({ verdict }) => verdict !== 'pass')
  if (gates.length === 0) return null
  return (
    <div>
      {shown.length > 0 && (
        <ul className={classes.gates} aria-label={`Checks of ${series}`}>
          {shown.map((gate) => (
            <GateItem key={gate.name + gate.sentence} gate={gate} />
          ))}
        </ul>
      )}
      {passed > 0 && (
        <Anchor
          component="button"
          type="button"
          fz="sm"
          aria-expanded={all}
          onClick={() => {
            setAll(!all)
          }}
        >
          {all ? 'Hide what passed' : `${countOf(passed, 'check')} passed`}
        </Anchor>
      )}
    </div>
  )
}

function GateItem({ gate: { name, verdict, sentence } }: { gate: Gate }) {
  const { Icon, text } = VERDICT_SIGN[verdict]
  return (
    <li>
      <Text component="span" c={text} className={classes.gateSign}>
        <Icon size={15} aria-label={VERDICT_NAME[verdict]} />
      </Text>
      <span>
        <span className={classes.gateName}>{name}</span> {sentence}
      </span>
    </li>
  )
}
