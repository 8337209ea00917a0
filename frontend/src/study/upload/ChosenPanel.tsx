import { Alert, Button, Group, Select, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { beginUpload } from '../../api/client'
import { useRoom } from '../../api/queries'
import type { Study } from '../../api/types'
import { countOf, formatBytes, formatCount } from '../../format'
import { ChooseButtons } from './ChooseButtons'
import {
  type Choice,
  clearlyNoDicom,
  foldersOf,
  type FoundFile,
  nameOf,
  totalSize,
} from './chosenFiles'
import { ListOfCases } from './ListOfCases'
import { startSending } from './runningUploads'
import { bytesLeft } from './room'
import type { ChosenInBrowser } from './useChoice'
import { type CheckedList, useCheckedList } from './useCheckedList'
import classes from './UploadPanel.module.css'

interface ChosenPanelProps {
  study: Study
  chosen: ChosenInBrowser
}

/** What was chosen, to be looked over before it is sent. */
export function ChosenPanel({ study, chosen }: ChosenPanelProps) {
  const { choice } = chosen
  const bytes = totalSize(choice.files)
  const list = useCheckedList(study.id, choice.lists.at(-1) ?? null)
  return (
    <Stack gap="md" className={classes.panel} p="lg">
      <Group justify="space-between" align="flex-start">
        <Stack gap={2}>
          <Title order={2}>
            {countOf(choice.files.length, 'file')}, {formatBytes(bytes)}
          </Title>
          <Text size="sm" c="dimmed">
            Nothing has been sent yet. {leftOut(choice)}
          </Text>
        </Stack>
        <Group gap="sm">
          <ChooseButtons onFound={chosen.add} folderWords="Add a folder" filesWords="Add files" />
          <Button variant="default" onClick={chosen.clear}>
            Clear
          </Button>
        </Group>
      </Group>
      <Folders files={choice.files} />
      <NoDicomHint chosen={chosen} />
      <ListOfCases study={study} chosen={chosen} list={list} />
      <RoomWarning studyId={study.id} bytes={bytes} />
      <SendForm study={study} chosen={chosen} list={list} />
    </Stack>
  )
}

function leftOut({ systemFiles, emptyFiles, twice }: Choice): string {
  const parts = [
    systemFiles > 0 && countOf(systemFiles, 'hidden system file'),
    emptyFiles > 0 && countOf(emptyFiles, 'empty file'),
    twice > 0 && `${countOf(twice, 'file')} chosen twice`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? '' : `Left out: ${parts.join(', ')}.`
}

function Folders({ files }: { files: readonly FoundFile[] }) {
  const folders = foldersOf(files)
  if (folders.length === 0) return null
  return (
    // Long lists scroll, and so must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.folders} tabIndex={0} role="region" aria-label="Chosen folders">
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{folders.length === 1 ? 'Folder' : `${folders.length} folders`}</Table.Th>
            <Table.Th className={classes.number}>Files</Table.Th>
            <Table.Th className={classes.number}>Size</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {folders.map((folder) => (
            <Table.Tr key={folder.path}>
              <Table.Td>{folder.path || singleFiles(files)}</Table.Td>
              <Table.Td className={classes.number}>{formatCount(folder.files)}</Table.Td>
              <Table.Td className={classes.number}>{formatBytes(folder.bytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Files without a folder, by name while they are few. */
function singleFiles(files: readonly FoundFile[]): string {
  return someOf(files.filter(({ path }) => !path.includes('/')).map(({ path }) => path)) || '–'
}

const NAMED = 3

function someOf(names: readonly string[]): string {
  const more = names.length - NAMED
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function NoDicomHint({ chosen }: { chosen: ChosenInBrowser }) {
  const odd = clearlyNoDicom(chosen.choice.files)
  if (odd.length === 0) return null
  return (
    <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} py="xs">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex={1} miw={300}>
          {odd.length === 1 ? 'One file does' : `${odd.length} files do`} not look like DICOM:{' '}
          {someOf(odd.map(({ path }) => path))}. {odd.length === 1 ? 'It' : 'They'} would be refused;
          the rest goes in.
        </Text>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            chosen.change((choice) => ({
              ...choice,
              files: choice.files.filter((file) => !odd.includes(file)),
            }))
          }}
        >
          Leave {odd.length === 1 ? 'it' : 'them'} out
        </Button>
      </Group>
    </Alert>
  )
}

function RoomWarning({ studyId, bytes }: { studyId: string; bytes: number }) {
  const room = useRoom(studyId)
  const left = room.data ? bytesLeft(room.data) : null
  if (left === null || bytes <= left) return null
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} py="xs">
      This does not fit: there is room for {formatBytes(left)}, and these files are{' '}
      {formatBytes(bytes)}. Send fewer patients, or ask whoever runs the server for more room.
    </Alert>
  )
}

interface SendFormProps extends ChosenPanelProps {
  list: CheckedList
}

function SendForm({ study, chosen, list }: SendFormProps) {
  const { files } = chosen.choice
  const [chosenSite, setSite] = useState<string | null>(null)
  const site = chosenSite ?? onlySite(study, list)
  const [siteMissing, setSiteMissing] = useState(false)
  const begin = useMutation({
    mutationFn: (ofSite: string) =>
      beginUpload(study.id, {
        site: ofSite,
        name: nameOf(files),
        files: files.length,
        size_bytes: totalSize(files),
        manifest: list.kind === 'good' ? list.text : null,
      }),
    onSuccess: (upload) => {
      startSending(
        study.id,
        upload,
        files.map((file) => ({ ...file, id: null, receivedBytes: 0 })),
      )
    },
  })
  const blocked = files.length === 0 || list.kind === 'checking' || list.kind === 'bad'
  return (
    <Stack gap="sm">
      {begin.isError && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {begin.error.message}
        </Alert>
      )}
      <Group align="flex-end" gap="sm">
        <Select
          label={list.kind === 'good' ? 'Site of patients not on the list' : 'Site of these patients'}
          placeholder="Choose the site"
          w={280}
          data={study.sites.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))}
          value={site}
          onChange={(value) => {
            setSite(value)
            setSiteMissing(false)
          }}
          error={siteMissing}
          allowDeselect={false}
        />
        <Button
          leftSection={<IconUpload size={16} aria-hidden />}
          disabled={blocked}
          loading={begin.isPending}
          onClick={() => {
            setSiteMissing(site === null)
            if (site !== null) begin.mutate(site)
          }}
        >
          Send {countOf(files.length, 'file')}
        </Button>
        <Text size="sm" c={siteMissing ? 'red.9' : 'dimmed'} role="status" pb={8}>
          {siteMissing ? 'Choose the site first.' : whyBlocked(files.length, list)}
        </Text>
      </Group>
    </Stack>
  )
}

/** The site that goes without saying: of the list, or the study's only one. */
function onlySite({ sites }: Study, list: CheckedList): string | null {
  const codes =
    list.kind === 'good' ? list.rows.map(({ site }) => site) : sites.map(({ code }) => code)
  const [only, ...others] = new Set(codes)
  return only !== undefined && others.length === 0 ? only : null
}

function whyBlocked(files: number, list: CheckedList): string {
  if (files === 0) return 'Add the files of the patients.'
  if (list.kind === 'bad') return 'Correct the list of cases or remove it first.'
  return list.kind === 'checking' ? 'The list of cases is being checked.' : ''
}
