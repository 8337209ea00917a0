import { Alert, Button, Grid, Group, Stack, Text, Title } from '@mantine/core'
import { IconTemplate } from '@tabler/icons-react'
import { useState } from 'react'
import { Navigate, useNavigate } from 'react-router'
import { useProtocol } from '../../api/queries'
import type { ProtocolInForce, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { FailureState, LoadingState } from '../../shell/PageStates'
import { useLoadedStudy } from '../StudyLayout'
import { AnalysisSection } from './AnalysisSection'
import { ItemsSection } from './ItemsSection'
import classes from './ProtocolEditorPage.module.css'
import { ReadingSection } from './ReadingSection'
import { numberIn } from './protocolForm'
import { SampleSizePanel } from './SampleSizePanel'
import { SaveDock } from './SaveDock'
import { ScaleSection } from './ScaleSection'
import { TemplateDialog } from './TemplateDialog'
import { useProtocolEditor } from './useProtocolEditor'

export default function ProtocolEditorPage() {
  const study = useLoadedStudy()
  const protocol = useProtocol(study.id)
  if (protocol.isPending) return <LoadingState what="the protocol" />
  if (!protocol.data) {
    return <FailureState error={protocol.error} onRetry={() => void protocol.refetch()} />
  }
  if (protocol.data.may_change === 'nothing') return <Navigate to=".." relative="path" replace />
  return <EditorOf study={study} inForce={protocol.data} />
}

function EditorOf({ study, inForce }: { study: Study; inForce: ProtocolInForce }) {
  const navigate = useNavigate()
  const editing = useProtocolEditor(study.id, inForce)
  const [choosing, setChoosing] = useState(false)
  const [discarding, setDiscarding] = useState(false)
  const { editor, saving, isChanged } = editing
  const leave = () => {
    void navigate(`/studies/${study.id}/protocol`)
  }
  return (
    <Stack gap="md">
      <title>{`Edit the protocol · ${study.name} · Reader Study`}</title>
      <Group justify="space-between">
        <Title order={2}>{editor.amending ? 'Amend the protocol' : 'Edit the protocol'}</Title>
        {!editor.amending && (
          <Button
            variant="default"
            leftSection={<IconTemplate size={16} aria-hidden />}
            onClick={() => {
              setChoosing(true)
            }}
          >
            Start from a template
          </Button>
        )}
      </Group>
      {editor.amending && (
        <Text size="sm" c="dimmed">
          Raters are reading by version {inForce.version}. Cases that they have begun keep it; the
          others are read by your amendment as soon as you save it.
        </Text>
      )}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            <ScaleSection editor={editor} />
            <ItemsSection editor={editor} />
            <ReadingSection editor={editor} />
            <AnalysisSection editor={editor} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <div className={classes.aside}>
            <SampleSizePanel confidence={confidenceOf(editor.form.confidence)} />
          </div>
        </Grid.Col>
      </Grid>
      <SaveDock
        form={editor.form}
        amending={editor.amending}
        isChanged={isChanged}
        isStale={editing.isStale}
        isSaving={saving.isPending}
        problems={editing.problems}
        failure={saving.error}
        newerVersion={
          <NewerVersion
            version={inForce.version}
            onLoad={editing.startOver}
            onKeep={editing.keepMine}
          />
        }
        removed={editing.removed}
        reason={editing.draft.reason}
        onReason={editing.setReason}
        onSave={() => {
          saving.mutate()
        }}
        onDiscard={() => {
          if (isChanged) setDiscarding(true)
          else leave()
        }}
      />
      <TemplateDialog
        opened={choosing}
        mayLose={isChanged}
        onClose={() => {
          setChoosing(false)
        }}
        onChosen={editing.startFrom}
      />
      <Dialog
        title="Discard your changes?"
        opened={discarding}
        onClose={() => {
          setDiscarding(false)
        }}
      >
        <Stack>
          <Text>The protocol stays as it was saved, in version {inForce.version}.</Text>
          <Group justify="flex-end">
            <Button
              variant="default"
              data-autofocus
              onClick={() => {
                setDiscarding(false)
              }}
            >
              Keep editing
            </Button>
            <Button
              color="red"
              onClick={() => {
                editing.startOver()
                setDiscarding(false)
              }}
            >
              Discard changes
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Stack>
  )
}

interface NewerVersionProps {
  version: number
  onLoad: () => void
  onKeep: () => void
}

function NewerVersion({ version, onLoad, onKeep }: NewerVersionProps) {
  return (
    <Alert color="yellow" role="alert" py={8}>
      <Group gap="xs">
        <Text size="sm" flex={1} miw={320}>
          <b>Version {version} was saved meanwhile</b> by somebody else, or in another window. What
          you wrote is still here.
        </Text>
        <Button size="xs" variant="default" onClick={onLoad}>
          Load the newer version, drop mine
        </Button>
        <Button size="xs" variant="default" onClick={onKeep}>
          Keep mine, to be saved after it
        </Button>
      </Group>
    </Alert>
  )
}

/** The wanted confidence while it makes sense, else the usual one. */
function confidenceOf(percent: number | string): number {
  const number = numberIn(percent)
  return number !== null && number >= 80 && number <= 99.9 ? number / 100 : 0.95
}
