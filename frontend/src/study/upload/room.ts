import type { Room } from '../../api/types'

/** What still fits; null where nothing limits it or nobody knows. */
export function bytesLeft({ used_bytes, quota_bytes, free_bytes }: Room): number | null {
  const limits = [quota_bytes === null ? null : quota_bytes - used_bytes, free_bytes].filter(
    (limit) => limit !== null,
  )
  return limits.length === 0 ? null : Math.max(0, Math.min(...limits))
}
