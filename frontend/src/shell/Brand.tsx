import { Group, Text } from '@mantine/core'
import mark from '../assets/favicon.svg'

export function Brand({ size = 26 }: { size?: number }) {
  return (
    <Group gap={10} wrap="nowrap">
      <img src={mark} width={size} height={size} alt="" />
      <Text span fw={600} fz={size * 0.62} lh={1}>
        Reader Study
      </Text>
    </Group>
  )
}
