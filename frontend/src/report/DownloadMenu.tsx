import { Button, Menu, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconDownload, IconSignature } from '@tabler/icons-react'
import { exportAddress } from '../api/client'
import { useSignatures } from '../api/queries'
import type { ExportKind } from '../api/types'
import { SignExportDialog } from '../signatures/SignExportDialog'

interface ExportFile {
  kind: ExportKind
  name: string
  use: string
}

const FILE_GROUPS: { title: string; files: ExportFile[] }[] = [
  {
    title: 'To read',
    files: [
      { kind: 'pdf', name: 'PDF report', use: 'This report on paper, figures as vectors' },
      { kind: 'xlsx', name: 'Excel workbook', use: 'Ratings, tables and their columns explained' },
    ],
  },
  {
    title: 'To compute',
    files: [
      { kind: 'csv', name: 'CSV', use: 'Ratings, one row a case and rater' },
      { kind: 'signatures.csv', name: 'Signatures', use: 'Who signed what, when, to lie beside the CSV' },
      { kind: 'dictionary.csv', name: 'Column dictionary', use: 'What the columns of the CSV mean' },
      { kind: 'json', name: 'JSON', use: 'Snapshot and report, exact' },
      {
        kind: 'zip',
        name: 'Reproduction bundle',
        use: 'Ratings with scripts that recompute every number',
      },
    ],
  },
  {
    title: 'For other systems',
    files: [
      { kind: 'imrmc', name: 'iMRMC', use: 'Multi-reader multi-case analysis' },
      { kind: 'redcap.csv', name: 'REDCap dictionary', use: 'A project that takes the ratings' },
    ],
  },
]

/** Every file that a locked study leaves as, with what each is for. */
export function DownloadMenu({ studyId, signed = false }: { studyId: string; signed?: boolean }) {
  const [opened, { open, close }] = useDisclosure(false)
  const signatures = useSignatures(studyId, signed)
  const toSign = signatures.data?.to_sign.find(({ of }) => of === 'snapshot')
  if (signed && signatures.data === undefined) {
    return <Button variant="default" loading={signatures.isPending} disabled>Download</Button>
  }
  if (signatures.data && toSign) {
    return (
      <>
        <Button
          variant="default"
          leftSection={<IconSignature size={16} aria-hidden />}
          onClick={open}
        >
          Sign and download
        </Button>
        <SignExportDialog
          studyId={studyId}
          printedName={signatures.data.printed_name}
          toSign={toSign}
          opened={opened}
          onClose={close}
        />
      </>
    )
  }
  return <Files studyId={studyId} />
}

function Files({ studyId }: { studyId: string }) {
  return (
    <Menu position="bottom-end" width={360} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FILE_GROUPS.map(({ title, files }) => (
          <div key={title} role="group" aria-label={title}>
            <Menu.Label aria-hidden>{title}</Menu.Label>
            {files.map(({ kind, name, use }) => (
              <Menu.Item key={kind} component="a" href={exportAddress(studyId, kind)} download>
                {name}
                <Text component="span" display="block" size="xs" c="dimmed">
                  {use}
                </Text>
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
