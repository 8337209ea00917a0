import { Modal } from '@mantine/core'
import classes from './release.module.css'
import { SHORTCUT_GROUPS } from './releaseKeys'

const MOUSE = [
  ['Drag', 'Brightness and contrast'],
  ['Drag while drawing', 'A rectangle to black out'],
  ['Drag a rectangle', 'Move it'],
  ['Wheel', 'Zoom'],
  ['Shift and drag', 'Move the zoomed picture'],
] as const

export function KeySheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
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
          <Group
            key={title}
            title={title}
            rows={shortcuts.map(({ shown, words }) => [shown, words] as const)}
          />
        ))}
        <Group
          title="A chosen rectangle"
          rows={[
            ['← → ↑ ↓', 'Move it'],
            ['Shift ← → ↑ ↓', 'Size it'],
          ]}
        />
        <Group title="Mouse" rows={MOUSE} />
      </div>
    </Modal>
  )
}

interface GroupProps {
  title: string
  rows: readonly (readonly [string, string])[]
}

function Group({ title, rows }: GroupProps) {
  return (
    <section>
      <h2>{title}</h2>
      <dl>
        {rows.map(([shown, words]) => (
          <div key={shown}>
            <dt>
              <kbd>{shown}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
