import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Protocol, Study } from '../../api/types'
import { countOf, formatPercent } from '../../format'
import { WEIGHTS_NAME } from '../wording'
import { Hash } from './Hash'
import classes from './ProtocolCard.module.css'
import { Section } from './Section'

/** The rules in short; the Protocol page has them in full. */
export function ProtocolCard({ study }: { study: Study }) {
  const { protocol } = study
  return (
    <Section title="Protocol" aside={<Hash sha256={study.protocol_sha256} of="the protocol" />}>
      <Text fw={500}>{protocol.title}</Text>
      <Levels protocol={protocol} />
      <dl className={classes.rules}>
        <dt>Primary κ</dt>
        <dd>{WEIGHTS_NAME[protocol.weights]}</dd>
        <dt>Calibration</dt>
        <dd>{calibrationInWords(protocol)}</dd>
        <dt>Hidden repeats</dt>
        <dd>{repeatsInWords(protocol)}</dd>
      </dl>
      <Anchor component={Link} to="protocol">
        The whole protocol
      </Anchor>
    </Section>
  )
}

/** Best grade first; a line separates high quality from the rest. */
function Levels({ protocol }: { protocol: Protocol }) {
  const bestFirst = [...protocol.levels].sort((a, b) => b.value - a.value)
  return (
    <ol className={classes.levels} aria-label="Rating scale">
      {bestFirst.map(({ value, name, anchor }) => (
        <li
          key={value}
          title={anchor}
          className={value === protocol.high_from ? classes.cut : undefined}
        >
          <span className={classes.value}>{value}</span> {name}
          {value === protocol.high_from && <em>high quality from here up</em>}
        </li>
      ))}
    </ol>
  )
}

function calibrationInWords({ calibration }: Protocol): string {
  if (calibration === null) return 'none'
  const { cases, pass_mark } = calibration
  return `${countOf(cases, 'case')}, passed with ${formatPercent(pass_mark, 0)} agreed`
}

function repeatsInWords({ repeats }: Protocol): string {
  if (repeats === null) return 'none'
  const { share, minimum, washout_days } = repeats
  return `${formatPercent(share, 0)} of the cases, at least ${minimum}, after ${countOf(washout_days, 'day')}`
}
