import { ActionIcon, Badge, Group, Table, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronRight,
  IconRuler2,
} from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { CaseSeries, StudyCase } from '../../api/types'
import { countOf, formatVolume } from '../../format'
import { CaseState } from './CaseState'
import classes from './CaseTable.module.css'

interface CaseRowProps {
  studyId: string
  studyCase: StudyCase
  columns: number
}

export function CaseRow({ studyId, studyCase, columns }: CaseRowProps) {
  const [expanded, setExpanded] = useState(false)
  const detailId = useId()
  const { code, site, series, artery_volume_ml, ratings } = studyCase
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Group gap={6} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              color="gray.8"
              size="sm"
              aria-label={`Images of ${code}`}
              aria-expanded={expanded}
              aria-controls={detailId}
              onClick={() => {
                setExpanded(!expanded)
              }}
            >
              {expanded ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
            </ActionIcon>
            <Text span inherit fw={500}>
              {code}
            </Text>
          </Group>
        </Table.Td>
        <Table.Td>{site}</Table.Td>
        <Table.Td>
          <CaseState studyId={studyId} studyCase={studyCase} />
        </Table.Td>
        <Table.Td>
          <SeriesSummary series={series} />
        </Table.Td>
        <Table.Td>{formatVolume(artery_volume_ml)}</Table.Td>
        <Table.Td>
          {ratings.submitted} of {ratings.expected}
        </Table.Td>
      </Table.Tr>
      <Table.Tr id={detailId} hidden={!expanded}>
        <Table.Td colSpan={columns} p={0}>
          <SeriesDetail series={series} />
        </Table.Td>
      </Table.Tr>
    </>
  )
}

function SeriesSummary({ series }: { series: CaseSeries[] }) {
  const runs = series.filter(({ kind }) => kind === 'DSA').length
  const corrections = series.flatMap((one) => one.corrections).length
  const flags = series.flatMap((one) => one.flags).length
  const hasCt = series.some(({ kind }) => kind === 'NCCT')
  return (
    <Group gap={6}>
      <Text span inherit>
        {hasCt ? 'CT' : 'no CT'} · {runs === 0 ? 'no DSA' : countOf(runs, 'DSA run')}
      </Text>
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

function SeriesDetail({ series }: { series: CaseSeries[] }) {
  if (series.length === 0) return <div className={classes.detail}>No image series.</div>
  return (
    <div className={classes.detail}>
      {series.map(({ kind, description, corrections, flags }, index) => (
        <div key={index} className={classes.series}>
          <span className={classes.kind}>{kind}</span>
          <span>{description}</span>
          {corrections.map((text) => (
            <span key={text} className={`${classes.note ?? ''} ${classes.correction ?? ''}`}>
              <IconRuler2 size={15} aria-label="Corrected" />
              {text}
            </span>
          ))}
          {flags.map((text) => (
            <span key={text} className={`${classes.note ?? ''} ${classes.flag ?? ''}`}>
              <IconAlertTriangle size={15} aria-label="Flag" />
              {text}
            </span>
          ))}
        </div>
      ))}
    </div>
  )
}
