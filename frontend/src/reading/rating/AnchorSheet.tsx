import { Modal } from '@mantine/core'
import type { RaterProtocol } from '../../api/types'
import { Anchors } from './Anchors'

interface AnchorSheetProps {
  studyId: string
  protocol: RaterProtocol
  opened: boolean
  onClose: () => void
}

export function AnchorSheet({ studyId, protocol, opened, onClose }: AnchorSheetProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={protocol.title}
      size={Math.min(1240, 80 + 250 * protocol.levels.length)}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Anchors studyId={studyId} levels={protocol.levels} />
    </Modal>
  )
}
