import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { exportAddress } from '../api/client'
import type { ExportKind } from '../api/types'

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
export function DownloadMenu({ studyId }: { studyId: string }) {
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
