import { Modal } from '@mantine/core'
import classes from './KeySheet.module.css'

interface KeySheetProps {
  opened: boolean
  groups: readonly KeyGroup[]
  onClose: () => void
}

export interface KeyGroup {
  title: string
  keys: readonly { shown: string; words: string }[]
}

/** The sheet behind "?": every key of a page, and what the mouse does. */
export function KeySheet({ opened, groups, onClose }: KeySheetProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keys"
      size="xl"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.sheet}>
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl>
              {keys.map(({ shown, words }) => (
                <div key={shown}>
                  <dt>
                    <kbd>{shown}</kbd>
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
