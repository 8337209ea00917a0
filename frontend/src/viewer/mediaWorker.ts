/** Fetches and inflates images away from the page's thread, which stays free for the reader. */
import { failureInWords, loadPart, memoryOf, type PartNews, type PartRequest } from './partLoading'

export type ToWorker =
  | { type: 'load'; job: number; request: PartRequest }
  | { type: 'stop'; job: number }

export type FromWorker = { job: number } & (
  | { type: 'news'; news: PartNews }
  | { type: 'done' }
  | { type: 'failed'; message: string }
)

const underWay = new Map<number, AbortController>()

const send = (message: FromWorker, handedOver: Transferable[] = []) => {
  postMessage(message, { transfer: handedOver })
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'stop') underWay.get(data.job)?.abort()
  else void load(data.job, data.request)
})

async function load(job: number, request: PartRequest): Promise<void> {
  const controller = new AbortController()
  underWay.set(job, controller)
  try {
    await loadPart(request, controller.signal, (news) => {
      send({ job, type: 'news', news }, memoryOf(news))
    })
    send({ job, type: 'done' })
  } catch (error) {
    send({ job, type: 'failed', message: failureInWords(error) })
  } finally {
    underWay.delete(job)
  }
}
