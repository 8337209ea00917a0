import { expect, it } from 'vitest'
import { adviceOn } from './displayWords'

it('names what runs together by range, with what to do, and what was imagined', () => {
  const advice = adviceOn({ verdict: 'failed', unseen: [0, 1, 17], imagined: [6] })
  expect(advice.map(({ what }) => what)).toEqual([
    'Dark greys run together (patches 1, 2).',
    'Bright greys run together (patch 18).',
    'There is no mark where you saw one (patch 7).',
  ])
  for (const { todo } of advice) expect(todo).not.toBe('')
})
