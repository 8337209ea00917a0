import { Stack, Text, Title } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { exampleImageAddress } from '../../api/client'
import type { Protocol } from '../../api/types'
import { countOf, formatCount, formatPercent } from '../../format'
import { BOOTSTRAP_NAME, WEIGHTS_NAME } from '../wording'
import classes from './ProtocolSummary.module.css'
import {
  ADJUDICATION_CHOICE,
  ORDER_CHOICE,
  SIGNATURES_CHOICE,
  TREE_OVER_DSA_CHOICE,
  UNIT_CHOICE,
} from './words'

/** The protocol in words, in the order of the editor. */
export function ProtocolSummary({ studyId, protocol }: { studyId: string; protocol: Protocol }) {
  return (
    <Stack gap="lg">
      <Stack gap="xs">
        <Text fw={500}>{protocol.title}</Text>
        <Scale studyId={studyId} protocol={protocol} />
      </Stack>
      <Rules title="What raters answer beside the grade">
        <dt>Cannot be scored because of</dt>
        <dd>{labels(protocol.unscorable_reasons)}</dd>
        <dt>Territories</dt>
        <dd>{labels(protocol.territories)}</dd>
        <dt>Yes or no</dt>
        <dd>{labels(protocol.questions)}</dd>
        <dt>Before submitting</dt>
        <dd>
          {protocol.require_all_runs_opened
            ? 'Every DSA run must have been opened'
            : 'DSA runs may stay unopened'}
        </dd>
      </Rules>
      <Rules title="Reading">
        <dt>Calibration</dt>
        <dd>{calibrationInWords(protocol)}</dd>
        <dt>Hidden repeats</dt>
        <dd>{repeatsInWords(protocol)}</dd>
        <dt>Order</dt>
        <dd>{ORDER_CHOICE[protocol.reading_order]}</dd>
        <dt>Cases per day</dt>
        <dd>
          {protocol.cases_per_day === null
            ? 'No limit'
            : `${formatCount(protocol.cases_per_day)} at most`}
        </dd>
        <dt>Predicted tree over DSA</dt>
        <dd>{TREE_OVER_DSA_CHOICE[protocol.tree_over_dsa]}</dd>
        <dt>A third reader decides</dt>
        <dd>{ADJUDICATION_CHOICE[protocol.adjudication]}</dd>
        <dt>Signatures</dt>
        <dd>{SIGNATURES_CHOICE[protocol.signatures]}</dd>
      </Rules>
      <Rules title="Analysis">
        <dt>Primary κ</dt>
        <dd>{WEIGHTS_NAME[protocol.weights]}</dd>
        <dt>Interval</dt>
        <dd>
          {formatPercent(protocol.confidence, 0)}, {BOOTSTRAP_NAME[protocol.ci_method]},{' '}
          {formatCount(protocol.resamples)} resamples, seed {protocol.seed}
        </dd>
        <dt>Resampled</dt>
        <dd>{UNIT_CHOICE[protocol.resampling_unit]}</dd>
      </Rules>
    </Stack>
  )
}

function Rules({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap={6}>
      <Title order={3}>{title}</Title>
      <dl className={classes.rules}>{children}</dl>
    </Stack>
  )
}

/** Best grade first; a line separates high quality from the rest. */
function Scale({ studyId, protocol }: { studyId: string; protocol: Protocol }) {
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
              <td className={classes.example}>
                {level.example_image && (
                  <a
                    href={exampleImageAddress(studyId, level.example_image)}
                    target="_blank"
                    rel="noreferrer"
                  >
                    <img
                      src={exampleImageAddress(studyId, level.example_image)}
                      alt={`Example of ${level.name}`}
                    />
                  </a>
                )}
              </td>
            </tr>
            {level.value === protocol.high_from && (
              <tr className={classes.cut}>
                <td colSpan={4}>↑ grades {level.value} and above count as high quality</td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function labels(parts: readonly { label: string; required?: boolean }[]): string {
  if (parts.length === 0) return 'None'
  return parts
    .map(({ label, required = true }) => (required ? label : `${label} (optional)`))
    .join(' · ')
}

function calibrationInWords({ calibration }: Protocol): string {
  if (calibration === null) return 'None'
  const within =
    calibration.tolerance_levels === 0
      ? 'exactly'
      : `within ${countOf(calibration.tolerance_levels, 'level')}`
  return `${countOf(calibration.cases, 'case')}; passed when ${formatPercent(calibration.pass_mark, 0)} agree ${within}`
}

function repeatsInWords({ repeats }: Protocol): string {
  if (repeats === null) return 'None'
  return `${formatPercent(repeats.share, 0)} of the cases, at least ${formatCount(repeats.minimum)}, after ${countOf(repeats.washout_days, 'day')}`
}
