import { Modal } from '@mantine/core'
import type { RaterProtocol } from '../../api/types'
import { keyOf } from '../shortcuts'
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
      // The key that opens the sheet closes it too.
      onKeyDown={({ key }) => {
        if (key.toUpperCase() === keyOf('anchors')) onClose()
      }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Anchors studyId={studyId} levels={protocol.levels} />
    </Modal>
  )
}
