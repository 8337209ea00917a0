import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './KeySheet.module.css'

interface KeySheetProps {
  opened: boolean
  groups: readonly KeyGroup[]
  /** What stands under the keys. */
  foot?: ReactNode
  onClose: () => void
}

export interface KeyGroup {
  title: string
  keys: readonly { shown: string; words: string }[]
}

/** The sheet behind "?": every key of a page, and what the mouse does. */
export function KeySheet({ opened, groups, foot, onClose }: KeySheetProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keys"
      size={1300}
      yOffset={12}
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
      {foot && <div className={classes.foot}>{foot}</div>}
    </Modal>
  )
}
