import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const djangoServer = 'http://127.0.0.1:8000'

const FIRST_OF_VIEWER = [
  ...['caseMedia', 'contrastPassage', 'dsa', 'incoming', 'mediaPack', 'mediaWorkers', 'orderStatistic'],
  ...['packedPixels', 'partLoading', 'pixelShift', 'preparedRun', 'remembered', 'windowLevel'],
].join('|')
const IN_THE_ROOM = 'ActionIcon|Button|Modal|ModalBase|Overlay|Popover|Portal|ScrollArea|Tooltip'

/**
 * The reading room in few files, its first requests in a small one: what it shares with other
 * pages would come in two dozen, each of them a request.
 */
const CHUNKS = [
  {
    name: 'begin',
    test: new RegExp(
      `src/(begin|api/early|reading/(early|loadRoom|before/screenFacts)|viewer/(${FIRST_OF_VIEWER}))\\.ts`,
    ),
    priority: 4,
  },
  { name: 'icons', test: /node_modules\/@tabler/, priority: 3 },
  {
    name: 'react',
    test: /node_modules\/(react|react-dom|react-router|scheduler|@tanstack)\//,
    priority: 2,
  },
  {
    name: 'parts',
    test: new RegExp(`@mantine/(hooks|core/esm/(core|components/(${IN_THE_ROOM})))/|@floating-ui`),
    priority: 2,
  },
  { name: 'room', test: /src\/(reading|keyboard|viewer)\//, priority: 1 },
]

export default defineConfig({
  base: '/static/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // A data: URI for a small asset would need an exception in the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
  server: {
    proxy: { '/api': djangoServer, '/media': djangoServer },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    // Every file has globals of its own, but jsdom is loaded once per worker, not once per file.
    pool: 'vmThreads',
    maxWorkers: 2,
  },
})
