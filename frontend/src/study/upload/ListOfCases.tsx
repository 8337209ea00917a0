import { Alert, Anchor, Button, FileButton, Group, Loader, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconListDetails } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ManifestRow, Study } from '../../api/types'
import { countOf, formatCount } from '../../format'
import { coverOf, exampleList, linesOf } from './manifestRows'
import type { CheckedList } from './useCheckedList'
import type { ChosenInBrowser } from './useChoice'
import classes from './UploadPanel.module.css'

interface ListOfCasesProps {
  study: Study
  chosen: ChosenInBrowser
  list: CheckedList
}

/** The optional list that gives cases their codes, and what it says of the chosen files. */
export function ListOfCases({ study, chosen, list }: ListOfCasesProps) {
  const name = chosen.choice.lists.at(-1)?.path ?? ''
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <IconListDetails size={18} aria-hidden />
        <Text fw={600}>List of cases</Text>
        <Text size="sm" c="dimmed" flex={1} role="status">
          <Outline list={list} name={name} />
        </Text>
        <ExampleLink study={study} />
        <FileButton
          accept=".csv,text/csv"
          inputProps={{ 'aria-label': 'List of cases (CSV)' }}
          onChange={(file) => {
            if (file) {
              chosen.change((choice) => ({ ...choice, lists: [{ path: file.name, file }] }))
            }
          }}
        >
          {(props) => (
            <Button variant="default" size="xs" {...props}>
              {list.kind === 'none' ? 'Choose a list' : 'Choose another list'}
            </Button>
          )}
        </FileButton>
        {list.kind !== 'none' && (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              chosen.change((choice) => ({ ...choice, lists: [] }))
            }}
          >
            Remove
          </Button>
        )}
      </Group>
      {list.kind === 'bad' && <Problems list={list} />}
      {list.kind === 'good' && <Preview rows={list.rows} chosen={chosen} />}
    </Stack>
  )
}

function Outline({ list, name }: { list: CheckedList; name: string }): ReactNode {
  switch (list.kind) {
    case 'none':
      return 'None. With a list (CSV) you give the cases your own codes, sites and sides.'
    case 'checking':
      return (
        <>
          <Loader size={12} mr={6} />
          Checking {name} …
        </>
      )
    case 'bad':
      return list.problems.length === 0
        ? `${name} cannot be used`
        : `${name}: ${countOf(list.problems.length, 'thing')} to correct`
    case 'good': {
      const sites = new Set(list.rows.map(({ site }) => site)).size
      return `${name}: ${countOf(list.rows.length, 'case')} at ${countOf(sites, 'site')}`
    }
  }
}

const SHOWN_PROBLEMS = 100

function Problems({ list }: { list: Extract<CheckedList, { kind: 'bad' }> }) {
  const lines = linesOf(list.text)
  if (list.problems.length === 0) {
    return (
      <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} py="xs">
        {list.message}
      </Alert>
    )
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.folders} tabIndex={0} role="region" aria-label="What to correct">
      <Table verticalSpacing={5}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.number}>Line</Table.Th>
            <Table.Th>Column</Table.Th>
            <Table.Th>What to correct</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.problems.slice(0, SHOWN_PROBLEMS).map(({ line, column, detail }, index) => (
            <Table.Tr key={index}>
              <Table.Td className={classes.number}>{line}</Table.Td>
              <Table.Td>{column || '–'}</Table.Td>
              <Table.Td>
                {detail}
                <div className={classes.quoted}>{lines[line - 1]}</div>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

const ROWS_SHOWN = 5

function Preview({ rows, chosen }: { rows: ManifestRow[]; chosen: ChosenInBrowser }) {
  const { files } = chosen.choice
  const { filesWithRow, rowsWithoutFile } = coverOf(rows, files)
  const without = files.length - filesWithRow
  return (
    <Stack gap={6}>
      <Table verticalSpacing={3} withTableBorder aria-label="The list’s first cases">
        <Table.Thead>
          <Table.Tr>
            {['Case', 'Site', 'Side', 'Segment', 'File or folder'].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, ROWS_SHOWN).map((row) => (
            <Table.Tr key={row.line}>
              <Table.Td>{row.case_code}</Table.Td>
              <Table.Td>{row.site}</Table.Td>
              <Table.Td>{row.side || '–'}</Table.Td>
              <Table.Td>{row.segment || '–'}</Table.Td>
              <Table.Td>{row.path}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" c="dimmed">
        {rows.length > ROWS_SHOWN && `And ${countOf(rows.length - ROWS_SHOWN, 'case')} more. `}
        {without === 0
          ? 'Every file belongs to a case of the list.'
          : `${formatCount(filesWithRow)} of ${countOf(files.length, 'file')} belong to a case of the list; the patients of the other ${formatCount(without)} get codes of their own.`}
      </Text>
      {rowsWithoutFile.length > 0 && <WithoutFile rows={rowsWithoutFile} chosen={chosen} />}
    </Stack>
  )
}

function WithoutFile({ rows, chosen }: { rows: ManifestRow[]; chosen: ChosenInBrowser }) {
  const hasZip = chosen.choice.files.some(({ path }) => /\.zip$/i.test(path))
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} py="xs">
      {countOf(rows.length, 'case of the list has', 'cases of the list have')} no file among those
      that you chose{hasZip && ', unless it lies inside a zip'}:
      <ul className={classes.names}>
        {rows.map(({ line, case_code, path }) => (
          <li key={line}>
            {case_code}: {path} (line {line})
          </li>
        ))}
      </ul>
    </Alert>
  )
}

/** A list to start from, made by the page itself. */
export function ExampleLink({ study }: { study: Study }) {
  const text = encodeURIComponent(exampleList(study.sites[0]?.code ?? ''))
  return (
    <Anchor size="sm" underline="always" href={`data:text/csv;charset=utf-8,${text}`} download="list-of-cases.csv">
      Example list
    </Anchor>
  )
}
