import { Button, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBox, IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { useModels } from '../api/queries'
import type { Models } from '../api/types'
import { EmptyState, FailureState, LoadingState } from '../shell/PageStates'
import { Section } from '../study/overview/Section'
import { CardSections } from './CardSections'
import { ImportDialog } from './ImportDialog'
import { ImportList } from './ImportList'
import { ModelTable } from './ModelTable'

/** All models of this server, for its administrators. */
export default function ModelsPage() {
  const models = useModels()
  if (models.isPending) return <LoadingState what="the models" />
  if (models.isError && !models.data) {
    return (
      <FailureState titleOrder={1} error={models.error} onRetry={() => void models.refetch()} />
    )
  }
  return <ModelList models={models.data} />
}

function ModelList({ models: { models, imports, max_bytes } }: { models: Models }) {
  const [importing, { open, close }] = useDisclosure(false)
  const [shown, setShown] = useState('')
  const card = models.find((model) => model.card.sha256 === shown)?.card
  return (
    <Stack gap="md">
      <title>Models · Reader Study</title>
      <Title order={1}>Models</Title>
      {imports.length > 0 && <ImportList imports={imports} />}
      <Section
        title="On this server"
        aside={
          <Button leftSection={<IconFileImport size={16} aria-hidden />} onClick={open}>
            Import a model
          </Button>
        }
      >
        {models.length === 0 ? (
          <EmptyState icon={<IconBox size={24} aria-hidden />} title="No model yet">
            Import the zip that nnUNetv2_export_model_to_zip wrote.
          </EmptyState>
        ) : (
          <ModelTable models={models} shown={shown} onShow={setShown} />
        )}
      </Section>
      {card && <CardSections card={card} />}
      <ImportDialog maxBytes={max_bytes} opened={importing} onClose={close} />
    </Stack>
  )
}
