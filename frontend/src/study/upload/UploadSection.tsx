import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { isArriving } from '../../api/queries'
import type { Study, Upload } from '../../api/types'
import { mayChangeCohort } from '../rights'
import { useRunningUpload } from './runningUploads'
import { UnfinishedUploads } from './UnfinishedUploads'
import { UploadPanel } from './UploadPanel'

interface UploadSectionProps {
  study: Study
  uploads: Upload[]
}

/** The way in for files and for those of uploads that were interrupted. */
export function UploadSection({ study, uploads }: UploadSectionProps) {
  const [unfinishedId, setUnfinishedId] = useState('')
  const [shown, { open }] = useDisclosure(study.state === 'setup')
  const running = useRunningUpload(study.id)
  const mayUpload = study.state === 'setup' || study.state === 'reading'
  if (!mayUpload || !mayChangeCohort(study)) return null
  const arriving = uploads.filter(isArriving)
  const unfinished = arriving.find(({ id }) => id === unfinishedId) ?? null
  return (
    <>
      {shown || running || unfinished ? (
        <UploadPanel
          study={study}
          unfinished={unfinished}
          onUnfinishedDone={() => {
            setUnfinishedId('')
          }}
        />
      ) : (
        <AddCasesLater onOpen={open} />
      )}
      <UnfinishedUploads
        study={study}
        uploads={arriving}
        chosen={unfinished}
        onGoOn={({ id }) => {
          setUnfinishedId(id)
        }}
      />
    </>
  )
}

/** While raters read, a case joins now and then: the way in does not stand in the way. */
function AddCasesLater({ onOpen }: { onOpen: () => void }) {
  return (
    <Group justify="flex-end">
      <Button
        variant="default"
        size="sm"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={onOpen}
      >
        Add cases
      </Button>
    </Group>
  )
}
