import { KeySheet } from '../keyboard/KeySheet'
import { SHORTCUTS } from './releaseKeys'

const GROUPS = [
  ...SHORTCUTS.groups.map(({ title, shortcuts }) => ({ title, keys: shortcuts })),
  {
    title: 'A chosen rectangle',
    keys: [
      { shown: '← → ↑ ↓', words: 'Move it' },
      { shown: 'Shift ← → ↑ ↓', words: 'Size it' },
    ],
  },
  {
    title: 'Mouse',
    keys: [
      { shown: 'Drag', words: 'Brightness and contrast' },
      { shown: 'Drag while drawing', words: 'A rectangle to black out' },
      { shown: 'Drag a rectangle', words: 'Move it' },
      { shown: 'Wheel', words: 'Zoom' },
      { shown: 'Shift and drag', words: 'Move the zoomed picture' },
    ],
  },
]

export function ReleaseKeySheet(props: { opened: boolean; onClose: () => void }) {
  return <KeySheet groups={GROUPS} {...props} />
}
