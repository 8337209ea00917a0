import { describe, expect, it, vi } from 'vitest'
import { PictureCache } from './PictureCache'

const picture = () => document.createElement('img')

describe('PictureCache', () => {
  it('loads in the order wanted, a few at once', async () => {
    const asked: string[] = []
    const cache = new PictureCache((address) => {
      asked.push(address)
      return Promise.resolve(picture())
    })
    cache.want(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(asked).toEqual(['a', 'b', 'c', 'd'])
    await vi.waitFor(() => {
      expect(cache.get('f')).toBeDefined()
    })
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('forgets what is wanted no more', async () => {
    const cache = new PictureCache(() => Promise.resolve(picture()))
    cache.want(['a'])
    await vi.waitFor(() => {
      expect(cache.get('a')).toBeDefined()
    })
    cache.want(['b'])
    expect(cache.get('a')).toBeUndefined()
  })

  it('says what failed, and tries again when asked', async () => {
    let broken = true
    const heard = vi.fn()
    const cache = new PictureCache(() =>
      broken ? Promise.reject(new Error('gone')) : Promise.resolve(picture()),
    )
    cache.subscribe(heard)
    cache.want(['a'])
    await vi.waitFor(() => {
      expect(cache.hasFailed('a')).toBe(true)
    })
    broken = false
    cache.retry()
    await vi.waitFor(() => {
      expect(cache.get('a')).toBeDefined()
    })
    expect(heard).toHaveBeenCalled()
  })
})
