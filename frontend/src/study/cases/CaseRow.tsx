import { Anchor, Badge, Group, Table, Text } from '@mantine/core'
import { memo } from 'react'
import { Link } from 'react-router'
import type { Study, StudyCase } from '../../api/types'
import { countOf, formatVolume } from '../../format'
import { CaseState } from './CaseState'
import { withCase } from './caseSelection'
import { occlusionInWords } from './occlusion'

interface CaseRowProps {
  study: Study
  studyCase: StudyCase
  /** The table's address, to which the case's own is added. */
  address: string
}

export const CaseRow = memo(function CaseRow({ study, studyCase, address }: CaseRowProps) {
  const { id, code, site, artery_volume_ml } = studyCase
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <Anchor
            component={Link}
            to={{ search: withCase(new URLSearchParams(address), id).toString() }}
            inherit
            fw={500}
            preventScrollReset
          >
            {code}
          </Anchor>
          <Purpose studyCase={studyCase} />
        </Group>
      </Table.Td>
      <Table.Td>{site}</Table.Td>
      <Table.Td>{occlusionInWords(studyCase)}</Table.Td>
      <Table.Td>
        <CaseState study={study} studyCase={studyCase} />
      </Table.Td>
      <Table.Td>
        <SeriesSummary studyCase={studyCase} />
      </Table.Td>
      <Table.Td>{formatVolume(artery_volume_ml)}</Table.Td>
      <Table.Td>
        <Ratings study={study} studyCase={studyCase} />
      </Table.Td>
    </Table.Tr>
  )
})

function Purpose({ studyCase: { purpose, reference_grade } }: { studyCase: StudyCase }) {
  if (purpose === 'study') return null
  return (
    <Badge variant="light" color="petrol" c="petrol.9" tt="none" radius="sm">
      Calibration, {reference_grade}
    </Badge>
  )
}

interface RatingsProps {
  study: Study
  studyCase: StudyCase
}

function Ratings({ study, studyCase }: RatingsProps) {
  const { on_lists, state, purpose, ratings } = studyCase
  if (study.state === 'reading' && !on_lists && state === 'ready') {
    return (
      <Text span inherit c="#8a4b00">
        not given out
      </Text>
    )
  }
  if (purpose === 'calibration' || ratings.expected === 0) {
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    )
  }
  return `${ratings.submitted} of ${ratings.expected}`
}

function SeriesSummary({ studyCase }: { studyCase: StudyCase }) {
  const { id, code, series } = studyCase
  const corrections = series.flatMap((one) => one.corrections).length
  const flags = series.flatMap((one) => one.flags).length
  const words = `${ctInWords(studyCase)} · ${dsaInWords(studyCase)}`
  return (
    <Group gap={6}>
      <Anchor component={Link} to={id} inherit aria-label={`${words}: images of ${code}`}>
        {words}
      </Anchor>
      {corrections > 0 && (
        <Badge variant="light" color="gray" c="gray.8" tt="none" radius="sm">
          {countOf(corrections, 'correction')}
        </Badge>
      )}
      {flags > 0 && (
        <Badge variant="light" color="orange" c="#8a4b00" tt="none" radius="sm">
          {countOf(flags, 'flag')}
        </Badge>
      )}
    </Group>
  )
}

function ctInWords({ series, ct_waits }: StudyCase): string {
  if (series.some(({ kind }) => kind === 'NCCT')) return 'CT'
  return ct_waits ? 'CT waits for release' : 'no CT'
}

function dsaInWords({ series, dsa_waits }: StudyCase): string {
  const runs = series.filter(({ kind }) => kind === 'DSA').length
  if (dsa_waits) return 'DSA waits for release'
  return runs === 0 ? 'no DSA' : countOf(runs, 'DSA run')
}
