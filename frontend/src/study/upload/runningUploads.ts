// The uploads that this window is sending. They outlive the page: whoever looks at the overview
// meanwhile, or has to log in again, finds them still going.
import { notifications } from '@mantine/notifications'
import { useSyncExternalStore } from 'react'
import { completeUpload, listSentFiles, sentFilesAddress } from '../../api/client'
import type { Upload } from '../../api/types'
import { type OutgoingFile, Sending } from './sending'
import { sendByTus } from './tusTransfer'

export interface RunningUpload {
  upload: Upload
  sending: Sending
}

const running = new Map<string, RunningUpload>()
const listeners = new Set<() => void>()

function changed() {
  if (running.size > 0) {
    window.addEventListener('beforeunload', warn)
    window.addEventListener('online', hurry)
  } else {
    window.removeEventListener('beforeunload', warn)
    window.removeEventListener('online', hurry)
  }
  for (const listener of listeners) listener()
}

const warn = (event: BeforeUnloadEvent) => {
  event.preventDefault()
}

const hurry = () => {
  for (const { sending } of running.values()) sending.hurry()
}

/** Sends what is left of an upload; `before` is what the server has in files not among these. */
export function startSending(
  studyId: string,
  upload: Upload,
  files: readonly OutgoingFile[],
  before?: { files: number; bytes: number },
): void {
  const address = sentFilesAddress(studyId, upload.id)
  const sending = new Sending(
    {
      sendFile: (file, events) => sendByTus(address, file, events),
      listFiles: () => listSentFiles(studyId, upload.id),
      complete: async () => {
        await completeUpload(studyId, upload.id)
      },
    },
    files,
    before,
  )
  const stopWatching = sending.subscribe(() => {
    const { kind } = sending.getSnapshot().state
    if (kind !== 'done' && kind !== 'discarded') return
    stopWatching()
    running.delete(studyId)
    changed()
    if (kind === 'done') {
      notifications.show({
        message: `All files of ${upload.filename} have arrived. They are being checked.`,
      })
    }
  })
  running.set(studyId, { upload, sending })
  changed()
  sending.start()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** What is being sent to a study, from this window. */
export function useRunningUpload(studyId: string): RunningUpload | undefined {
  return useSyncExternalStore(subscribe, () => running.get(studyId))
}

export function useSendingSnapshot({ sending }: RunningUpload) {
  return useSyncExternalStore(sending.subscribe, sending.getSnapshot)
}
