import * as streams from 'node:stream/web'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

afterEach(cleanup)

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 4000 })

// Every browser has them, jsdom does not.
const { ReadableStream, CompressionStream, DecompressionStream } = streams
Object.assign(window, { ReadableStream, CompressionStream, DecompressionStream })

// jsdom has neither; Mantine asks for both when it mounts.
Object.defineProperty(window, 'matchMedia', {
  value: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }),
})

class SilentResizeObserver implements ResizeObserver {
  observe(): void {
    // Nothing is laid out in jsdom.
  }
  unobserve(): void {
    // Nothing is laid out in jsdom.
  }
  disconnect(): void {
    // Nothing is laid out in jsdom.
  }
}
window.ResizeObserver = SilentResizeObserver

// Mantine's growing text boxes measure anew when a font has arrived; in jsdom none ever does.
Object.defineProperty(document, 'fonts', { value: new EventTarget() })
