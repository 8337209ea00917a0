import { Modal } from '@mantine/core'
import type { Level } from '../api/types'
import { keyOfLevel, SHORTCUT_GROUPS } from './shortcuts'
import classes from './room.module.css'

interface ShortcutSheetProps {
  opened: boolean
  levels: readonly Level[]
  onClose: () => void
}

export function ShortcutSheet({ opened, levels, onClose }: ShortcutSheetProps) {
  const grades = levels.map(({ value, name }) => ({ shown: keyOfLevel(value), words: name }))
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
        {SHORTCUT_GROUPS.map(({ title, shortcuts }) => (
          <section key={title}>
            <h2>{title}</h2>
            <dl>
              {[...(title === 'Rating' ? grades : []), ...shortcuts].map(({ shown, words }) => (
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
        <section>
          <h2>Mouse</h2>
          <dl>
            <div>
              <dt>Click</dt>
              <dd>CT: all planes go to this point</dd>
            </div>
            <div>
              <dt>Drag</dt>
              <dd>CT and DSA: window and level. Tree: turn it</dd>
            </div>
            <div>
              <dt>Wheel</dt>
              <dd>CT: slices. DSA: frames. Tree: zoom</dd>
            </div>
            <div>
              <dt>Double click</dt>
              <dd>Enlarge this view, or go back</dd>
            </div>
          </dl>
        </section>
      </div>
    </Modal>
  )
}
