import { Group, Text } from '@mantine/core'
import type { SegmentationModel } from '../../api/types'
import { Hash } from './Hash'
import { Section } from './Section'

export function ModelCard({ model }: { model: SegmentationModel | null }) {
  return (
    <Section title="Segmentation model">
      {model === null ? (
        <Text c="dimmed">No model segments the cases of this study.</Text>
      ) : (
        <Group justify="space-between" gap="xs">
          <div>
            <Text fw={500}>{model.name}</Text>
            <Text size="sm" c="#7a3300" fw={600}>
              {model.notice}
            </Text>
          </div>
          <Hash sha256={model.sha256} of="the model" />
        </Group>
      )}
    </Section>
  )
}
