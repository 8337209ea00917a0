import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    target: 'esnext',
    modulePreload: false,
    rolldownOptions: {
      input: ['cornerstone.html', 'frames.html', 'blob.html'],
      // The library's modules import each other in circles.
      output: { strictExecutionOrder: true },
    },
  },
  worker: { format: 'es' },
})
