import { Anchor, Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { useWindowEvent } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useCase } from '../../api/queries'
import type { CaseDetail, Study } from '../../api/types'
import { formatVolume } from '../../format'
import { FailureState, LoadingState } from '../../shell/PageStates'
import { CaseActions } from './CaseActions'
import { CaseOcclusion } from './CaseOcclusion'
import { CaseHistory } from './CaseHistory'
import { CasePlaces } from './CasePlaces'
import { CaseSeriesList } from './CaseSeriesList'
import { withCase } from './caseSelection'
import { CaseState } from './CaseState'
import { DeletePatient } from './DeletePatient'

/** One case beside the table: what it is, who has read it, and what can be done about it. */
export function CaseDrawer({ study }: { study: Study }) {
  const [params, setParams] = useSearchParams()
  const caseId = params.get('case')
  const close = () => {
    setParams((now) => withCase(now, null), { preventScrollReset: true })
  }
  useWindowEvent('keydown', (event) => {
    if (caseId !== null && event.key === 'Escape' && !isInDialogAbove(event.target)) close()
  })
  return (
    <Drawer.Root
      opened={caseId !== null}
      onClose={close}
      position="right"
      size={620}
      closeOnEscape={false}
    >
      <Drawer.Overlay />
      <Drawer.Content aria-label="Case" data-case-drawer>
        <Drawer.Body p="lg">{caseId !== null && <Loaded study={study} caseId={caseId} />}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}

/** Escape in a dialog that lies over the drawer closes that dialog alone. */
function isInDialogAbove(target: EventTarget | null): boolean {
  const dialog = target instanceof Element ? target.closest('[role="dialog"]') : null
  return dialog !== null && !dialog.matches('[data-case-drawer]')
}

function Loaded({ study, caseId }: { study: Study; caseId: string }) {
  const detail = useCase(study.id, caseId)
  if (detail.isPending) return <LoadingState what="the case" />
  if (detail.isError && !detail.data) {
    return <FailureState error={detail.error} onRetry={() => void detail.refetch()} />
  }
  return <Detail study={study} studyCase={detail.data} />
}

function Detail({ study, studyCase }: { study: Study; studyCase: CaseDetail }) {
  const site = study.sites.find(({ code }) => code === studyCase.site)
  return (
    <Stack gap="lg">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Title order={2} fz="h1">
            {studyCase.code}
          </Title>
          <Text c="dimmed">
            {site?.name ?? studyCase.site} · {purposeInWords(study, studyCase)}
          </Text>
        </div>
        <Drawer.CloseButton aria-label="Close" />
      </Group>
      <CaseState study={study} studyCase={studyCase} />
      <CaseOcclusion study={study} studyCase={studyCase} />
      <CaseActions study={study} studyCase={studyCase} />
      {studyCase.places.length > 0 && (
        <Part title="Raters">
          <CasePlaces study={study} studyCase={studyCase} />
        </Part>
      )}
      <Part title="Images">
        <CaseSeriesList series={studyCase.series} />
        <Anchor component={Link} to={studyCase.id} relative="path" fz="sm">
          All images of {studyCase.code}
        </Anchor>
        {studyCase.artery_volume_ml !== null && (
          <Text size="sm">Artery volume {formatVolume(studyCase.artery_volume_ml)}</Text>
        )}
      </Part>
      <Part title="What happened">
        <CaseHistory steps={studyCase.history} />
      </Part>
      <DeletePatient study={study} studyCase={studyCase} />
    </Stack>
  )
}

function purposeInWords(study: Study, { purpose, reference_grade }: CaseDetail): string {
  if (purpose === 'study') return 'read for the study'
  const level = study.protocol.levels.find(({ value }) => value === reference_grade)
  return `calibration, should be graded ${reference_grade ?? ''} ${level?.name ?? ''}`
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="xs" aria-label={title}>
      <Title order={3}>{title}</Title>
      {children}
    </Stack>
  )
}
