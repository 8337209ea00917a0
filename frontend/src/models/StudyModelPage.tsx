import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBox } from '@tabler/icons-react'
import { useStudyModel } from '../api/queries'
import type { Study } from '../api/types'
import { EmptyState, FailureState, LoadingState } from '../shell/PageStates'
import { mayRun } from '../study/rights'
import { useLoadedStudy } from '../study/StudyLayout'
import { CardSections } from './CardSections'
import { ChooseModelDialog } from './ChooseModelDialog'

export default function StudyModelPage() {
  const study = useLoadedStudy()
  return (
    <>
      <title>{`Model · ${study.name} · Reader Study`}</title>
      {mayRun(study) ? (
        <StudyModelCard study={study} />
      ) : (
        <EmptyState icon={<IconBox size={24} aria-hidden />} title="For coordinators only">
          How good the model is would sway whoever judges its segmentations.
        </EmptyState>
      )}
    </>
  )
}

/** The card of the study's model; another can be named while the study is set up. */
function StudyModelCard({ study }: { study: Study }) {
  const page = useStudyModel(study.id)
  const [choosing, { open, close }] = useDisclosure(false)
  if (page.isPending) return <LoadingState what="the model" />
  if (page.isError && !page.data) {
    return <FailureState error={page.error} onRetry={() => void page.refetch()} />
  }
  const { model, choices, fixed } = page.data
  const choose = choices.length > 0 && (
    <Button variant={model ? 'default' : 'filled'} onClick={open}>
      {model ? 'Choose another' : 'Choose a model'}
    </Button>
  )
  return (
    <Stack gap="md">
      {model ? (
        <CardSections card={model} aside={choose} />
      ) : (
        <EmptyState
          icon={<IconBox size={24} aria-hidden />}
          title="No model yet"
          action={choose || undefined}
        >
          {choices.length > 0
            ? 'Choose the model whose segmentations are to be judged.'
            : 'An administrator has to import one first.'}
        </EmptyState>
      )}
      {fixed && (
        <Text size="sm" c="dimmed">
          {fixed}
        </Text>
      )}
      <ChooseModelDialog study={study} page={page.data} opened={choosing} onClose={close} />
    </Stack>
  )
}
