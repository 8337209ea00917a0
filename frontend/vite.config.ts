import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const djangoServer = 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/static/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    sourcemap: false,
    // A data: URI for a small asset would need an exception in the content security policy.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/api': djangoServer, '/media': djangoServer },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    maxWorkers: 2,
  },
})
