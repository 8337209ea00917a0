import {
  Group,
  Pagination,
  Paper,
  ScrollArea,
  Select,
  Table,
  Text,
  TextInput,
  Title,
  UnstyledButton,
} from '@mantine/core'
import { IconArrowDown, IconArrowsSort, IconArrowUp, IconSearch } from '@tabler/icons-react'
import { useSearchParams } from 'react-router'
import type { CasePurpose, Study, StudyCase } from '../../api/types'
import { countOf } from '../../format'
import { CaseRow } from './CaseRow'
import {
  type CaseSelection,
  isWithdrawn,
  pageCount,
  pageOf,
  PURPOSES,
  readSelection,
  selectCases,
  SHOWABLE,
  type Showable,
  type Sortable,
  writeSelection,
} from './caseSelection'
import classes from './CaseTable.module.css'

const SHOW_LABELS: Record<Showable, string> = {
  all: 'All cases',
  'in-work': 'In work',
  review: 'To be released',
  ready: 'Ready',
  failed: 'Failed',
  'without-dsa': 'Without DSA',
  flagged: 'With flags',
  'not-given-out': 'Not given out',
  withdrawn: 'Withdrawn',
}

const PURPOSE_LABELS: Record<CasePurpose, string> = {
  study: 'For the study',
  calibration: 'For calibration',
}

const PAGE_CONTROLS = {
  first: 'First page',
  previous: 'Previous page',
  next: 'Next page',
  last: 'Last page',
}

const COLUMNS: { label: string; sort?: Sortable; width?: number }[] = [
  { label: 'Case', sort: 'code', width: 190 },
  { label: 'Site', sort: 'site', width: 90 },
  { label: 'State', sort: 'state' },
  { label: 'Images', width: 330 },
  { label: 'Artery volume', sort: 'volume', width: 150 },
  { label: 'Ratings', sort: 'ratings', width: 130 },
]

export function CaseTable({ study, cases }: { study: Study; cases: StudyCase[] }) {
  const [params, setParams] = useSearchParams()
  const selection = readSelection(params)
  const choose = (change: Partial<CaseSelection>) => {
    setParams(writeSelection({ ...selection, page: 1, ...change }), { replace: true })
  }
  const shown = selectCases(cases, selection)
  const present = cases.filter((studyCase) => !isWithdrawn(studyCase)).length
  const pages = pageCount(shown)
  const address = writeSelection(selection).toString()
  return (
    <Paper component="section" withBorder p="lg" aria-label="Cases">
      <Group justify="space-between" mb="sm">
        <Group gap="sm" align="baseline">
          <Title order={2}>Cases</Title>
          <Text size="sm" c="dimmed" role="status">
            {shown.length === present
              ? countOf(present, 'case')
              : `${shown.length} of ${countOf(cases.length, 'case')}`}
          </Text>
        </Group>
        <Filters study={study} selection={selection} onChoose={choose} />
      </Group>
      <ScrollArea type="auto" scrollbars="x">
        <Table verticalSpacing={7} miw={960} fz="md" tabularNums aria-label="Cases">
          <Table.Thead>
            <Table.Tr>
              {COLUMNS.map(({ label, sort, width }) => (
                <HeaderCell
                  key={label}
                  label={label}
                  sort={sort}
                  width={width}
                  selection={selection}
                  onChoose={choose}
                />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pageOf(shown, selection.page).map((studyCase) => (
              <CaseRow key={studyCase.id} study={study} studyCase={studyCase} address={address} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {shown.length === 0 && (
        <Text c="dimmed" ta="center" py="xl">
          No case fits these filters.
        </Text>
      )}
      {pages > 1 && (
        <Group justify="center" mt="md">
          <Pagination
            total={pages}
            value={Math.min(selection.page, pages)}
            getControlProps={(control) => ({ 'aria-label': PAGE_CONTROLS[control] })}
            getItemProps={(page) => ({ 'aria-label': `Page ${page}` })}
            onChange={(page) => {
              setParams(writeSelection({ ...selection, page }))
            }}
          />
        </Group>
      )}
    </Paper>
  )
}

interface Choosing {
  selection: CaseSelection
  onChoose: (change: Partial<CaseSelection>) => void
}

function Filters({ study, selection, onChoose }: Choosing & { study: Study }) {
  return (
    <Group gap="xs">
      <TextInput
        aria-label="Find a case by its code or a rater’s code"
        placeholder="Case or rater’s code"
        leftSection={<IconSearch size={16} aria-hidden />}
        w={180}
        value={selection.text}
        onChange={(event) => {
          onChoose({ text: event.currentTarget.value })
        }}
      />
      <Select
        aria-label="Show by state"
        w={150}
        allowDeselect={false}
        data={SHOWABLE.map((value) => ({ value, label: SHOW_LABELS[value] }))}
        value={selection.show}
        onChange={(show) => {
          onChoose({ show: show ?? 'all' })
        }}
      />
      <Select
        aria-label="Show by purpose"
        w={160}
        placeholder="Any purpose"
        clearable
        clearButtonProps={{ 'aria-label': 'Show any purpose' }}
        data={PURPOSES.map((value) => ({ value, label: PURPOSE_LABELS[value] }))}
        value={selection.purpose || null}
        onChange={(purpose) => {
          onChoose({ purpose: purpose ?? '' })
        }}
      />
      <Select
        aria-label="Show by site"
        w={180}
        placeholder="All sites"
        clearable
        clearButtonProps={{ 'aria-label': 'Show all sites' }}
        data={study.sites.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))}
        value={selection.site || null}
        onChange={(site) => {
          onChoose({ site: site ?? '' })
        }}
      />
    </Group>
  )
}

interface HeaderCellProps extends Choosing {
  label: string
  sort?: Sortable | undefined
  width?: number | undefined
}

function HeaderCell({ label, sort, width, selection, onChoose }: HeaderCellProps) {
  if (sort === undefined) return <Table.Th w={width}>{label}</Table.Th>
  const active = selection.sort === sort
  const direction = selection.descending ? 'descending' : 'ascending'
  const SortIcon = !active ? IconArrowsSort : selection.descending ? IconArrowDown : IconArrowUp
  return (
    <Table.Th w={width} aria-sort={active ? direction : undefined}>
      <UnstyledButton
        className={classes.sort}
        fz="inherit"
        onClick={() => {
          onChoose({ sort, descending: active && !selection.descending })
        }}
      >
        {label}
        <SortIcon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  )
}
