// Draws with the viewer's own functions what jobs.json in a folder asks for:
// node tests/geometry/draw.mjs FOLDER
import { argv } from 'node:process'
import { fileURLToPath, URL } from 'node:url'
import { runnerImport } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { module } = await runnerImport(fileURLToPath(new URL('draw.ts', import.meta.url)), {
  root,
  configFile: false,
  logLevel: 'error',
})
await module.drawAll(argv[2])
