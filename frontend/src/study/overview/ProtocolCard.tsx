import { Text } from '@mantine/core'
import { Fragment } from 'react'
import type { Protocol, Study } from '../../api/types'
import { formatCount, formatPercent } from '../../format'
import { BOOTSTRAP_NAME, WEIGHTS_NAME } from '../wording'
import { Hash } from './Hash'
import classes from './ProtocolCard.module.css'
import { Section } from './Section'

export function ProtocolCard({ study }: { study: Study }) {
  const { protocol } = study
  return (
    <Section title="Protocol" aside={<Hash sha256={study.protocol_sha256} of="the protocol" />}>
      <Text fw={500}>{protocol.title}</Text>
      <ScaleTable protocol={protocol} />
      <dl className={classes.rules}>
        <dt>Primary κ</dt>
        <dd>{WEIGHTS_NAME[protocol.weights]}</dd>
        <dt>Interval</dt>
        <dd>
          {formatPercent(protocol.confidence, 0)}, {BOOTSTRAP_NAME[protocol.ci_method]},{' '}
          {formatCount(protocol.resamples)} resamples, seed {protocol.seed}
        </dd>
        <dt>Unscorable because of</dt>
        <dd>{protocol.unscorable_reasons.map((reason) => reason.label).join('; ')}</dd>
        <dt>Before submitting</dt>
        <dd>
          {protocol.require_all_runs_opened
            ? 'every DSA run must have been opened'
            : 'DSA runs may stay unopened'}
        </dd>
      </dl>
    </Section>
  )
}

/** Best grade first; a line separates high quality from the rest. */
function ScaleTable({ protocol }: { protocol: Protocol }) {
  const bestFirst = [...protocol.levels].sort((a, b) => b.value - a.value)
  return (
    <table className={classes.levels} aria-label="Rating scale">
      <tbody>
        {bestFirst.map((level) => (
          <Fragment key={level.value}>
            <tr>
              <td className={classes.value}>{level.value}</td>
              <th scope="row" className={classes.name}>
                {level.name}
              </th>
              <td className={classes.anchor}>{level.anchor}</td>
            </tr>
            {level.value === protocol.high_from && (
              <tr className={classes.cut}>
                <td colSpan={3}>↑ grades {level.value} and above count as high quality</td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}
